"""The numbers of a film as they were recorded, and how each step writes them; in a page `numbers.js` does the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ..codegen.listing import Listing
from ..core.source import run_source
from ..tracing.assignments import Assignment, Trace, Way
from ..views.steps import Steps
from .figures import FEWEST, Equation, Shown, apart, enough, figure
from .templates import Frame


class Recorded:
    """All numbers of a film.

    sums: of every line whether it is a sum: what rounding leaves of a sum can be told from its terms.
    """

    def __init__(
        self,
        lines: Trace,
        ways: Sequence[Way],
        steps: Steps,
        parameters: Sequence[Assignment],
        rate: float | None,
        listing: Listing,
    ) -> None:
        self.lines = [*lines]
        self._ways, self._steps, self._parameters, self._listing = ways, steps, parameters, listing
        self._rate = rate or 0.0
        self.sums = [line.expression[0] in ("+", "-") for line in self.lines]
        self._known: dict[tuple[str, int, int | None], tuple[int, int, bool]] = {}

    @cached_property
    def gradients(self) -> dict[Assignment, float]:
        """The gradient of every line that has one."""
        found = {self.lines[-1]: 1.0}
        for way, step in zip(self._ways, self._steps[1:], strict=True):
            found[way.to] = step.after
        return found

    @cached_property
    def after(self) -> list[float] | None:
        """The numbers of all lines after the update, as the listing computes them; None where there are none."""
        leaves = {line.target: line.number for line in self.lines if line.is_leaf}
        leaves |= {leaf.target: self._moved(leaf) for leaf in self._parameters}
        text = "\n".join([*self._listing.preamble(), *(one.text for one in self._listing.forward)])
        try:
            found = run_source(text, "player", {**self._listing.trace.functions, **leaves})
        except (ArithmeticError, ValueError):
            return None
        return [float(found[line.target]) for line in self.lines]

    def text(self, kind: str, at: int | None, frame: Frame) -> str:
        """The number in a place of a frame."""
        operands, results, is_true = self.digits(frame)
        box = frame.target if at is None else at
        line = self.lines[box]
        step = self._steps[frame.way or 0]
        scale = abs(step.before) + abs(step.contribution)
        match kind:
            case "d":
                return figure(line.number, self._scale(box), results if at is None else operands)
            case "e":
                return "=" if is_true else "≈"
            case "o":
                return figure(line.number, 0.0, operands)
            case "g":
                return figure(self.gradients.get(line, 0.0), 0.0, operands)
            case "r":
                return figure(self._rate, 0.0, operands)
            case "n":
                return figure(self._moved(line), 0.0, results)
            case "u":
                return figure(step.upstream, 0.0, operands)
            case "p":
                return figure(step.partial, 0.0, operands)
            case "b":
                return figure(step.before, 0.0, operands)
            case "c":
                return figure(step.contribution, 0.0, results)
            case "a" | "A":
                return figure(step.after, scale, results)
            case "f":
                return figure(line.number, 0.0, results)
        if self.after is None:
            return "no real value" if kind == "m" else "and has no real value now: the step was too long"
        now = figure(self.after[-1], 0.0, results)
        return now if kind == "m" else f"and is now {now}"

    def digits(self, frame: Frame) -> tuple[int, int, bool]:
        """How many digits the equations of a frame need, for operands and for results, and whether they are true."""
        key = (frame.phase, frame.target, frame.way)
        if key not in self._known:
            if frame.phase == "effect":
                before = self.lines[-1].number
                self._known[key] = (FEWEST, apart(before, self.after[-1]) if self.after else FEWEST, True)
            else:
                self._known[key] = enough(self._equations(frame))
        return self._known[key]

    def _equations(self, frame: Frame) -> list[Equation]:
        line = self.lines[frame.target]
        if frame.phase == "forward":  # nobody computes a sum from some of its terms
            return [] if "…" in frame.formula[1] else [self._computed(frame.target)]
        if frame.phase == "update":
            number, gradient, rate = line.number, self.gradients.get(line, 0.0), self._rate
            terms = [number] if rate * gradient else []
            return [Equation(self._moved(line), lambda of, _: of(number) - of(rate) * of(gradient), terms)]
        if not frame.way:
            return []
        step = self._steps[frame.way]
        upstream, partial, contribution, before = step.upstream, step.partial, step.contribution, step.before
        found = [Equation(contribution, lambda of, _: of(upstream) * of(partial))]
        if any(way.to is line for way in self._ways[: frame.way - 1]):
            scale = abs(before) + abs(contribution)
            terms = [before] if contribution else []
            found += [
                Equation(step.after, lambda of, _: of(before) + of(upstream) * of(partial), terms, scale),
                Equation(step.after, lambda of, result: of(before) + result(contribution), terms, scale),
            ]
        return found

    def _computed(self, box: int) -> Equation:
        """How a line is computed: what rounding its inputs does to it is told by its partials."""
        line = self.lines[box]
        reads = [
            (step.partial, way.to.number)
            for way, step in zip(self._ways, self._steps[1:], strict=True)
            if way.line is line
        ]

        def right(of: Shown, _: Shown) -> float:
            return float(line.number) + math.fsum(partial * (of(number) - number) for partial, number in reads)

        terms = [number for _, number in reads if self.sums[box] and number != line.number]
        return Equation(line.number, right, terms, self._scale(box))

    def _scale(self, box: int) -> float:
        line = self.lines[box]
        if not self.sums[box]:
            return 0.0
        return max((abs(way.chain.number * way.to.number) for way in self._ways if way.line is line), default=0.0)

    def _moved(self, leaf: Assignment) -> float:
        return float(leaf.number) - self._rate * self.gradients.get(leaf, 0.0)

    def as_contents(self) -> dict[str, Any]:
        """All of them, for a page that cannot compute them."""
        fields = ("upstream", "partial", "contribution", "before", "after")
        return {
            "data": [line.number for line in self.lines],
            "grads": [self.gradients.get(line, 0.0) for line in self.lines],
            "steps": [{name: getattr(step, name) for name in fields} for step in self._steps],
            "after": self.after,
        }
