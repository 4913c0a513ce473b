"""Plant mistakes in random networks, hand them to the tutor, and print what is promised beside what it found.

    python -m tests.planting [networks] [seed]

1,000 networks by default, half of them smooth, half with relu; another seed gives others.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from autograd import Value
from autograd.testing import Verdict, check_partials
from autograd.tutor.diagnosis import Finding

from .networks import Network, Numbers, random_network
from .planting import Edit, Formula, gradient, other_forms, outside, said, same_function, single_edits

Tally = Counter[str]


def as_function(network: Network, formula: Formula, random: Random) -> Any:
    """A formula as somebody would hand it in: a function whose arguments have the names of the values."""
    names = list(network.leaves)
    random.shuffle(names)
    return eval(
        f"lambda {', '.join(names)}: formula(dict({', '.join(f'{one}={one}' for one in names)}))", {"formula": formula}
    )


def judged(network: Network, of: str, wrt: str, planted: Formula, verdict: Verdict) -> str:
    """right, wrong or unnamed: whether what was named is, in all the ways in which it is said, what was planted."""
    ways = verdict.finding.named
    if not ways:
        return "passed" if verdict.right else "unnamed"
    true = all(same_function(network, said(network, of, wrt, way), planted, seed) for way in ways for seed in (7, 8))
    return "right" if true else "wrong"


def shows(network: Network, of: str, wrt: str, planted: Formula) -> bool:
    """Whether a mistake makes a difference anywhere, and has an answer everywhere that was looked at."""
    random = Random(9)
    true = gradient(network, of, wrt)
    differs = False
    for _ in range(40):
        leaves = network.random_leaves(random)
        try:
            a, b = planted(leaves), true(leaves)
        except (ArithmeticError, ValueError):
            return False
        differs = differs or abs(a - b) > 1e-4 * max(abs(a), abs(b))
    return differs


def some_partial(network: Network, random: Random) -> tuple[str, str]:
    """Of the loss, or of a value in the middle, with respect to a leaf or to a value in the middle."""
    leaves = [name for name in network.leaves if network.paths("L", name)]
    wrt = random.choice(leaves)
    above = [one.name for one in network.neurons if network.paths(one.name, wrt)]
    return (random.choice(above) if above and random.random() < 0.2 else "L"), wrt


def drawn(network: Network, of: str, wrt: str, random: Random) -> tuple[Edit, Formula] | None:
    """One mistake of the catalogue, every kind as often as any other."""
    singles = single_edits(network, of, wrt)
    for _ in range(12):
        edit = random.choice(singles[random.choice(sorted(singles))])
        formula = gradient(network, of, wrt, [edit])
        if shows(network, of, wrt, formula):
            return edit, formula
    return None


def together(one: Edit, other: Edit) -> bool:
    """Whether two mistakes can be made at once: not in one factor, and not both about which paths are counted."""
    if one.edge is not None and one.edge == other.edge:
        return False
    if one.instead or other.instead:
        return one.scale != 1.0 or other.scale != 1.0
    return (one.kind != other.kind and not {one.kind, other.kind} <= {"path", "only"}) or one.edge is not None


def functions(network: Network, root: Value, random: Random, tally: dict[str, Tally]) -> None:
    """Hand in functions: with one mistake, with two, with another one, and with none."""
    of, wrt = some_partial(network, random)

    def verdict(formula: Formula) -> Verdict:
        return check_partials(root, {(of, wrt): as_function(network, formula, random)}).verdicts[0]

    for form in other_forms(network, of, wrt):
        tally["other forms"]["passed" if verdict(form).right else "refused"] += 1
    single = drawn(network, of, wrt, random)
    if single is None:
        return
    outcome = judged(network, of, wrt, single[1], verdict(single[1]))
    tally["one mistake"][outcome] += 1
    tally[f"  {single[0].kind}"][outcome] += 1
    for _ in range(12):
        second = drawn(network, of, wrt, random)
        if second is None or not together(single[0], second[0]):
            continue
        both = gradient(network, of, wrt, [single[0], second[0]])
        if shows(network, of, wrt, both):
            tally["two mistakes"][judged(network, of, wrt, both, verdict(both))] += 1
            break
    for number, other in enumerate(outside(network, of, wrt, random)):
        if number == 2:
            break
        if shows(network, of, wrt, other):
            tally["other mistakes"][judged(network, of, wrt, other, verdict(other))] += 1


def written(number: float) -> str:
    """A number of four digits, as it would stand on paper."""
    return f"{number:.3e}"


def numbers(network: Network, root: Value, random: Random, tally: Tally) -> bool:
    """Hand in one number of four digits, and a second one at the point that is asked for.

    Returns whether the mistake showed: a number that is 0, or right, says nothing about it.
    """
    of, wrt = some_partial(network, random)
    single = drawn(network, of, wrt, random)
    if single is None:
        return False
    planted = single[1]
    first = _at(planted, network.leaves)
    if not first or not gradient(network, of, wrt)(network.leaves):
        tally["not counted: 0 at the recorded point"] += 1
        return False
    verdict = check_partials(root, {(of, wrt): written(first)}).verdicts[0]
    if verdict.right:
        tally["not counted: does not show at the recorded point"] += 1
        return False
    tally["one number"] += 1
    finding = verdict.finding
    ways = [way for candidate in finding.candidates for way in candidate.ways]
    if any(same_function(network, said(network, of, wrt, way), planted) for way in ways):
        tally["one number: among the candidates"] += 1
    tally["one number: named too early"] += bool(finding.named)
    tally[f"two numbers: {_after_a_second(network, root, (of, wrt), planted, first, finding)}"] += 1
    for other in outside(network, of, wrt, random):
        if shows(network, of, wrt, other) and (first := _at(other, network.leaves)):
            verdict = check_partials(root, {(of, wrt): written(first)}).verdicts[0]
            if not verdict.right:
                outcome = _after_a_second(network, root, (of, wrt), other, first, verdict.finding)
                tally[f"other mistakes, two numbers: {outcome}"] += 1
            break
    return True


def _at(formula: Formula, leaves: Numbers) -> float:
    try:
        return formula(leaves)
    except (ArithmeticError, ValueError):
        return 0.0


def _after_a_second(
    network: Network, root: Value, key: tuple[str, str], planted: Formula, first: float, finding: Finding
) -> str:
    """What is made of a mistake when its number at the point that was asked for is handed in, too."""
    if finding.ask is None:
        return "unnamed"
    changed = {line.target: number for line, number in finding.ask.items()}
    where = ", ".join(f"{name} = {number:g}" for name, number in changed.items())
    both = {"here": written(first), where: written(_at(planted, network.leaves | changed))}
    return judged(network, *key, planted, check_partials(root, {key: both}).verdicts[0])


def measure(n_networks: int, seed: int = 0) -> dict[str, dict[str, Tally]]:
    """What the tutor found, for smooth networks and for those with relu."""
    found: dict[str, dict[str, Tally]] = {}
    for kind in ("smooth", "relu"):
        tally: dict[str, Tally] = {}
        found[kind] = _Tallies(tally)
        for number in range(n_networks // 2):
            # Of its own for each network: what the tutor says about one changes none of those after it.
            random = Random(f"{kind} {seed} {number}")
            network = random_network(random, kind == "smooth")
            root = network.recorded()
            functions(network, root, random, found[kind])
            any(numbers(network, root, random, found[kind]["numbers"]) for _ in range(4))  # until one shows
    return found


class _Tallies(dict[str, Tally]):
    def __missing__(self, key: str) -> Tally:
        self[key] = Counter()
        return self[key]


Line = tuple[str, str, float, float, bool]  # what, the promise, measured of how many, and whether it is kept


def lines(found: dict[str, dict[str, Tally]]) -> list[Line]:
    """What is promised, and what was measured."""
    rows: list[Line] = []

    def share(what: str, promise: str, part: float, whole: float, kept: Any) -> None:
        rows.append((what, promise, part / whole if whole else 0.0, whole, bool(whole and kept(part / whole))))

    def total(test: str, outcome: str, kinds: Sequence[str] = ("smooth", "relu")) -> float:
        return float(sum(found[kind][test][outcome] for kind in kinds))

    def all_of(tests: Sequence[str]) -> float:
        return float(sum(sum(found[kind][test].values()) for kind in found for test in tests))

    for kind in found:
        one = found[kind]["one mistake"]
        share(
            f"functions, {kind}, one mistake: it is named",
            "at least 99 %",
            one["right"],
            one.total(),
            lambda x: x >= 0.99,
        )
    planted = ["one mistake", "two mistakes", "other mistakes"]
    wrong = sum(total(test, "wrong") for test in planted)
    share("functions, any mistakes: a wrong one is named", "under 0.5 %", wrong, all_of(planted), lambda x: x < 0.005)
    forms = total("other forms", "passed")
    share("functions, right in another form: passes", "all", forms, all_of(["other forms"]), lambda x: x == 1.0)
    for kind, least in (("smooth", 0.97), ("relu", 0.90)):
        seen = found[kind]["numbers"]
        n = seen["one number"]
        among = seen["one number: among the candidates"]
        share(f"one number, {kind}: the mistake is a candidate", "all", among, n, lambda x: x == 1.0)
        share(
            f"one number, {kind}: a mistake is named",
            "never",
            seen["one number: named too early"],
            n,
            lambda x: x == 0.0,
        )
        right = seen["two numbers: right"]
        share(f"two numbers, {kind}: it is named", f"at least {least:.0%}", right, n, lambda x, least=least: x >= least)
        share(
            f"two numbers, {kind}: a wrong one is named", "under 1 %", seen["two numbers: wrong"], n, lambda x: x < 0.01
        )
    return rows


def main(arguments: Sequence[str]) -> int:
    """Print the table; returns 1 where a promise is not kept, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.planting", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("networks", nargs="?", type=int, default=1000, help="half smooth, half with relu")
    parser.add_argument("seed", nargs="?", type=int, default=0, help="another seed gives others")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    found = measure(options.networks, options.seed)
    rows = lines(found)
    print(f"{options.networks} random networks, {time.perf_counter() - start:.0f} s\n")
    for what, promise, measured, whole, kept in rows:
        print(f"{what:<52} {promise:<15} {measured:8.2%} of {whole:<6.0f} {'kept' if kept else 'NOT KEPT'}")
    print("\nIn detail (how often):")
    for kind, tallies in found.items():
        for test, outcomes in tallies.items():
            print(f"  {kind:<7}{test:<18}{', '.join(f'{name} {n}' for name, n in sorted(outcomes.items()))}")
    return 0 if all(row[-1] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
