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
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TURNS = 5  # processes of each file, in alternation; medians are over these
# Promises in units of time are for a machine on which an epoch of weight-height, written by hand, takes these seconds.
REFERENCE = 1.95e-6
TIMES = (" ms", " µs a value")
# What NumPy's matrices are computed with.
ONE_THREAD = dict.fromkeys(["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1")

Run = dict[str, dict[str, Any]]


def command_for(file: str) -> list[str]:
    """The command that runs a file's benchmarks. What the tests share it leaves out, which needs further packages."""
    options = ["-q", "-p", "no:cacheprovider", f"--confcutdir={HERE}"]
    return [sys.executable, "-m", "pytest", *options, str(HERE / f"bench_{file}.py")]


def benchmarks(file: str) -> Run:
    """One pytest-benchmark run of a file in a new process: {test: its statistics and extra_info}.

    Tests that need a package which is not installed are left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [*command_for(file), f"--benchmark-json={report}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **ONE_THREAD})
        if done.returncode not in (0, 5):  # 5: nothing was collected, for want of the package
            sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        text = report.read_text() if report.exists() else ""
    return {
        one["name"]: one["stats"] | one["extra_info"] for one in json.loads(text or '{"benchmarks": []}')["benchmarks"]
    }


def import_milliseconds() -> Run:
    """How long a new interpreter takes to do nothing, and to import autograd: the least of 20 turns each."""
    times: dict[str, list[float]] = {"pass": [], "import autograd": []}
    # Modules are compiled to bytecode once, at the first import or at installation: that once is not counted.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", "import autograd"], check=True, env=environment)
    for _ in range(20):
        for statement, seen in times.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], check=True, env=environment)
            seen.append(time.perf_counter() - start)
    return {statement: {"median": min(seen)} for statement, seen in times.items()}


class Row:
    """One line of the table: what is measured in one run of all benchmarks, and what is promised of the median.

    what: in words. measure: from a run to a number. promise: "≥ 10", "≤ 1.1", or nothing. unit: of both numbers.
    """

    def __init__(self, what: str, measure: Callable[[Run], float], promise: str = "", unit: str = "") -> None:
        self.what = what
        self.measure = measure
        self.promise = promise
        self.unit = unit

    def cells(self, runs: list[Run], slowness: float) -> tuple[str, str, str, bool]:
        """What, measured, promised; and whether that was kept.

        slowness: how many times as long this machine takes as the one that times are promised for.
        """
        try:
            measured = statistics.median(map(self.measure, runs))
        except KeyError as missing:
            packages = ("torch", "sklearn", "jax", "micrograd", "numpy", "chromium")
            package = next(name for name in packages if name in str(missing))
            return self.what, f"{package} is not installed", self.promise, True
        sign, _, limit = self.promise.partition(" ")
        promise = self.promise + self.unit * bool(sign)
        if sign and self.unit in TIMES and slowness > 1.0:
            promise += f" · {slowness:.1f}"
            limit = str(float(limit) * slowness)
        kept = not sign or (measured >= float(limit) if sign == "≥" else measured <= float(limit))
        digits = 2 if measured < 3 else 1 if measured < 100 else 0
        text = (f"{measured:.1e}" if measured < 1e-3 else f"{measured:,.{digits}f}") + self.unit
        return self.what, text, promise + (" MISSED" if not kept else ""), kept


def seconds(test: str) -> Callable[[Run], float]:
    """The time of a test."""
    return lambda run: float(run[test]["median"])


def per_epoch(run: Run, test: str) -> float:
    """The time of an epoch of a test."""
    return float(run[test]["median"] / run[test]["epochs"])


def times_as_fast(ours: str, theirs: str) -> Callable[[Run], float]:
    """How many epochs of the one take as long as an epoch of the other."""
    return lambda run: per_epoch(run, theirs) / per_epoch(run, ours)


def microseconds(test: str) -> Callable[[Run], float]:
    """The time of an epoch."""
    return lambda run: 1e6 * per_epoch(run, test)


def of(test: str, what: str, scale: float = 1.0) -> Callable[[Run], float]:
    """Something else that a test has reported."""
    return lambda run: scale * run[test][what]


def against_micrograd(test: str, collector: str) -> Callable[[Run], float]:
    """How many times as fast as micrograd, with the collector running or paused in both."""
    return lambda run: run[f"micrograd[{collector}]"]["median"] / run[f"{test}[{collector}]"]["median"]


def tracing_rows() -> list[Row]:
    """What a graph of 100,000 values costs from trace to compiled code, and how that grows."""

    def cost(test: str) -> Callable[[Run], float]:
        return lambda run: 1e6 * run[test]["min"] / run[test]["values"]

    def growth(small: str, large: str) -> Callable[[Run], float]:
        return lambda run: cost(large)(run) / cost(small)(run)

    rows = []
    for graph in ("chain", "network", "unary chain"):
        small, large = (f"test_trace[{graph}-{size}]" for size in ("small", "large"))
        rows.append(Row(f"trace to compiled, 100,000 values, {graph}", cost(large), "≤ 40", " µs a value"))
        rows.append(Row("… growth from 10,000 values", growth(small, large), "≤ 1.5"))
    return rows


ENGINE = [
    Row(
        "100 samples of 30-4-1 in one graph, by neurons of nn: recorded, differentiated",
        of("test_neurons[running]", "median", 1e3),
        "",
        " ms",
    ),
    Row("… times as fast as micrograd 0.1.0", against_micrograd("test_neurons", "running"), "≥ 12"),
    Row("… the same with the garbage collector paused in both", against_micrograd("test_neurons", "paused"), "≥ 2.6"),
    Row("… by operators: times as fast as micrograd", against_micrograd("test_workload", "running"), "≥ 8"),
    Row("… the same with the garbage collector paused in both", against_micrograd("test_workload", "paused")),
    Row(
        "… by operators, with pause_collector(), times as fast as without",
        lambda run: run["test_workload[running]"]["median"] / run["test_workload[paused]"]["median"],
    ),
    Row(
        "a chain of 1,000,000 operations",
        lambda run: 1e9 * run["test_growth[1000000]"]["min"] / 1e6,
        "",
        " ns an operation",
    ),
    Row(
        "… growth from 10,000 operations",
        lambda run: run["test_growth[1000000]"]["min"] / run["test_growth[10000]"]["min"] / 100,
        "≤ 1.5",
    ),
    Row("memory after backward", of("test_memory", "bytes"), "≤ 210", " bytes an operation"),
    Row(
        "import autograd, over a bare interpreter",
        lambda run: 1e3 * (run["import autograd"]["median"] - run["pass"]["median"]),
        "≤ 30",
        " ms",
    ),
    Row("play() for the articles' network", of("test_player", "median", 1e3), "≤ 500", " ms"),
    Row(
        "a weight of 30-4-1 changed in its page, until all numbers follow",
        of("test_page_in_chromium", "milliseconds"),
        "≤ 50",
        " ms",
    ),
    Row("a frame of the training player, 2-3-1", of("test_film_in_chromium[2-3-1]", "milliseconds"), "≤ 16", " ms"),
    Row("… 2-16-16-1", of("test_film_in_chromium[2-16-16-1]", "milliseconds"), "≤ 100", " ms"),
    Row("xor, 10,000 epochs kept as a film: as a multiple of training alone", of("test_film", "ratio"), "≤ 2"),
]

TRAINING = [
    Row("weight-height, 2-2-1, sample by sample: an epoch of 4", microseconds("test_weight_height_fit"), "", " µs"),
    Row(
        "… its program, as a multiple of a loop written by hand",
        of("test_weight_height_in_turn", "bare to hand"),
        "≤ 1.1",
    ),
    Row(
        "… fit, as a multiple of its program in a bare loop",
        of("test_weight_height_in_turn", "fit to bare"),
        "≤ 1.1",
    ),
    Row(
        "… times as fast as with NumPy scalars",
        times_as_fast("test_weight_height_fit", "test_weight_height_numpy"),
        "≥ 10",
    ),
    Row(
        "… times as fast as PyTorch, one thread",
        times_as_fast("test_weight_height_fit", "test_weight_height_torch"),
        "≥ 150",
    ),
    Row("xor, 2-3-1: an epoch, one batch of 4", microseconds("test_xor_fit"), "", " µs"),
    Row("… times as fast as with NumPy matrices", times_as_fast("test_xor_fit", "test_xor_numpy"), "≥ 3"),
    Row("… with an on_epoch, 20,000 epochs: as a multiple of those without", of("test_xor_watched", "ratio"), "≤ 3"),
    Row("diabetes, one neuron: an epoch, one batch of 5", microseconds("test_diabetes_fit"), "", " µs"),
    Row("… times as fast as with NumPy matrices", times_as_fast("test_diabetes_fit", "test_diabetes_numpy"), "≥ 3"),
    Row("breast-cancer, 30-4-1: an epoch, one batch of 455", microseconds("test_breast_cancer_fit"), "", " µs"),
    Row(
        "… times as fast as micrograd, the batch in one graph",
        times_as_fast("test_breast_cancer_fit", "test_breast_cancer_micrograd_batch"),
        "≥ 500",
    ),
    Row(
        "… times as fast as micrograd, sample by sample",
        times_as_fast("test_breast_cancer_fit", "test_breast_cancer_micrograd_each"),
        "≥ 150",
    ),
    Row("… times as fast as with NumPy matrices", times_as_fast("test_breast_cancer_fit", "test_breast_cancer_numpy")),
    Row("… the whole article, 1000 epochs", seconds("test_breast_cancer_job"), "", " s"),
    Row(
        "30-4-1 with 100 samples, from the call of fit to its first epoch",
        of("test_ready", "median", 1e3),
        "≤ 50",
        " ms",
    ),
    Row(
        "a transformer's forward and backward pass, compiled", of("test_transformer_compiled", "median", 1e3), "", " ms"
    ),
    Row("… times as fast as eager", times_as_fast("test_transformer_compiled", "test_transformer_eager"), "≥ 25"),
    Row("… its gradients differ, relatively, by", of("test_transformer_compiled", "apart"), "≤ 1e-10"),
    Row("a call of a compiled function, as a multiple of its program", of("test_compiled_function", "ratio"), "≤ 3"),
]

ARRAYS = [
    Row(
        "30-4-1 over arrays, a batch of 455: as a multiple of NumPy by hand",
        of("test_article_by_hand[455]", "ratio"),
        "≤ 1.1",
    ),
    Row("… batches of 32", of("test_article_by_hand[32]", "ratio"), "≤ 1"),
    Row(
        "… the same on JAX, a batch of 455: as a multiple of NumPy by hand",
        of("test_article_jax[455]", "ratio"),
        "≤ 0.6",
    ),
    Row("… on JAX, batches of 32", of("test_article_jax[32]", "ratio"), "≤ 0.6"),
    Row("… on JAX, compiled by XLA in", of("test_article_jax[32]", "seconds"), "", " s"),
    Row("… 1000 epochs by fit, all that it does included", of("test_article_by_fit", "ratio"), "≤ 2"),
    Row("… times as fast as PyTorch, one thread", of("test_article_torch", "ratio"), "≥ 3"),
    Row("… times as fast as scikit-learn", of("test_article_sklearn", "ratio"), "≥ 1.5"),
    Row("… the look at its samples before training", of("test_look[30-4-1]", "seconds", 1e3), "≤ 20", " ms"),
    Row("784-32-10: rolled, printed and compiled", of("test_wide_compiled", "seconds", 1e3), "≤ 500", " ms"),
    Row("… memory for that", of("test_wide_compiled", "bytes", 1e-6), "≤ 50", " MB"),
    Row("… growth from 98 inputs, a value", of("test_wide_compiled", "growth"), "≤ 1.5"),
    Row("… an epoch of 10,000 samples: as a multiple of NumPy by hand", of("test_wide_epoch", "ratio"), "≤ 1.2"),
    Row("… the look at its samples before training", of("test_look[784-32-10]", "seconds", 1e3), "≤ 20", " ms"),
    Row(
        "digits, 64-32-10: 30 epochs, batches of 32, as a multiple of NumPy by hand",
        of("test_digits", "program"),
        "≤ 1.4",
    ),
    Row("… by fit, from its first epoch on", of("test_digits", "epochs"), "≤ 1.4"),
    Row("… by fit, its look and its compilation included", of("test_digits", "fit")),
    Row("auto, as a multiple of the faster program: the worst of 56 cases", of("test_choice", "worst"), "≤ 1.3"),
]

GPT = [
    Row(
        "a step of a GPT at 5 positions (forward, backward, Adam): times as fast as by a Value in a few lines",
        of("test_gpt_step", "eager"),
        "≥ 1.1",
    ),
    Row("… inside pause_collector()", of("test_gpt_step", "paused"), "≥ 2.5"),
    Row("… by its Python program", of("test_gpt_step", "python"), "≥ 20"),
    Row("… by its NumPy program", of("test_gpt_step", "numpy"), "≥ 80"),
    Row("… from the graph to its Python program", of("test_gpt_python_ready", "seconds", 1e3), "≤ 2000", " ms"),
    Row("… at 16 positions: rolled, printed and compiled", of("test_gpt_numpy_ready", "seconds", 1e3), "≤ 2000", " ms"),
    Row("… memory for that", of("test_gpt_numpy_ready", "bytes", 1e-6), "≤ 300", " MB"),
]


def table(parts: list[tuple[list[Row], list[Run]]], slowness: float) -> tuple[list[str], bool]:
    """The table in Markdown, and whether every promise is kept."""
    cells = [row.cells(runs, slowness) for rows, runs in parts for row in rows]
    lines = ["| what | measured | promised |", "| --- | ---: | --- |"]
    return lines + [f"| {' | '.join(texts)} |" for *texts, _ in cells], all(kept for *_, kept in cells)


def main() -> int:
    """Print the table; returns 1 where a promise is not kept, else 0."""
    engine: list[Run] = []
    training: list[Run] = []
    traces: list[Run] = []
    arrays: list[Run] = []
    gpt: list[Run] = []
    imports = import_milliseconds()
    for turn in range(TURNS):
        # Engines in alternation, since a shared machine is not equally fast from one minute to the next.
        micrograd = {name.replace("test_workload", "micrograd"): seen for name, seen in benchmarks("micrograd").items()}
        engine.append(benchmarks("stepgrad") | benchmarks("page") | micrograd | imports)
        if turn < 3:
            training.append(benchmarks("training"))
            traces.append(benchmarks("trace"))
            arrays.append(benchmarks("arrays") | benchmarks("jax"))
            gpt.append(benchmarks("gpt"))
        print(f"turn {turn + 1} of {TURNS}", file=sys.stderr)
    hand = statistics.median(run["test_weight_height_in_turn"]["hand"] for run in training)
    slowness = hand / REFERENCE
    parts = [(TRAINING, training), (ARRAYS, arrays), (GPT, gpt), (ENGINE, engine), (tracing_rows(), traces)]
    lines, kept = table(parts, slowness)
    print("\n".join(lines))
    print(
        f"\nCPython {platform.python_version()}, {platform.machine()}; medians of {TURNS} processes, "
        "3 where they train.\n"
        f"An epoch of weight-height written by hand takes {1e6 * hand:.2f} µs here. Promises in ms and µs are for a\n"
        f"machine where it takes {1e6 * REFERENCE:.2f} µs, and grow in proportion."
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
