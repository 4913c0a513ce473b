"""Verdicts, as text and as HTML: one line for each partial, and below what would not fit in a line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Literal, NamedTuple

from ..console import on_console
from ..notation.markup import table_html, table_text
from ..notation.mathematics import TEXT, digits
from ..notation.typesetting import write
from ..tracing.directory import Directory, Key
from ..views.explanation import Explanation
from .answers import Answer, Function
from .diagnosis import Finding, Made
from .mistakes import DOING, KINDS
from .numbers import ROUNDS_TO_0

# More would not be read: ways in which one mistake can be said, and candidates.
_MOST_WAYS, _MOST_CANDIDATES = 3, 12
_CANDIDATES = "what gives this number here:"
_ASK = "work it out at this point too, and hand in both numbers:"


class Verdict(NamedTuple):
    """What was found about one partial.

    key: the partial. answer: what was handed in. finding: how it compares. chain: the true one, where it is to be told.
    ask: the line to paste, with room for the number at another point.
    """

    key: Key
    answer: Answer
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

    def __init__(self, directory: Directory, verdicts: Sequence[Verdict], reveal: bool | Literal["mistake"]) -> None:
        self.verdicts = list(verdicts)
        self._directory = directory
        self._labels = directory.lines.labels
        self._notes = spelling_notes(directory, verdicts)
        self._names = bool(reveal)  # the mistake, with its factor
        self._reveal = self._names and reveal != "mistake"  # and the engine's number
        self._headings = ["gradient", "yours", *(["engine's"] if self._reveal else []), "verdict"]

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

    def _numbers(self, verdict: Verdict) -> list[str]:
        finding, answer = verdict.finding, verdict.answer
        shown = map(digits, finding.yours) if isinstance(answer, Function) else (one.text for _, one in answer.values())
        yours, true = ", ".join(shown), ", ".join(map(digits, finding.true))
        # All digits, where the answer is wrong in those that are not shown.
        if self._reveal and yours == true and not finding.right and finding.yours != finding.true:
            return [", ".join(map(repr, numbers)) for numbers in (finding.yours, finding.true)]
        return [yours or "no answer", true][: 2 if self._reveal else 1]

    def _verdict(self, verdict: Verdict) -> str:
        finding = verdict.finding
        if finding.right:
            is_0 = self._reveal and ROUNDS_TO_0 in finding.notes
            return "; ".join([*finding.notes, *([f"it is {self._numbers(verdict)[1]}"] if is_0 else [])])
        said = finding.summary or "no single listed mistake explains it"
        if finding.named:
            said = self._named(finding.named)
        elif n := len(finding.candidates):
            numbers = "one number names" if len(finding.yours) == 1 else "these numbers name"
            said = f"{numbers} no mistake; {n} candidate{'s' if n > 1 else ''} below"
        elif finding.summary and not self._reveal:  # which may say that the partial is 0
            said = "no mistake could be named"
        return "wrong: " + "; ".join([said, *finding.notes])

    def _named(self, ways: Sequence[Made]) -> str:
        if not self._names:
            return " and ".join(dict.fromkeys(KINDS[mistake.kind] for mistake in ways[0]))
        said = []
        for number, made in enumerate(ways[:_MOST_WAYS]):
            sentences = ((DOING[one.verb] if number else one.verb, " ", *one.said) for one in made)
            parts = ([one if isinstance(one, str) else self._text(one) for one in parts] for parts in sentences)
            said.append(" and ".join(map("".join, parts)))
        more = len(ways) - _MOST_WAYS
        behind = f", and as {more if more > 1 else 'one'} more" if more > 0 else ""
        return f"you {', which is the same as '.join(said)}{behind}"

    def _text(self, tree: Any) -> str:
        return write(tree, TEXT, self._labels)

    def _candidates(self, found: Sequence[Any]) -> list[str]:
        if not self._names:
            return list(dict.fromkeys(KINDS[one.ways[0][0].kind] for one in found))
        shown = [self._named(one.ways) + (f" ({one.reason})" if one.reason else "") for one in found[:_MOST_CANDIDATES]]
        more = len(found) - _MOST_CANDIDATES
        return [*shown, f"… {more} more"] if more > 0 else shown

    def _details(self) -> Iterator[tuple[Verdict, list[str], Explanation | None]]:
        """What does not fit in a line: the candidates, and the true chain."""
        for one in self.verdicts:
            candidates, chain = self._candidates(one.finding.candidates), one.chain if self._reveal else None
            if one.ask or candidates or chain:
                yield one, candidates, chain

    @on_console
    def __str__(self) -> str:
        rows = [[one.key.text, *self._numbers(one), self._verdict(one)] for one in self.verdicts]
        lines = [table_text(self._headings, rows)]
        for verdict, candidates, chain in self._details():
            lines.append("")
            if candidates:
                lines += [f"{verdict.key.text}: {_CANDIDATES}", *(f"  - {one}" for one in candidates)]
            if chain is not None:
                lines.append(str(chain))
            if verdict.ask:
                lines += [f"{verdict.key.text}: {_ASK}", f"    {verdict.ask}"]
        return "\n".join([*lines, *([""] if self._notes else []), *self._notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        # Not as MathML: stripped of it, as by a page that does not trust a notebook, ∂L/∂w1 would read ∂L∂w1.
        rows = []
        for one in self.verdicts:
            partial = self._text(("derivative", one.key.of.target, one.key.wrt.target))
            verdict = f"{'✓' if one.right else '✗'} {self._verdict(one)}"
            rows.append(list(map(escape, [partial, *self._numbers(one), verdict])))
        parts = [table_html(self._headings, rows)]
        for one, candidates, chain in self._details():
            parts.append(f"<p><b>{escape(one.key.text)}</b></p>")
            if candidates:
                items = "".join(f"<li>{escape(candidate)}</li>" for candidate in candidates)
                parts.append(f"<p>{_CANDIDATES}</p><ul>{items}</ul>")
            if chain is not None:
                parts.append(chain._repr_html_())
            if one.ask:
                parts.append(f'<p>{_ASK}</p><pre style="overflow-x:auto">{escape(one.ask)}</pre>')
        parts += [f"<p>{escape(note)}</p>" for note in self._notes]
        return f'<div style="text-align:left">{"".join(parts)}</div>'


def line_to_paste(directory: Directory, key: Key, answer: Answer, finding: Finding) -> str:
    """The entry of the dictionary with what was handed in, and room for the number at the point that is asked for."""
    if finding.ask is None or isinstance(answer, Function) or not all(map(math.isfinite, finding.yours)):
        return ""
    asked = ", ".join(f"{directory.word(leaf)} = {number:g}" for leaf, number in finding.ask.items())
    seen = [(at, repr(one.number) if one.figures is None else f'"{one.text}"') for at, (_, one) in answer.items()]
    numbers = ", ".join(f'"{at}": {text}' for at, text in [*seen, (asked, '"…"')])
    # What has no name is called t1 here, and something else where other keys are asked for.
    has_key = all(line.value.name or line is directory.lines.root for line in (key.of, key.wrt))
    return f"{directory.code(key.of, key.wrt)}: {{{numbers}}}," if has_key else f"{{{numbers}}}"


def spelling_notes(directory: Directory, verdicts: Sequence[Verdict]) -> list[str]:
    """What people should know about names that are not what they seem, of those that are in keys and functions."""
    names = dict.fromkeys(line.target for one in verdicts for line in one.key[:2])
    names |= dict.fromkeys(name for one in verdicts if isinstance(one.answer, Function) for name in one.answer.names)
    notes = [f"{name} is {directory.lines.labels[name]}" for name in names if name in directory.lines.labels]
    for name in names:
        called = [line.target for line in directory.called(name)]
        if len(called) > 1:
            notes.append(f"{len(called)} values are named {name}: here, as in to_python, they are {', '.join(called)}")
    return notes
