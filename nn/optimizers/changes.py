"""What is done to a gradient before it moves anything: clipping, and weight decay, as a row of the rule's text."""

from __future__ import annotations

import math
from typing import Any

from autograd import UpdateRule, UsageError

from .settings import positive, setting

# By which gradient a rule moves, for each way to clip: the expression, its settings, and what is computed once a step.
_CLIPPING: dict[str, tuple[str, list[str], dict[str, str]]] = {
    "": ("grad", [], {}),
    "value": ("maximum(-clip_value, minimum(clip_value, grad))", ["clip_value"], {}),
    "norm": ("grad * shrink", ["clip_norm"], {"shrink": "clip_norm / maximum(grad_norm, clip_norm)"}),
}


class GradientChanges:
    """Gradient clipping and weight decay, written into an update rule."""

    rule: UpdateRule

    def _begin_with(self, weight_decay: float, clip_norm: float | None, clip_value: float | None) -> None:
        # The rule without what is done to the gradient; the rule with it; and what that was made of.
        self._own_rule = self._whole_rule = self.rule
        self._made_of: tuple[Any, ...] = self._own_rule, False, ""
        self._weight_decay = 0.0
        self._clip_norm: float | None = None
        self._clip_value: float | None = None
        self.clip_norm, self.clip_value, self.weight_decay = clip_norm, clip_value, weight_decay

    @property
    def weight_decay(self) -> float:
        """How much of w is added to its gradient, at least 0."""
        return self._weight_decay

    @weight_decay.setter
    def weight_decay(self, decay: float) -> None:
        self._weight_decay = setting(decay, "weight_decay", 0.0, math.inf)
        self._renew_rule()

    @property
    def clip_norm(self) -> float | None:
        """The largest norm of all gradients of a step; None for any."""
        return self._clip_norm

    @clip_norm.setter
    def clip_norm(self, norm: float | None) -> None:
        self._clip_norm = None if norm is None else positive(norm, "clip_norm")
        self._renew_rule()

    @property
    def clip_value(self) -> float | None:
        """The largest absolute value of a gradient; None for any."""
        return self._clip_value

    @clip_value.setter
    def clip_value(self, value: float | None) -> None:
        self._clip_value = None if value is None else positive(value, "clip_value")
        self._renew_rule()

    def _renew_rule(self) -> None:
        """Make the rule for the present settings; where they ask for the same as before, it stays the same object."""
        if self._clip_norm is not None and self._clip_value is not None:
            raise UsageError("clip_norm and clip_value are two ways to clip a gradient: set the other to None first")
        rule = self.rule
        if rule is not self._whole_rule:  # somebody has assigned another
            self._own_rule = rule
        # A rule with a decay of its own, as AdamW's, does with it what it says.
        decays = self._weight_decay > 0.0 and "weight_decay" not in self._own_rule.settings
        clips = "norm" if self._clip_norm is not None else "value" if self._clip_value is not None else ""
        wanted = self._own_rule, decays, clips
        if wanted == self._made_of or (self._own_rule is rule and not decays and not clips):
            return
        gradient, settings, each_step = _CLIPPING[clips]
        if decays:
            gradient, settings = f"{gradient} + weight_decay * w", [*settings, "weight_decay"]
        is_own = gradient == "grad"
        self.rule = self._own_rule if is_own else self._own_rule.with_gradient(gradient, settings, each_step)
        self._whole_rule, self._made_of = self.rule, wanted
