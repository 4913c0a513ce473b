"""Training on JAX with so many devices, as a process of its own: how many there are is said before JAX is loaded."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import Any

from .processes import ROOT

# Trains on 101 samples, which neither 3 nor 8 devices share equally, and prints where it ends.
_PROGRAM = """
import json, sys
from random import Random
process, processes, port = map(int, sys.argv[1:])
if processes > 1:
    import jax
    jax.distributed.initialize(f"localhost:{port}", processes, process)
from nn import MLP, Adam, fit, mean_squared_error
random, ends = Random(1), []
rows = [[random.gauss(0.0, 1.0) for _ in range(6)] for _ in range(101)]
targets = [float(sum(row) > 0) for row in rows]
for size in (None, 7):
    net = MLP(6, [4, 1], seed=1)
    optimizer = Adam(net.parameters(), 0.01)
    history = fit(
        net, rows, targets, mean_squared_error, optimizer, 20, size, shuffle=size == 7, seed=1, evaluate_every=10,
        engine="jax",
    )
    assert history.engine == "jax"
    ends.append([history.losses, list(history.evaluations.values()), [p.data for p in net.parameters()]])
import jax
print(json.dumps([jax.device_count(), ends]))
"""


def with_devices(count: int) -> dict[str, str]:
    """The environment of a process whose processor plays so many devices."""
    return {**os.environ, "JAX_PLATFORMS": "cpu", "XLA_FLAGS": f"--xla_force_host_platform_device_count={count}"}


def printed_with_devices(count: int, program: str) -> str:
    """What a program prints in such a process."""
    command = [sys.executable, "-W", "error", "-c", program]
    run = subprocess.run(command, cwd=ROOT, env=with_devices(count), check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def trained(devices: int, processes: int = 1) -> list[tuple[int, Any]]:
    """Of each process, how many devices all have, and where it ended: losses, evaluations, parameters for each size."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(process), str(processes), str(port)],
            cwd=ROOT,
            env=with_devices(devices),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for process in range(processes)
    ]
    found = []
    try:
        for run in runs:
            printed, errors = run.communicate(timeout=240)
            assert run.returncode == 0, errors
            count, ends = json.loads(printed.splitlines()[-1])
            found.append((count, ends))
    finally:
        for run in runs:  # one that fails leaves the others waiting
            run.kill()
            run.wait()
    return found
