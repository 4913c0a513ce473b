"""What tests of one's own derivations and derivatives need.

Check a derivation: partials that you worked out, compared with the engine's, and the mistake found.

    from autograd.testing import assert_partials

    assert_partials(L, {
        "d_L_d_ypred": lambda y_true, o1: -2 * (y_true - o1),
        "d_L_d_w1": "0.0215",
        net.b1: -0.010734767632905555,
    })

Only the partials that are given are checked. A function of the named values is best: it is tried at many points, and
where it is wrong the mistake is named. A number in quotes is a number as it stands on paper, compared to its last
digit. A float is compared exactly, by `rel` and `abs`.

Check a gradient: reverse mode, forward mode and central differences side by side, and which of them is wrong.

    from autograd.testing import assert_gradients

    assert_gradients(lambda x, y: x * y.exp(), 2.0, 0.5)
"""

from __future__ import annotations

from .checks.gradients import assert_gradients, check_gradients
from .checks.report import GradientCheck
from .tutor.checking import assert_partials, check_partials
from .tutor.report import Report, Verdict

__all__ = [
    "GradientCheck",
    "Report",
    "Verdict",
    "assert_gradients",
    "assert_partials",
    "check_gradients",
    "check_partials",
]
