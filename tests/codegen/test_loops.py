"""Training compiled into a program: the numbers of a loop written by hand, and never half of an update."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from autograd import DomainError, UpdateRule, UsageError, Value, compile  # noqa: A004
from autograd.codegen.program import Program
from autograd.extend import TrainingRun

from ..support.graphs import HOSTILE, articles_loss
from ..support.oracles import central_gradient

PLAIN = UpdateRule({"w": "w - rate * grad"}, ["rate"])
MOMENTUM = UpdateRule({"v": "m * v + grad", "w": "w - rate * v"}, ["rate", "m"])
SQUARES = UpdateRule(
    {"s": "s + grad * grad", "w": "w - now * grad / (sqrt(s) + 1)"}, ["rate"], {"now": "rate / (1 + step)"}
)
RULES = {"plain": (PLAIN, [0.1]), "momentum": (MOMENTUM, [0.1, 0.5]), "squares": (SQUARES, [0.1])}
SAMPLES = [[-2.0, -1.0, 1.0], [1.5, 0.6, 0.0], [1.7, 0.4, 0.0], [-1.5, -0.6, 1.0], [0.3, 0.2, 1.0]]


def fresh(rule: UpdateRule, settings: list[float], numbers: list[float]) -> TrainingRun:
    return TrainingRun(numbers, [(0.0,) * len(rule.state)] * len(numbers), settings)


def by_hand(
    f: Callable[..., Any], batches: Any, start: list[float], rule: UpdateRule, settings: list[float], epochs: int
) -> tuple[list[float], list[float]]:
    """The same training with central differences for gradients, and the rule on one number after another."""
    numbers, states, losses = list(start), [(0.0,) * len(rule.state)] * len(start), []
    step = 0
    for _ in range(epochs):
        total = 0.0
        for seed, samples in batches:

            def of_batch(*p: float, samples: Any = samples) -> float:
                return float(sum(f(sample, p) for sample in samples))

            total += of_batch(*numbers)
            slopes = [seed * slope for slope in central_gradient(of_batch, numbers)]
            step += 1
            moved = [rule.move(*one, settings, step) for one in zip(numbers, slopes, states, strict=True)]
            numbers, states = [number for number, _ in moved], [state for _, state in moved]
        losses.append(total)
    return numbers, losses


def the_articles(sample: Any, parameters: Any) -> float:
    x1, x2, y = sample
    w1, w2, b1, w3, w4, b2, w5, w6, b3 = parameters
    h1 = 1 / (1 + math.exp(-(w1 * x1 + w2 * x2 + b1)))
    h2 = 1 / (1 + math.exp(-(w3 * x1 + w4 * x2 + b2)))
    return float((y - 1 / (1 + math.exp(-(w5 * h1 + w6 * h2 + b3)))) ** 2)


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_articles_network_against_a_loop_by_hand(name: str) -> None:
    rule, settings = RULES[name]
    program = compile(articles_loss()[1], update=rule)
    start = [0.1 * number for number in range(1, 10)]
    run = fresh(rule, settings, start)
    program.train(run, SAMPLES, epochs=6)
    numbers, losses = by_hand(the_articles, [(1.0, [one]) for one in SAMPLES], start, rule, settings, 6)
    assert run.state.parameters == pytest.approx(numbers, rel=1e-7)
    assert run.state.losses == pytest.approx(losses, rel=1e-7)
    assert run.state.step == 30
    batches = [(0.5, SAMPLES[:2]), (0.5, SAMPLES[2:4]), (1.0, SAMPLES[4:])]
    run = fresh(rule, settings, start)
    program.train_in_batches(run, batches, epochs=6)
    numbers, losses = by_hand(the_articles, batches, start, rule, settings, 6)
    assert run.state.parameters == pytest.approx(numbers, rel=1e-7)
    assert run.state.losses == pytest.approx(losses, rel=1e-7)


@pytest.mark.parametrize("name", sorted(RULES))
def test_all_partials_are_taken_before_any_parameter_moves(name: str) -> None:
    """Here each gradient reads the other parameters: written into the updates, they would read moved ones."""
    rule, settings = RULES[name]
    x, a, b, c = (Value(number, name) for number, name in zip((1.0, 2.0, 3.0, 4.0), "xabc", strict=True))
    program = compile((a * b * c * x - 1) ** 2 + a * b + c, [x], [a, b, c], rule)
    run = fresh(rule, [0.01, *settings[1:]], [0.5, 0.6, 0.7])
    program.train(run, [[1.0], [2.0]], epochs=3)

    def f(sample: Any, p: Any) -> float:
        return float((p[0] * p[1] * p[2] * sample[0] - 1) ** 2 + p[0] * p[1] + p[2])

    batches = [(1.0, [[1.0]]), (1.0, [[2.0]])]
    assert run.state.parameters == pytest.approx(
        by_hand(f, batches, [0.5, 0.6, 0.7], rule, [0.01, *settings[1:]], 3)[0], rel=1e-7
    )


def test_going_on_is_the_same_as_going_on_and_on() -> None:
    for rule, settings in RULES.values():
        program = compile(articles_loss()[1], update=rule)
        ways: list[tuple[Any, Any]] = [(Program.train, SAMPLES), (Program.train_in_batches, [(0.2, SAMPLES)])]
        for train, items in ways:
            once, twice = (fresh(rule, settings, [0.3] * 9) for _ in range(2))
            train(program, once, items, 7)
            train(program, twice, items, 3)
            train(pickle.loads(pickle.dumps(program)), twice, items, 4)
            assert twice.state == once.state


def test_parameters_that_do_not_move_those_that_do_not_reach_the_root_and_the_root() -> None:
    x, w, still, elsewhere = Value(2.0, "x"), Value(3.0, "w"), Value(5.0, "still"), Value(1.0, "v")
    program = compile(w * x + still, [x], [w, elsewhere, still], MOMENTUM, [w, elsewhere])
    run = TrainingRun([3.0, 1.0, 5.0], [(0.0,), (1.0,)], [0.1, 0.5])
    program.train(run, [[2.0]])
    assert run.state.parameters == [3.0 - 0.1 * 2.0, 1.0 - 0.1 * 0.5, 5.0]
    assert run.state.losses == (11.0,)
    alone = compile(w, [], [w], PLAIN)
    ways: list[tuple[Any, Any]] = [(alone.train, [[], []]), (alone.train_in_batches, [(0.5, [[], []]), (1.0, [[]])])]
    for train, items in ways:
        run = fresh(PLAIN, [0.25], [4.0])
        train(run, items)
        assert (run.state.parameters, run.state.step) == ([3.5], 2)
    with pytest.raises(UsageError, match="the first of wrt, in the same order"):
        compile(w * x, [x], [w, elsewhere], PLAIN, [elsewhere])


def test_hostile_names_and_the_programs_own_words() -> None:
    words = ["samples", "total", "losses", "epochs", "items", "states", "settings", "step", "rate", "seed", "sum_w"]
    for name in [*HOSTILE, *words]:
        x, w, v = Value(1.5, name), Value(0.5, name), Value(0.25, "w")
        program = compile((w * x * v).named(name), [x], [w, v], MOMENTUM)
        ways: list[tuple[Any, Any]] = [(program.train, [[2.0]] * 3), (program.train_in_batches, [(1.0, [[2.0]])] * 3)]
        for train, items in ways:
            run = fresh(MOMENTUM, [0.1, 0.5], [0.5, 0.25])
            train(run, items)
            wanted = by_hand(
                lambda s, p: s[0] * p[0] * p[1], [(1.0, [[2.0]])] * 3, [0.5, 0.25], MOMENTUM, [0.1, 0.5], 1
            )
            assert run.state.parameters == pytest.approx(wanted[0], rel=1e-7)


class _Failing:
    """A function that raises at a certain call, once."""

    def __init__(self, function: Any, calls: int, error: type[BaseException]) -> None:
        self.function = function
        self.calls = calls
        self.error = error

    def __call__(self, x: float) -> Any:
        self.calls -= 1
        if self.calls == -1:
            raise self.error
        return self.function(x)


@pytest.mark.parametrize("name", sorted(RULES))
@pytest.mark.parametrize("in_batches", [False, True])
def test_ctrl_c_at_any_moment_leaves_the_state_as_it_was(name: str, in_batches: bool) -> None:
    rule, settings = RULES[name]
    program = compile(articles_loss()[1], update=rule)
    items: list[Any] = [(0.5, SAMPLES[:2]), (1.0, SAMPLES[2:])] if in_batches else SAMPLES
    train: Any = program.train_in_batches if in_batches else program.train
    known = program._functions["each"].__globals__
    run = fresh(rule, settings, [0.3] * 9)
    train(run, items, 2)
    before, copied = run.state, pickle.loads(pickle.dumps(run.state))
    # exp is called three times a sample; sqrt, in the update of one of the rules, once a parameter.
    calls = {"exp": 3 * len(SAMPLES), "sqrt": 9 * len(items) if name == "squares" else 0}
    for function, calls_of_an_epoch in calls.items():
        original = known.get(function)
        for call in range(2 * calls_of_an_epoch):
            known[function] = _Failing(original, call, KeyboardInterrupt)
            with pytest.raises(KeyboardInterrupt):
                train(run, items, 2)
            assert run.state is before
        known[function] = original
    assert run.state == copied
    again = fresh(rule, settings, [0.3] * 9)
    train(run, items, 2)
    train(again, items, 4)
    assert run.state == again.state


def test_updates_without_an_answer_are_none_and_one_at_a_time_tells_which() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    program = compile((w * x).log(), [x], [w], PLAIN)
    ways: list[tuple[Any, Any]] = [
        (program.train, [[1.0], [2.0], [-1.0], [3.0]]),
        (program.train_in_batches, [(1.0, [[1.0]]), (1.0, [[2.0]]), (0.5, [[3.0], [-1.0]])]),
    ]
    for train, items in ways:
        run = fresh(PLAIN, [0.5], [2.0])
        before = run.state
        with pytest.raises(DomainError, match=rf"^one of these {3 * len(items)} updates has no answer \(.*\), so none"):
            train(run, items, 3)
        assert run.state is before

        def one_at_a_time(train: Any = train, run: TrainingRun = run, items: Any = items) -> None:
            for item in items:
                train(run, [item])

        with pytest.raises(DomainError, match=r"^sample [01]: log, by its rule log\(x\), has no answer at x = -"):
            one_at_a_time()
        first = 2.0 - 0.5 / 2.0
        assert run.state[:3] == ([first - 0.5 / first], [()], 2)


def test_products_that_read_what_moves_are_not_shared() -> None:
    """Each row of this rule reads the w that the rows of other parameters move, by the same name of a state."""
    rule = UpdateRule({"v": "rate * v + grad", "w": "w - rate * v * v"}, ["rate"])
    x, a, b = Value(1.0, "x"), Value(2.0, "a"), Value(3.0, "b")
    program = compile((a + b) * x, [x], [a, b], rule)
    run = TrainingRun([2.0, 3.0], [(1.0,), (2.0,)], [0.5])
    program.train(run, [[1.0]])
    assert run.state.parameters == [2.0 - 0.5 * 1.5 * 1.5, 3.0 - 0.5 * 2.0 * 2.0]
    decay = UpdateRule({"w": "w - rate * w * w - rate * w * grad"}, ["rate"])
    program = compile(a * x, [x], [a], decay)
    run = TrainingRun([2.0], [()], [0.1])
    program.train(run, [[3.0]])
    assert run.state.parameters == pytest.approx([2.0 - 0.1 * 4.0 - 0.1 * 2.0 * 3.0], rel=1e-15)


def test_a_rule_may_read_the_step_in_its_rows_only() -> None:
    rule = UpdateRule({"w": "w - rate * grad / step"}, ["rate"])
    x, w = Value(1.0, "x"), Value(2.0, "w")
    program = compile(w * x, [x], [w], rule)
    run = TrainingRun([2.0], [()], [1.0], step=1)
    program.train(run, [[1.0], [1.0]])
    assert run.state.parameters == [2.0 - 1.0 / 2.0 - 1.0 / 3.0]


@pytest.mark.parametrize("name", sorted(RULES))
def test_where_only_the_fast_text_has_no_answer_one_update_has_the_engines(name: str) -> None:
    """Also with a parameter that does not move, after those that do."""
    rule, settings = RULES[name]
    net, root = articles_loss()
    wrt = net.parameters()
    program = compile(root, wrt=wrt, update=rule, moving=wrt[:8])
    known = program._functions["each"].__globals__
    ways: list[tuple[Any, Any]] = [(program.train, SAMPLES[:1]), (program.train_in_batches, [(0.5, SAMPLES[:2])])]
    for train, items in ways:
        wanted, run = (TrainingRun([0.3] * 9, [(0.0,) * len(rule.state)] * 8, settings) for _ in range(2))
        train(wanted, items)
        original = known["exp"]
        known["exp"] = _Failing(original, 2, OverflowError)
        train(run, items)
        known["exp"] = original
        assert run.state.parameters == pytest.approx(wanted.state.parameters, rel=1e-12)
        assert run.state.parameters[8] == 0.3
        for state, known_state in zip(run.state.states, wanted.state.states, strict=True):
            assert state == pytest.approx(known_state, rel=1e-12)
        assert (len(run.state.losses), run.state.step) == (1, 1)
        assert run.state.losses == pytest.approx(wanted.state.losses, rel=1e-12)


def test_random_rules_and_graphs() -> None:
    random = Random(5)
    for _ in range(40):
        weights = [Value(random.uniform(0.5, 1.5), random.choice(["w", "v", "a", ""])) for _ in range(3)]
        x = Value(1.0, "x")
        terms = [random.choice(weights) * random.choice([x, *weights]) for _ in range(random.randint(1, 12))]
        root = terms[0].sigmoid()
        for term in terms[1:]:
            root = root + term.tanh() if random.random() < 0.7 else root * term
        rule, settings = random.choice(list(RULES.values()))
        program = compile(root, [x], weights, rule)
        run = fresh(rule, [0.01, *settings[1:]], [weight.data for weight in weights])
        reference = run.state
        program.train(run, [[0.5], [2.0]], 2)
        numbers, states, step = list(reference.parameters), list(reference.states), 0
        for _ in range(2):
            for row in ([0.5], [2.0]):
                step += 1
                _, slopes = program(row, numbers)
                moved = [rule.move(*one, run.settings, step) for one in zip(numbers, slopes, states, strict=True)]
                numbers, states = [number for number, _ in moved], [state for _, state in moved]
        assert run.state.parameters == pytest.approx(numbers, rel=1e-12)


def test_a_rule_that_divides_by_a_quotient_has_no_answer_where_the_quotient_has_none() -> None:
    rule = UpdateRule({"w": "w - grad / (2 / k)"}, ["k"])
    x, w = Value(1.0, "x"), Value(3.0, "w")
    program = compile(w * x, [x], [w], rule)
    run = TrainingRun([3.0], [()], [4.0])
    program.train(run, [[1.0]])
    assert run.state.parameters == [3.0 - 1.0 / (2 / 4)]
    with pytest.raises(DomainError, match="has no answer"):
        program.train(TrainingRun([3.0], [()], [0.0]), [[1.0]])
