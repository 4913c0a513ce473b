"""For whoever builds on autograd, as nn does: what its users need not know.

    from autograd.extend import TrainingRun, structural_difference, write_whole

`write_whole` writes a file whole or not at all. `structural_difference` says how two recorded graphs differ in what
they compute. `TrainingRun` is a compiled program that trains parameters.
"""

from __future__ import annotations

from .codegen.program import TrainingRun
from .codegen.replay import structural_difference
from .views.files import write_whole

__all__ = ["TrainingRun", "structural_difference", "write_whole"]
