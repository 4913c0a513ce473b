"""What several test files share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from hypothesis import settings

from autograd import TABLE

# In CI the same examples every time: what fails there can be repeated.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

Spoil = Callable[..., AbstractContextManager[None]]


@contextmanager
def _spoilt(name: str, **partials: str) -> Iterator[None]:
    op = TABLE[name]
    right = dict(op.partials)
    op.partials.update(partials)
    op.compile()
    try:
        yield
    finally:
        op.partials = right
        op.compile()


@pytest.fixture
def spoilt() -> Spoil:
    """To run a block with another partial in one row of the table, as in: with spoilt("mul", x="2 * y")"""
    return _spoilt


@pytest.fixture
def clean_table() -> Iterator[None]:
    """Take operations that a test defines out of the table again."""
    before = dict(TABLE)
    yield
    TABLE.clear()
    TABLE.update(before)
