"""Partials that were worked out by hand, compared with the engine's, and the mistake found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from ..core.arguments import Number, number
from ..core.value import Value
from ..errors import UsageError
from ..tracing.assignments import Trace
from ..tracing.directory import Directory, Key
from ..views.explanation import Explanation
from .answers import Answer, Function, read_answer
from .catalogue import Catalogue
from .diagnosis import Finding, about_function
from .mistakes import EdgeMistakes
from .numbers import about_numbers
from .points import PointEvaluator
from .report import Report, Verdict, line_to_paste
from .sampling import Pool, same
from .subgraph import Subgraph

# Up to here a report takes seconds, and a tenth of a gigabyte.
_LARGEST_GRAPH = 5_000


def assert_partials(
    root: Value,
    partials: Mapping[Any, Any],
    rel: Number = 1e-9,
    abs: Number = 1e-12,  # noqa: A002 -- what pytest.approx calls it
    reveal: bool | Literal["mistake"] = True,
) -> None:
    """Raise AssertionError, with the report, where a partial is wrong; for use in a test. See `check_partials`.

    >>> x, w = Value(3.0, "x"), Value(0.5, "w")
    >>> h = (w * x).named("z").sigmoid().named("h")
    >>> assert_partials(h, {w: lambda h, x: h * (1 - h) * x, "d_h_d_x": "0.0746"})
    >>> assert_partials(h, {"d_h_d_w": lambda h: h * (1 - h)})
    Traceback (most recent call last):
    ...
    AssertionError: gradient  yours   engine's  verdict
    d_h_d_w   0.1491  0.4474    wrong: you left out ∂z/∂w = x
    """
    __tracebackhide__ = True
    report = check_partials(root, partials, rel, abs, reveal)
    if not report.ok:
        raise AssertionError(str(report))


def check_partials(
    root: Value,
    partials: Mapping[Any, Any],
    rel: Number = 1e-9,
    abs: Number = 1e-12,  # noqa: A002 -- what pytest.approx calls it
    reveal: bool | Literal["mistake"] = True,
) -> Report:
    """Compare partials that were worked out by hand with the engine's, and report on each.

    partials: what you have, by what it is the partial of. A key is a Value or its name, for ∂root/∂value; a pair
    (of, wrt) for a partial in the middle of the graph; or the articles' spelling, "d_L_d_w1", "d_ypred_d_h1", for which
    "dL/dw1", "∂L/∂w1" and "dL_dw1" are understood, too. What you have is

    - a function of the named values, `lambda y_true, o1: -2 * (y_true - o1)`, which is tried at many points;
    - a number as it stands on paper, in quotes: "0.0215" is right if the partial rounds to it, give or take one unit if
      a number on the way was rounded, too;
    - a float, compared by `rel` (relative to the engine's) and `abs`;
    - numbers at several points, {"here": "0.0215", "x1 = 3": "-0.0064"}: "here" is where the graph was recorded, the
      other points say what is different there.

    reveal: False says whether each is right, and which kind of mistake was made, without the engine's number or chain;
    "mistake" names the factor, too.

    A graph of more than 5,000 partials is compared at the recorded point only, and no mistake is looked for.

    Raises UsageError where a key or an argument is no name of the graph, with the names that come near, where what is
    handed in is none of the above, or where rel or abs is no such number; DomainError where a partial has no real
    answer, as backward() does.

    >>> x, w = Value(3.0, "x"), Value(0.5, "w")
    >>> h = (w * x).named("z").sigmoid().named("h")
    >>> print(check_partials(h, {"d_h_d_w": "0.447", "d_h_d_x": "-0.0746"}))
    gradient  yours    engine's  verdict
    d_h_d_w   0.447    0.4474    agrees to 3 digits here
    d_h_d_x   -0.0746  0.07457   wrong: one number names no mistake; 1 candidate below
    <BLANKLINE>
    d_h_d_x: what gives this number here:
      - you flipped the sign
    d_h_d_x: work it out at this point too, and hand in both numbers:
        "d_h_d_x": {"here": "-0.0746", "w = 2": "…"},
    """
    if not isinstance(partials, Mapping):
        raise UsageError(f"partials are a dictionary, such as {{'d_L_d_w1': …}}, not {partials!r:.60}")
    if not partials:
        raise UsageError("there is no partial to check: the dictionary is empty; give it one, such as {'d_L_d_w1': …}")
    rel, abs = number(rel, "rel"), number(abs, "abs")  # noqa: A001 -- what pytest.approx calls it
    if not 0.0 <= rel < 1.0:
        raise UsageError(f"rel is how far a float may be off, relatively: from 0 to less than 1, as 1e-6; not {rel!r}")
    if not 0.0 <= abs < math.inf:
        raise UsageError(f"abs is how far a float may be off: a number from 0 on, as 1e-9; not {abs!r}")
    directory = Directory(root, partials)
    keys = [directory.key(given) for given in partials]
    keyed = zip(keys, partials.values(), strict=True)
    answers = [(key, read_answer(given, directory, key.text, rel, abs)) for key, given in keyed]
    lines = directory.lines
    if sum(len(line.partials) for line in lines.lines) > _LARGEST_GRAPH:
        verdicts = [Verdict(key, one, _about_large(one, lines, key), None, "") for key, one in answers]
        return Report(directory, verdicts, reveal)
    of_edges = EdgeMistakes(lines)
    evaluator = PointEvaluator(lines, of_edges.trees)
    pool = Pool(evaluator)
    below = {key.of: evaluator.gradients(key.of, evaluator.here()) for key in keys}
    verdicts = []
    for key, one in answers:
        # What may have been given in its place: the partial of another leaf, or whatever else is asked for.
        ends = dict.fromkeys([*((key.of, leaf) for leaf in lines.leaves), *(other[:2] for other in keys)])
        others = [
            (of, wrt, directory.spelled(of, wrt)) for of, wrt in ends if (of, wrt) != key[:2] and wrt in below[of]
        ]
        subgraph = Subgraph(evaluator, key.of, key.wrt)
        catalogue = Catalogue(subgraph, of_edges, others)
        if isinstance(one, Function):
            finding = about_function(one, catalogue, pool)
        else:
            finding = about_numbers(one, catalogue, pool, key.text)
        is_said = finding.right or finding.named or finding.candidates or finding.summary
        chain = None if is_said else Explanation(lines, key.wrt, key.of)
        verdicts.append(Verdict(key, one, finding, chain, line_to_paste(directory, key, one, finding)))
    return Report(directory, verdicts, reveal)


def _about_large(answer: Answer, lines: Trace, key: Key) -> Finding:
    """Compare what was handed in with the gradient that was recorded: a large graph is computed at no other point."""
    why = f"the graph is larger than {_LARGEST_GRAPH:,} partials"
    smaller = "take fewer samples, or a value nearer to the end"
    gradients = {key.of: 1.0}
    for line, partial in lines.edges():
        if line in gradients:
            gradients[partial.wrt] = gradients.get(partial.wrt, 0.0) + gradients[line] * partial.number
    true = gradients.get(key.wrt, 0.0)
    if isinstance(answer, Function):
        yours = answer({line: line.number for line in lines})
        if isinstance(yours, complex):
            return Finding(False, [], [true], [], summary=f"it gives the complex number {yours:.4g}")
        is_right, yours = same(true, yours, 0.0), float(yours)
    else:
        if any(changed for changed, _ in answer.values()):
            raise UsageError(f"{key.text}: {why}, so numbers are compared at the recorded point only; {smaller}")
        ((_, written),) = answer.values()
        is_right, yours = written.fits(true), written.number
    if is_right:
        return Finding(True, [yours], [true], [f"agrees here; {why}, so no other point is tried"])
    return Finding(False, [yours], [true], [], summary=f"{why}, so no mistake is looked for: {smaller}")
