"""The reference has a place for every public name, and one only."""

from __future__ import annotations

import re

import pytest

import autograd
import autograd.extend
import autograd.testing
import nn
from web import reference

PAGES = reference.pages()


@pytest.mark.parametrize("package", [autograd, autograd.testing, autograd.extend, nn])
def test_every_public_name_has_one_place(package: object) -> None:
    name_of = package.__name__  # type: ignore[attr-defined]
    text = "\n".join(PAGES.values())
    for name in package.__all__:  # type: ignore[attr-defined]
        assert len(re.findall(rf":: {re.escape(name_of)}\.{name}$", text, re.MULTILINE)) == 1, name
    assert ":: autograd.compile\n" in text


def test_values_come_first() -> None:
    assert PAGES["values"].index("autograd.Value\n") < PAGES["values"].index("autograd.no_grad")


def test_a_name_without_a_page_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "PAGES", reference.PAGES[1:])
    with pytest.raises(LookupError, match=r"autograd\.Place comes from core\.place"):
        reference.pages()
