"""History: what a training run has seen."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from autograd import UsageError

from ..display import shown_by
from .progress import pace

if TYPE_CHECKING:
    from ..film import Film
    from ..film.recording import Recording

# What other frameworks call it.
_ELSEWHERE = dict.fromkeys(("history", "loss", "loss_curve_"), "losses") | {"val_loss": "validation_losses"}
# From so many seconds on, the repr of a run that goes on says how fast it is.
_LONG = 2.0


class History:
    """What a training run has seen.

    losses: one number an epoch: the loss over all samples, each taken at the moment when training saw it.
    evaluations: {epoch: loss over all samples after that epoch's updates}, where `evaluate_every` asked for it.
    validation_losses: for each epoch the loss over the validation samples after its updates, where fit was given some;
        best_epoch: the one with the least of them, else None.
    gradient_norms: {layer: a number an epoch}, the norm of the layer's gradient of the loss over all samples after the
        updates, where `gradient_norms=True` asked for it.
    interrupted: whether Ctrl-C ended the run before its last epoch.
    engine: "compiled", "numpy", "jax" or "eager", whichever ran.
    why: why "auto" chose it, where there is something to say: why it was eager, or that arrays are faster, or would be.
    epochs, seconds: how many epochs were asked for, and how long the run has taken; while a long one goes on, its repr
        says how fast it is and how much time is left.
    film: the run so far as a film to be watched, where `film=True` asked for it.
    """

    def __init__(self, losses: list[float] | None = None, evaluations: dict[int, float] | None = None) -> None:
        self.losses = [] if losses is None else losses
        self.evaluations = {} if evaluations is None else evaluations
        self.validation_losses: list[float] = []
        self.best_epoch: int | None = None
        self.gradient_norms: dict[str, list[float]] = {}
        self.interrupted = False
        self.engine = "eager"
        self.why = ""
        self.epochs = 0
        self.is_over = True
        self._start, self._taken = 0.0, 0.0
        self.recording: Recording | None = None

    def begin(self, epochs: int) -> None:
        """A run of so many epochs starts now."""
        self.epochs, self.is_over, self._start = epochs, False, monotonic()

    def end(self) -> None:
        """The run is over."""
        self._taken, self.is_over = self.seconds, True

    def __getattr__(self, name: str) -> Any:
        # Reached only where no ordinary attribute has that name.
        ours = f"; here it is {_ELSEWHERE[name]}" if name in _ELSEWHERE else ""
        raise AttributeError(f"a History has no {name!r}{ours}")

    @property
    def seconds(self) -> float:
        """How long the run has taken, or takes so far."""
        return self._taken if self.is_over else monotonic() - self._start

    @property
    def film(self) -> Film:
        """The run so far. Raises UsageError where none is kept."""
        if self.recording is None:
            raise UsageError("no film of this run was kept: ask for it with fit(…, film=True)")
        from ..film import Film

        return Film(self.recording, self.losses, None if self.best_epoch is None else self.best_epoch + 1)

    def __repr__(self) -> str:
        seen = f"{len(self.losses)} epochs"
        if not self.is_over and self.losses and self.seconds >= _LONG:
            seen = pace(len(self.losses), self.epochs, self.seconds)
        if self.losses:
            seen += f", loss {self.losses[0]:.4g} to {self.losses[-1]:.4g}"
        if self.best_epoch is not None:
            seen += f", best validation loss {min(self.validation_losses):.4g} in epoch {self.best_epoch}"
        return f"<History: {seen}{', interrupted' if self.interrupted else ''}>"

    _repr_mimebundle_ = shown_by("plots", "bundle_of_history")
