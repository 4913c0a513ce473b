"""Partials that were worked out by hand, compared with the engine's, and the mistake found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..core.arguments import Number, number
from ..core.value import Value
from ..errors import UsageError
from ..tracing.directory import Directory
from ..views.explanation import Explanation
from .answers import Function, read_answer
from .catalogue import Catalogue
from .diagnosis import about_function
from .large import LARGEST_GRAPH, about_large
from .mistakes import EdgeMistakes
from .numbers import about_numbers
from .points import PointEvaluator
from .report import Report, Verdict, line_to_paste, spelling_notes
from .sampling import Pool
from .subgraph import Subgraph


def assert_partials(
    root: Value,
    partials: Mapping[Any, Any],
    rel: Number = 1e-9,
    abs: Number = 1e-12,  # noqa: A002 -- what pytest.approx calls it
    reveal: bool = True,
) -> None:
    """Raise AssertionError, with the report, where a partial is wrong; for use in a test. See `check_partials`.

    >>> x, w = Value(3.0, "x"), Value(0.5, "w")
    >>> h = (w * x).named("z").sigmoid().named("h")
    >>> assert_partials(h, {w: lambda h, x: h * (1 - h) * x, "d_h_d_x": "0.0746"})
    >>> assert_partials(h, {"d_h_d_w": lambda h: h * (1 - h)})
    Traceback (most recent call last):
    ...
    AssertionError: partial  yours   engine's  verdict
    d_h_d_w  0.1491  0.4474    wrong: you left out ∂z/∂w = x
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
    reveal: bool = True,
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

    reveal: False says whether each is right, and which kind of mistake was made, without the engine's number or chain.

    A graph of more than 5,000 partials is compared at the recorded point only, and no mistake is looked for.

    Raises UsageError where a key or an argument is no name of the graph, with the names that come near, where what is
    handed in is none of the above, or where rel or abs is no such number; DomainError where a partial has no real
    answer, as backward() does.

    >>> x, w = Value(3.0, "x"), Value(0.5, "w")
    >>> h = (w * x).named("z").sigmoid().named("h")
    >>> print(check_partials(h, {"d_h_d_w": "0.447", "d_h_d_x": "-0.0746"}))
    partial  yours      engine's  verdict
    d_h_d_w  "0.447"    0.4474    agrees to 3 digits here
    d_h_d_x  "-0.0746"  0.07457   wrong: one number names no mistake; 1 candidate below
    <BLANKLINE>
    d_h_d_x: what gives this number here:
      - you flipped the sign
    d_h_d_x: work it out at this point too, and hand in both numbers:
        "d_h_d_x": {"here": "-0.0746", "w = 2": "…"},
    """
    if not isinstance(partials, Mapping):
        raise UsageError(
            f"partials are a dictionary, from a key such as 'd_L_d_w1' to your partial, not {partials!r:.60}"
        )
    if not partials:
        raise UsageError("there is no partial to check: the dictionary is empty; give it one, such as {'d_L_d_w1': …}")
    rel, abs = number(rel, "rel"), number(abs, "abs")  # noqa: A001 -- what pytest.approx calls it
    if not 0.0 <= rel < 1.0:
        raise UsageError(
            f"rel is how far a float may be off, relative to the engine's: from 0 to less than 1, as 1e-6; not {rel!r}"
        )
    if not 0.0 <= abs < math.inf:
        raise UsageError(f"abs is how far a float may be off: a number from 0 on, as 1e-9; not {abs!r}")
    directory = Directory(root, partials)
    keys = [directory.key(given) for given in partials]
    answers = [
        read_answer(given, directory, key.text, rel, abs) for key, given in zip(keys, partials.values(), strict=True)
    ]
    lines = directory.lines
    names = [line.target for key in keys for line in key[:2]]
    names += [name for one in answers if isinstance(one, Function) for name in one.names]
    if sum(len(line.partials) for line in lines.lines) > LARGEST_GRAPH:
        findings = [about_large(one, lines, *key) for key, one in zip(keys, answers, strict=True)]
        verdicts = [Verdict(*found, None, "") for found in zip(keys, answers, findings, strict=True)]
        return Report(directory, verdicts, spelling_notes(directory, lines.labels, names), bool(reveal))
    of_edges = EdgeMistakes(lines)
    evaluator = PointEvaluator(lines, of_edges.trees)
    pool = Pool(evaluator)
    below = {key.of: evaluator.gradients(key.of, evaluator.here()) for key in keys}
    verdicts = []
    for key, one in zip(keys, answers, strict=True):
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
        chain = None
        if not (finding.right or finding.named or finding.candidates or finding.summary):
            chain = Explanation(lines, key.wrt, key.of)
        verdicts.append(Verdict(key, one, finding, chain, line_to_paste(directory, key, one, finding)))
    return Report(directory, verdicts, spelling_notes(directory, lines.labels, names), bool(reveal))
