"""Try to break it, for as long as wanted, on examples that no one thought of.

    python -m tests.fuzz --seconds 60
    python -m tests.fuzz --seconds 600 --only loader rows --seed 7

What is tried stands in tests/fuzz/properties.py. Where something does not hold, the smallest example of it is printed,
with the command that finds it again.
"""

from __future__ import annotations

import argparse
import secrets
import time
import traceback
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from .properties import PROPERTIES, Property

# As many examples of one property, then the next one's turn.
TURN = 100


def run_once(
    prop: Property, number: int, examples: int = TURN, shrinks: bool = True
) -> tuple[int, BaseException | None]:
    """One turn: how many examples were tried, and what the smallest one that fails raises, if any does.

    shrinks: whether the smallest one is looked for, or the first one will do.
    """
    tried = 0

    def check(**arguments: Any) -> None:
        nonlocal tried
        tried += 1
        prop.check(**arguments)

    quiet = [
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ]
    phases = [Phase.generate, *([Phase.shrink] if shrinks else [])]
    limits = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=quiet, phases=phases)
    try:
        seed(number)(limits(given(**prop.given)(check)))()
    except Exception as error:  # whatever it is, it is what was looked for
        return tried, error
    return tried, None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print how many examples were tried, and every failure; returns 1 where there was one."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Random examples of what has to hold.")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument("--seed", type=int, default=None, help="start from this seed, to repeat a run")
    parser.add_argument("--only", nargs="+", choices=sorted(PROPERTIES), default=list(PROPERTIES), metavar="WHAT")
    options = parser.parse_args(arguments)
    start = secrets.randbelow(10**6) if options.seed is None else options.seed
    print(f"seed {start}")
    counts = dict.fromkeys(options.only, 0)
    failed: set[str] = set()
    end = time.monotonic() + options.seconds
    turn = 0
    while turn == 0 or (time.monotonic() < end and len(failed) < len(counts)):
        for name in [one for one in counts if one not in failed]:
            if turn and time.monotonic() >= end:
                break
            prop = PROPERTIES[name]
            # What takes long in the tests takes fewer examples a turn here, too.
            tried, error = run_once(prop, start + turn, min(TURN, prop.examples))
            counts[name] += tried
            if error is not None:
                failed.add(name)
                again = f"python -m tests.fuzz --only {name} --seed {start + turn} --seconds 1"
                print(f"\n{name} does not hold; again: {again}")
                traceback.print_exception(error, limit=-3)
        turn += 1
    for name, count in counts.items():
        print(f"{name:<16} {count:>9,} examples{', FAILED' if name in failed else ''}")
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
