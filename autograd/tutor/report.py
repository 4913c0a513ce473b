"""Verdicts, as text and as HTML: one line for each partial, and below what would not fit in a line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from ..console import on_console
from ..notation.markup import table_html, table_text
from ..notation.mathematics import TEXT, digits
from ..notation.typesetting import write
from ..views.explanation import Explanation
from .answers import Claim, Numbers
from .diagnosis import Finding, Made
from .keys import Directory, Key
from .mistakes import KINDS, Sentence
from .numbers import ROUNDS_TO_0

# Of the ways in which one mistake can be said, so many are.
_MOST_WAYS = 3
# Of the candidates, so many are listed.
_MOST_CANDIDATES = 12


class Verdict(NamedTuple):
    """What was found about one partial.

    key: the partial. claim: what was handed in. finding: how it compares. chain: the true one, where it has to be told.
    ask: the line to paste, with room for the number at another point.
    """

    key: Key
    claim: Claim
    finding: Finding
    chain: Explanation | None
    ask: str

    @on_console
    def __repr__(self) -> str:
        # No more than that: what it holds may be kept from whoever is asked.
        return f"<Verdict on {self.key.text}: {'right' if self.right else 'wrong'}>"

    @property
    def right(self) -> bool:
        """Whether nothing speaks against what was handed in."""
        return self.finding.right

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the mistakes that were named; nothing where it is right, or could not be explained."""
        return tuple(mistake.kind for mistake in self.finding.named[0]) if self.finding.named else ()


class Report:
    """What `check_partials` found. Prints as text; a notebook shows it as a table; it is true where all are right.

    verdicts: what was found about each partial, in the order of the keys.
    """

    def __init__(self, directory: Directory, verdicts: Sequence[Verdict], notes: Sequence[str], reveal: bool) -> None:
        self.verdicts = list(verdicts)
        self._directory = directory
        self._labels = directory.lines.labels
        self._notes = list(notes)
        self._reveal = reveal

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against any of the partials."""
        return all(verdict.right for verdict in self.verdicts)

    def __bool__(self) -> bool:
        return self.ok

    def __getitem__(self, key: Any) -> Verdict:
        """The verdict on a partial, by any key that means it."""
        meant = self._directory.key(key)
        for verdict in self.verdicts:
            if verdict.key[:2] == meant[:2]:
                return verdict
        raise KeyError(f"{key!r} was not checked (must be one of {[one.key.text for one in self.verdicts]})")

    def _headings(self) -> list[str]:
        return ["partial", "yours", "engine's", "verdict"] if self._reveal else ["partial", "yours", "verdict"]

    def _numbers(self, verdict: Verdict) -> list[str]:
        finding = verdict.finding
        yours = verdict.claim.text if isinstance(verdict.claim, Numbers) else ", ".join(map(digits, finding.yours))
        true = ", ".join(map(digits, finding.true))
        # In digits that are not shown; whoever may not see the answer would see from it how near they are.
        if self._reveal and yours == true and any(map(_differ, finding.yours, finding.true)):
            yours, true = (", ".join(map(repr, numbers)) for numbers in (finding.yours, finding.true))
        return [yours or "no answer", true] if self._reveal else [yours or "no answer"]

    def _verdict(self, verdict: Verdict) -> Sentence:
        """The verdict in one line."""
        finding = verdict.finding
        if finding.right:
            is_0 = self._reveal and ROUNDS_TO_0 in finding.notes
            return ("; ".join([*finding.notes, *([f"it is {self._numbers(verdict)[1]}"] if is_0 else [])]),)
        said: list[Sentence] = []
        if finding.named:
            said.append(self._named(finding.named))
        elif finding.candidates:
            n = len(finding.candidates)
            numbers = "one number names" if len(finding.yours) == 1 else "these numbers name"
            said.append((f"{numbers} no mistake; {n} candidate{'s' if n > 1 else ''} below",))
        elif finding.summary and not self._reveal:  # which may say that the partial is 0
            said.append(("no mistake could be named",))
        else:
            said.append((finding.summary or "no single listed mistake explains it",))
        said += [(note,) for note in finding.notes]
        parts: list[Sentence] = [("wrong: ",)]
        for number, sentence in enumerate(said):
            parts += [("; ",), sentence] if number else [sentence]
        return tuple(part for sentence in parts for part in sentence)

    def _named(self, ways: Sequence[Made]) -> Sentence:
        if not self._reveal:
            return (" and ".join(dict.fromkeys(KINDS[mistake.kind] for mistake in ways[0])),)
        said: list[str | tuple[object, ...]] = ["you "]
        for number, made in enumerate(ways[:_MOST_WAYS]):
            said += [", which is the same as "] if number else []
            for place, mistake in enumerate(made):
                said += [" and "] if place else []
                said += mistake.gerund if number else mistake.past
        more = len(ways) - _MOST_WAYS
        if more > 0:
            said.append(f", and as {more} more" if more > 1 else ", and as one more")
        return tuple(said)

    def _candidates(self, verdict: Verdict) -> list[Sentence]:
        if not self._reveal:
            kinds = dict.fromkeys(KINDS[one.ways[0][0].kind] for one in verdict.finding.candidates)
            return [(kind,) for kind in kinds]
        found = verdict.finding.candidates
        shown: list[Sentence] = [
            (*self._named(one.ways), f" ({one.reason})" if one.reason else "") for one in found[:_MOST_CANDIDATES]
        ]
        more = len(found) - _MOST_CANDIDATES
        return [*shown, (f"… {more} more",)] if more > 0 else shown

    def _details(self) -> list[Verdict]:
        shown = self.verdicts
        return [one for one in shown if one.ask or one.finding.candidates or (one.chain and self._reveal)]

    @on_console
    def __str__(self) -> str:
        rows = [[one.key.text, *self._numbers(one), self._text(self._verdict(one))] for one in self.verdicts]
        lines = [table_text(self._headings(), rows)]
        for verdict in self._details():
            lines.append("")
            candidates = [f"  - {self._text(sentence)}" for sentence in self._candidates(verdict)]
            if candidates:
                lines += [f"{verdict.key.text}: {_CANDIDATES}", *candidates]
            if verdict.chain is not None and self._reveal:
                lines.append(str(verdict.chain))
            if verdict.ask:
                lines += [f"{verdict.key.text}: {_ASK}", f"    {verdict.ask}"]
        return "\n".join([*lines, *([""] if self._notes else []), *self._notes])

    __repr__ = __str__

    def _text(self, sentence: Sentence) -> str:
        return "".join(part if isinstance(part, str) else write(part, TEXT, self._labels) for part in sentence)

    def _html(self, sentence: Sentence) -> str:
        # Not as MathML: stripped of it, as by a page that does not trust a notebook, ∂L/∂w1 would read ∂L∂w1.
        return escape(self._text(sentence))

    def _repr_html_(self) -> str:
        rows = []
        for one in self.verdicts:
            mark = "✓ " if one.right else "✗ "
            partial = ("derivative", one.key.of.target, one.key.wrt.target)
            rows.append(
                [self._html((partial,)), *map(escape, self._numbers(one)), mark + self._html(self._verdict(one))]
            )
        parts = [table_html(self._headings(), rows)]
        for verdict in self._details():
            parts.append(f"<p><b>{escape(verdict.key.text)}</b></p>")
            items = "".join(f"<li>{self._html(sentence)}</li>" for sentence in self._candidates(verdict))
            if items:
                parts.append(f"<p>{_CANDIDATES}</p><ul>{items}</ul>")
            if verdict.chain is not None and self._reveal:
                parts.append(verdict.chain._repr_html_())
            if verdict.ask:
                parts.append(f'<p>{_ASK}</p><pre style="overflow-x:auto">{escape(verdict.ask)}</pre>')
        parts += [f"<p>{escape(note)}</p>" for note in self._notes]
        return f'<div style="text-align:left">{"".join(parts)}</div>'


def _differ(one: float, other: float) -> bool:
    return not math.isclose(one, other, rel_tol=1e-14)


_CANDIDATES = "what gives this number here:"
_ASK = "work it out at this point too, and hand in both numbers:"


def line_to_paste(directory: Directory, key: Key, claim: Claim, finding: Finding) -> str:
    """The entry of the dictionary with what was handed in, and room for the number at the point that is asked for."""
    if finding.ask is None or not isinstance(claim, Numbers) or not all(map(math.isfinite, finding.yours)):
        return ""
    where = ", ".join(f"{directory.word(leaf)} = {number:g}" for leaf, number in finding.ask.items())
    seen = {
        point: written.text if written.figures is not None else repr(written.number)
        for point, (_, written) in claim.at.items()
    }
    inside = "".join(f'"{point}": {text}, ' for point, text in seen.items())
    numbers = f'{{{inside}"{where}": "…"}}'
    # What has no name is called t1 here, and something else where other keys are asked for.
    has_key = all(line.value.name or line is directory.lines.root for line in (key.of, key.wrt))
    return f"{directory.code(key.of, key.wrt)}: {numbers}," if has_key else numbers


def spelling_notes(directory: Directory, labels: Mapping[str, str], names: Sequence[str]) -> list[str]:
    """What people should know about names that are not what they seem."""
    notes = [f"{name} is {labels[name]}" for name in dict.fromkeys(names) if name in labels]
    repeated = [name for name in dict.fromkeys(names) if len(directory.called(name)) > 1]
    for name in repeated:
        targets = ", ".join(line.target for line in directory.called(name))
        notes.append(
            f"{len(directory.called(name))} values are named {name}: here, as in to_python, they are {targets}"
        )
    return notes
