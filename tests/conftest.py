"""What several test files share."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from autograd import TABLE, Op

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# No example fails for taking long on a busy machine. In CI they are the same every time: what fails can be repeated.
settings.register_profile("stepgrad", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("stepgrad")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--minutes", type=float, help="skip what has not begun after so many minutes")


_BEGUN = time.monotonic()


def pytest_runtest_setup(item: pytest.Item) -> None:
    minutes = item.config.getoption("--minutes")
    if minutes is not None and time.monotonic() - _BEGUN > 60 * minutes:
        pytest.skip(f"not begun after {minutes:g} minutes")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests, because to start one takes a second. It runs a loop of asyncio in this thread."""
    from .support.browser import browser

    with browser() as one:
        yield one


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_interrupts() -> None:
    """Also where the tests run as a job in the background, for which a shell lets Python ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


Spoil = Callable[..., AbstractContextManager[None]]


@contextmanager
def _spoilt(name: str, **partials: str) -> Iterator[None]:
    op = TABLE[name]
    other = Op(f"spoilt_{name}", op.expression, op.partials | partials, dict(zip(op.inputs, op.reasons, strict=True)))
    parts = ("value_partials", "partial_functions", "partial_trees", "partials")  # the first is made of the second
    with pytest.MonkeyPatch.context() as patch:
        for part in parts:
            patch.setattr(op, part, getattr(other, part))
        for mask, pullback in op.pullbacks.items():  # recorded values have these very objects
            patch.setattr(pullback, "pull", other.pullbacks[mask].pull)
        yield


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
