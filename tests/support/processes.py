"""What a program needs when it runs alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Not ru_maxrss: a process takes that over from the one that started it, here from a worker of pytest.
_MOST = "\nprint(next(line for line in open('/proc/self/status') if line.startswith('VmHWM:')).split()[1])"


def run_measured(program: str) -> tuple[str, int]:
    """Run a program in a fresh process: what it printed, and the most memory it needed, in bytes. Linux only."""
    run = subprocess.run([sys.executable, "-c", program + _MOST], cwd=ROOT, check=True, capture_output=True, text=True)
    *printed, kilobytes = run.stdout.splitlines()
    return "\n".join(printed), int(kilobytes) * 1024
