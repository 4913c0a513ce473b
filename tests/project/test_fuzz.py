"""A fast sample of the fuzzing, and a test of the tester: what is broken on purpose is found."""

from __future__ import annotations

import ast
import html
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd
from autograd import TABLE, RuleError, Value
from autograd.codegen.arrays.backward import Backward
from autograd.codegen.arrays.rolling import Rolled
from autograd.codegen.arrays.shapes import Shapes
from autograd.notation.expression import Tree
from nn import saving
from nn.module import Module

from ..conftest import Spoil
from ..fuzz import __main__ as fuzz
from ..fuzz import properties
from ..fuzz.properties import PROPERTIES


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name != "programs")) for name in PROPERTIES]
)
def test_a_sample(name: str) -> None:
    prop = PROPERTIES[name]
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    limits = settings(max_examples=prop.examples, deadline=None, suppress_health_check=slow)
    limits(given(**prop.given)(prop.check))()


def fails(name: str, turns: int = 5) -> str:
    """What is said about an example that fails, within some turns."""
    for turn in range(turns):
        _, error = fuzz.run_once(PROPERTIES[name], turn, shrinks=False)
        if error is not None:
            return "\n".join([repr(error), *getattr(error, "__notes__", [])])
    raise AssertionError(f"{name}: nothing was found")


# A test of the tester -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("row", ["mul", "sigmoid", "power", "minimum", "xlogy"])
def test_a_spoilt_row_is_found_by_random_programs(row: str, spoilt: Spoil) -> None:
    op = TABLE[row]
    last = op.inputs[-1]
    with spoilt(row, **{last: f"({op.partials[last]}) * 1.001 + 0.001"}):
        assert row in fails("programs")


@pytest.mark.slow
def test_programs_are_of_every_row_and_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    stepped = properties._stepped

    def counted(name: str, operands: Any) -> Any:
        found = stepped(name, operands)
        if found is not None:
            done.append(name)
        return found

    monkeypatch.setattr(properties, "_stepped", counted)
    tried, error = fuzz.run_once(PROPERTIES["programs"], 1, 400)
    assert error is None
    assert len(done) > 5 * tried
    assert {op.name for op in map(TABLE.__getitem__, properties.ROW_NAMES)} == set(done)


def test_a_spoilt_row_is_found_by_the_three(spoilt: Spoil) -> None:
    with spoilt("tanh", x="1 - out"):
        assert "wrong row: tanh" in fails("three_oracles")


def test_array_code_that_swaps_a_transpose_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_it_is(self: Shapes, tree: Tree) -> Tree:
        return self.noted(tree, self.of(tree)[::-1])

    monkeypatch.setattr(Shapes, "turned", as_it_is)
    assert "Error" in fails("arrays")


def test_array_code_that_drops_a_sum_over_members_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    summed = Backward._summed
    monkeypatch.setattr(
        Backward, "_summed", lambda self, tree, way: summed(self, tree, way._replace(over_members=False))
    )
    assert "Error" in fails("arrays")


def test_array_code_that_counts_one_sample_only_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backward, "_inner", lambda self, product: self.shapes.post(product.tree, "[0]", ()))
    assert "AssertionError" in fails("arrays")


def test_a_roller_that_merges_other_constants_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    family = Rolled._family

    def careless(self: Rolled, key: Any, make: Any) -> Any:
        return family(self, tuple("" if isinstance(one, str) and one != key[0] else one for one in key), make)

    monkeypatch.setattr(Rolled, "_family", careless)
    assert "Error" in fails("arrays")


def test_a_roller_that_merges_values_of_other_families_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = Rolled._kind
    monkeypatch.setattr(
        Rolled, "_kind", lambda self, one: min(kind(self, one), 2) if one in self.of else kind(self, one)
    )
    assert "Error" in fails("arrays")


def test_a_roller_that_keeps_what_is_computed_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rolled, "_is_there", lambda self, family, value, read: False)
    assert "Error" in fails("arrays")


def test_a_loader_that_takes_the_last_of_two_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "_each_once", dict)
    assert "a field that is there twice says two things" in fails("loader", 20)


def test_a_loader_that_lets_pythons_own_errors_through_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = saving._Fields.__call__

    def careless(self: Any, name: str, kind: type) -> Any:
        return wrong(self, name, kind) if name == "version" else self.content[name]

    monkeypatch.setattr(saving._Fields, "__call__", careless)
    assert any(error in fails("loader") for error in ("KeyError", "TypeError", "AttributeError"))


def test_half_set_parameters_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_by_one(self: Module, numbers: dict[str, Any]) -> None:
        for name, number in numbers.items():
            if name in self.named_parameters():
                self.named_parameters()[name].data = Value(number).data

    monkeypatch.setattr(Module, "set_parameters", one_by_one)
    assert "AssertionError" in fails("set_parameters")


def test_a_view_that_does_not_escape_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "escape", lambda text, quote=True: text)
    assert "AssertionError" in fails("names") or "ParseError" in fails("names")


def test_generated_code_with_names_as_they_are_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autograd.notation.naming.Names, "identifier", lambda self, name: name or "root")
    assert "Error" in fails("names")


def test_a_row_that_reaches_further_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    parse: Any = vars(autograd.core.op)["parse"]

    def lenient(text: str, *others: Any) -> Tree:
        """Lets everything through that is an expression of Python's."""
        try:
            tree: Tree = parse(text, *others)
        except RuleError:
            try:
                ast.parse(text, mode="eval")
            except (SyntaxError, ValueError, MemoryError):
                raise RuleError from None
            return ("name", f"({text})")
        return tree

    monkeypatch.setattr(autograd.core.op, "parse", lenient)
    assert "AssertionError" in fails("rows", 30)


@pytest.mark.slow
def test_rows_are_accepted_often_enough_to_say_something(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = []
    monkeypatch.setattr(properties, "_check_code", lambda *given: accepted.append(given))
    tried, error = fuzz.run_once(PROPERTIES["rows"], 1, 200)
    assert error is None
    assert 0.1 * tried < len(accepted) / 6 < 0.9 * tried  # of each row six functions are looked at


# The command --------------------------------------------------------------------------------------------------------


def test_the_command_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--seconds", "0", "--only", "set_parameters", "rows", "--seed", "3"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "seed 3"
    assert [line.split()[0] for line in printed[1:]] == ["set_parameters", "rows"]
    assert all(int(line.split()[1]) >= 50 for line in printed[1:])


def test_the_command_prints_the_seed_and_the_smallest_example(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def holds(x: int) -> None:
        assert x < 1000

    monkeypatch.setitem(PROPERTIES, "broken", properties.Property(holds, {"x": st.integers(0, 10**6)}, 50))
    assert fuzz.main(["--seconds", "5", "--only", "broken", "--seed", "5"]) == 1
    captured = capsys.readouterr()
    assert "broken does not hold; again: python -m tests.fuzz --only broken --seed 5 --seconds 1" in captured.out
    assert "x=1000," in captured.err
    assert "FAILED" in captured.out
