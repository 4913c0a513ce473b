"""Where an optimiser stands, as plain data, and how another one takes it up."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from autograd import UsageError
from autograd.extend import has_members, whole_number

# What is done to gradients is a setting of every optimiser, whether its rule reads it now or not.
_ALWAYS = ("weight_decay", "clip_norm", "clip_value")
# How far it is, where a rule reads that as a setting.
_PROGRESS = ("epoch", "steps")


def state_of(optimizer: Any) -> dict[str, Any]:
    """See Optimizer.state_dict."""
    names = [name for name in dict.fromkeys([*optimizer.rule.settings, *_ALWAYS]) if name not in _PROGRESS]
    settings = {name: getattr(optimizer, name) for name in names}
    return {
        "optimizer": type(optimizer).__name__,
        "rule": repr(optimizer.rule),
        "epoch": optimizer.epoch,
        "steps": optimizer.steps,
        "settings": {name: None if callable(given) else given for name, given in settings.items()},
        "states": [list(state) for state in optimizer.states],
    }


def take_up(optimizer: Any, state: Mapping[str, Any]) -> None:
    """Set everything as it stands there; what was before is the caller's to put back. Raises UsageError."""
    missing = [name for name in state_of(optimizer) if not isinstance(state, Mapping) or name not in state]
    if missing:
        raise UsageError(f"this is no state of an optimiser: {missing[0]!r} is missing")
    own = type(optimizer).__name__
    if state["optimizer"] != own:
        raise UsageError(f"the state is that of {state['optimizer']!r:.40}, and this optimiser is {own!r}")
    if not isinstance(state["settings"], Mapping):
        raise UsageError(f"the settings are {state['settings']!r:.60}; expected numbers by name")
    optimizer.clip_norm = optimizer.clip_value = None  # only one of them may be set
    for name, given in state["settings"].items():
        _set(optimizer, name, given)
    if repr(optimizer.rule) != state["rule"]:
        raise UsageError(f"the state is that of the rule {state['rule']!r:.200}, and this one has {optimizer.rule!r}")
    states = state["states"]
    count = len(optimizer.parameters)
    if not has_members(states) or len(states) != count:
        raise UsageError(f"the state is not that of {count} parameters, which this optimiser moves")
    width = len(optimizer.rule.state)
    for place, one in enumerate(states):
        if not has_members(one) or len(one) != width or not all(map(_is_finite, one)):
            raise UsageError(f"the state of parameter {place} is {one!r:.60}; expected {width} finite number(s)")
    optimizer.states = [tuple(map(float, one)) for one in states]
    optimizer.epoch = whole_number(state["epoch"], "epoch", 0)
    optimizer.steps = whole_number(state["steps"], "steps", 0)


def _is_finite(given: Any) -> bool:
    return type(given) in (int, float) and abs(given) <= sys.float_info.max


def _set(optimizer: Any, name: str, given: Any) -> None:
    known = hasattr(optimizer, name)
    if not known or name.startswith("_") or callable(getattr(type(optimizer), name, None)):
        raise UsageError(f"{name!r:.40} is no setting of {type(optimizer).__name__}")
    now = getattr(optimizer, name)
    if name == "learning_rate":
        if given is None and not callable(now):
            raise UsageError(
                "the learning rate was a schedule, which no file holds: make this optimiser with the same one"
            )
        if callable(now):
            return
    if given is not None and type(given) not in (int, float):
        raise UsageError(f"the setting {name} is {given!r:.40}; expected a number")
    setattr(optimizer, name, given)
