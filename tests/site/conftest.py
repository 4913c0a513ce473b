"""These tests need the site, so they run only where STEPGRAD_SITE says where it is, as `make test-site` does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from .support import MEASURED, Host, hosted

if "STEPGRAD_SITE" not in os.environ:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with hosted() as one:
        yield one


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in MEASURED:
        terminalreporter.write_line(line)
