"""Run the benchmarks, each engine in a process of its own, and print what is promised beside what was measured."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TURNS = 5  # processes per engine, in alternation; medians are over these


def benchmarks(engine: str) -> dict[str, dict[str, Any]]:
    """One pytest-benchmark run of an engine's file in a new process: {test: its statistics and extra_info}."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / f"bench_{engine}.py")]
        subprocess.run(
            [*command, f"--benchmark-json={report}"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        found = json.loads(report.read_text())["benchmarks"]
    return {one["name"]: one["stats"] | one["extra_info"] for one in found}


def import_milliseconds() -> tuple[float, float]:
    """How long a new interpreter takes to do nothing, and to import autograd: the least of 20 turns each."""
    times: dict[str, list[float]] = {"pass": [], "import autograd": []}
    # Modules are compiled to bytecode once, at the first import or at installation: that once is not counted.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", "import autograd"], check=True, env=environment)
    for _ in range(20):
        for statement, seen in times.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], check=True, env=environment)
            seen.append(1000 * (time.perf_counter() - start))
    return min(times["pass"]), min(times["import autograd"])


def main() -> int:
    """Print the table; returns 1 where a promise is not kept, else 0."""
    has_micrograd = find_spec("micrograd") is not None
    ours: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    for _ in range(TURNS):
        ours.append(benchmarks("stepgrad"))
        if has_micrograd:
            theirs.append(benchmarks("micrograd"))

    def median(runs: list[dict[str, Any]], test: str, what: str = "median") -> float:
        return float(statistics.median(run[test][what] for run in runs))

    print(f"CPython {platform.python_version()}, medians of {TURNS} processes per engine\n")
    kept = []

    def row(text: str, measured: str, promise: str, is_kept: bool | None) -> None:
        print(f"{text:<66} {measured:>22}  {promise:<14} {'' if is_kept is None else 'ok' if is_kept else 'MISSED'}")
        kept.append(is_kept is not False)

    for collector, least in (("running", 8.0), ("paused", None)):
        test = f"test_workload[{collector}]"
        mine = median(ours, test)
        text = f"100 samples of 30-4-1, recorded and differentiated, collector {collector}"
        row(f"{text}:", f"{1000 * mine:.1f} ms", "", None)
        if not has_micrograd:
            row("  against micrograd", "not installed", "", None)
            continue
        # Pair by pair, since a shared machine is not equally fast from one minute to the next.
        ratio = statistics.median(
            one[test]["median"] / other[test]["median"] for one, other in zip(theirs, ours, strict=True)
        )
        promise = f"at least {least:g}" if least else ""
        row(
            f"  times as fast as micrograd 0.1.0 ({1000 * median(theirs, test):.1f} ms)",
            f"{ratio:.1f}",
            promise,
            ratio >= least if least else None,
        )

    lengths = [10_000, 100_000, 1_000_000]
    each = {length: 1e9 * median(ours, f"test_growth[{length}]", "min") / length for length in lengths}
    row(
        "Nanoseconds an operation at 10,000, 100,000, 1,000,000:",
        ", ".join(f"{ns:.0f}" for ns in each.values()),
        "",
        None,
    )
    growth = statistics.median(
        run["test_growth[1000000]"]["min"] / run["test_growth[10000]"]["min"] / 100 for run in ours
    )
    row("  growth from 10,000 to 1,000,000", f"{growth:.2f}", "at most 1.5", growth <= 1.5)
    retained = median(ours, "test_memory", "bytes")
    row("Bytes an operation retains after backward", f"{retained:.0f}", "under 420", retained < 420)

    traces = [benchmarks("trace") for _ in range(3)]
    for graph in ("chain", "network", "unary chain"):
        small, large = (f"test_trace[{graph}-{size}]" for size in ("small", "large"))
        values = {test: traces[0][test]["values"] for test in (small, large)}
        cost = {test: 1e6 * median(traces, test, "min") / values[test] for test in values}
        row(
            f"Microseconds a value, trace to compiled ({values[large]:,}, {graph})",
            f"{cost[large]:.1f}",
            "at most 40",
            cost[large] <= 40,
        )
        growth = statistics.median(run[large]["min"] / run[small]["min"] for run in traces)
        growth *= values[small] / values[large]
        row(f"  growth from {values[small]:,} values", f"{growth:.2f}", "at most 1.5", growth <= 1.5)

    player = 1000 * median(ours, "test_player")
    row("play() for the articles' network, layout included", f"{player:.0f} ms", "under 500 ms", player < 500)
    bare, loaded = import_milliseconds()
    row(
        f"import autograd over a bare interpreter ({bare:.0f} ms)",
        f"{loaded - bare:.1f} ms",
        "at most 30 ms",
        loaded - bare <= 30,
    )
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
