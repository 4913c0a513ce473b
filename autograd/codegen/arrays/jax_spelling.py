"""How array code is spelled in JAX: as in NumPy, except where JAX differs, and because its arrays never change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from .spelling import FUNCTIONS, ArrayStyle

# Functions that JAX has and NumPy lacks, or the other way round.
_OWN = {
    "erf": """
def erf(x):
    from jax.scipy.special import erf
    return erf(x)""",
    "erfc": """
def erfc(x):
    from jax.scipy.special import erfc
    return erfc(x)""",
    "norm": """
def norm(x):
    largest = np.abs(x).max(axis=-1, keepdims=True)
    scale = np.where((largest > 0) & (largest < np.inf), largest, 1.0)
    return scale[..., 0] * np.sqrt(((x / scale) ** 2).sum(axis=-1))""",
    "logsumexp": """
def logsumexp(x):
    largest = x.max(axis=-1, keepdims=True)
    is_largest = np.arange(x.shape[-1]) == x.argmax(axis=-1)[..., None]
    others = np.where(is_largest, 0.0, np.exp(x - largest))
    return largest[..., 0] + np.log1p(others.sum(axis=-1))""",
    "sums_from": """
def sums_from(x, starts):
    zeros = np.zeros((*x.shape[:-1], len(starts)))
    return zeros.at[..., places_from(x, starts)].add(x)""",
    "norms_from": """
def norms_from(x, starts):
    zeros, places = np.zeros((*x.shape[:-1], len(starts))), places_from(x, starts)
    largest = zeros.at[..., places].max(x)
    scale = np.where((largest > 0) & (largest < np.inf), largest, 1.0)
    return scale * np.sqrt(sums_from((x / scale[..., places]) ** 2, starts))""",
    "logsumexps_from": """
def logsumexps_from(x, starts):
    shape, places = (*x.shape[:-1], len(starts)), places_from(x, starts)
    largest = np.full(shape, -np.inf).at[..., places].max(x)
    shift = np.where(np.isfinite(largest), largest, 0.0)
    return shift + np.log(sums_from(np.exp(x - shift[..., places]), starts))""",
    "places_from": """
def places_from(x, starts):  # of each number on the last axis, which segment it is in
    return np.searchsorted(np.array(starts), np.arange(x.shape[-1]), side="right") - 1""",
    "places": """
def places(index, count):
    is_place = (index >= 0) & (index < count) & (index == np.floor(index))
    return np.where(is_place, index, -1).astype(int)""",
}

# NumPy's reduceat, which reduces segments of the last axis, and what stands for it in JAX.
_REDUCED = {"add.reduceat": "sums_from", "hypot.reduceat": "norms_from", "logaddexp.reduceat": "logsumexps_from"}

_MODULE = re.compile(r"(?<![\w.])np\.")  # np names nothing else in a text
# In JAX the counts of repeat are an array, and their sum has to be known before.
_REPEATED = re.compile(r"\.repeat\((\[[\d, ]+\]), axis=-1\)")
_LIST_AS_INDEX = re.compile(r"(?<=[\w)\]])\[(\[[\d, ]+\])\]")  # JAX wants an array


class JaxStyle(ArrayStyle):
    """JAX as a person who knows NumPy writes it."""

    library = "JAX"
    heading = "import jax.numpy as jnp"
    own_functions: ClassVar[Mapping[str, str]] = FUNCTIONS | _OWN

    def call(self, function: str, arguments: Sequence[str]) -> str:
        """As for NumPy; without the axis of reduceat, which is always the last."""
        if function in _REDUCED:
            return super().call(_REDUCED[function], arguments[:2])
        return super().call(function, arguments)

    def added(self, target: str, at: str, text: str, repeats: bool) -> str:
        """A statement that adds to some places of an array, each as often as it is there."""
        place = at if at.startswith("[") else f"[{at.removeprefix('(').removesuffix(')')}]"
        return f"{target} = {target}.at{place}.add({text})"

    def spelled(self, text: str) -> str:
        """The whole text in JAX's spelling."""
        text = _LIST_AS_INDEX.sub(r"[jnp.array(\1)]", _MODULE.sub("jnp.", text))
        return _REPEATED.sub(_repeat, text)


def _repeat(found: re.Match[str]) -> str:
    total = sum(map(int, re.findall(r"\d+", found[1])))
    return f".repeat(jnp.array({found[1]}), axis=-1, total_repeat_length={total})"
