"""python -m nn: list the five articles' networks and others; python -m nn NAME: train one and print what it learned."""

from __future__ import annotations

import argparse
import inspect
import math
import os
import sys
import webbrowser
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote

from autograd import StepgradError, UsageError, Value, draw, play, to_python

from .diagrams import diagram
from .examples import NETWORKS, check_shown, one_sample
from .stepping import readable_sample, untrained, worksheet_sample

if TYPE_CHECKING:
    from .film import Film

_EXAMPLE = """example:
  python -m nn weight-height --epochs 500 --lr 0.2 --seed 1
  python -m nn xor --fixed-start
  python -m nn weight-height --draw network.svg --listing
  python -m nn weight-height --every 100 --step backprop.html --film training.html --open"""


class _Parser(argparse.ArgumentParser):
    """argparse's parser, but a wrong argument gets one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"python -m nn: {message} (python -m nn --help shows an example)\n")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def _rate(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number of at least 0")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m nn",
        description="Train the networks of five 'neural network from scratch' articles, one for digits, or a GPT.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("name", nargs="?", choices=NETWORKS, metavar="NAME", help=f"one of {', '.join(NETWORKS)}")
    parser.add_argument("--epochs", type=_at_least_one, metavar="N", help="how many times to go through the samples")
    parser.add_argument("--lr", type=_rate, metavar="X", help="learning rate")
    parser.add_argument("--seed", type=_whole, metavar="S", help="the same random start every time")
    parser.add_argument("--fixed-start", action="store_true", help="start at known numbers, show all digits")
    parser.add_argument("--every", type=_at_least_one, metavar="N", help="print the loss after every N epochs")
    parser.add_argument("--draw", metavar="FILE", help="after training, draw one sample's graph (.svg or .png)")
    parser.add_argument(
        "--step",
        metavar="FILE",
        help="write one sample's step player (.html): before training, or after the N epochs of --epochs N; "
        "weight-height shows the course's worksheet, unless --epochs, --seed or --fixed-start is given",
    )
    parser.add_argument(
        "--film", metavar="FILE", help="write the training player: the training, epoch by epoch (.html)"
    )
    parser.add_argument(
        "--open", action="store_true", help="open what --step, else --film, writes in the browser, from a terminal"
    )
    parser.add_argument("--diagram", metavar="FILE", help="after training, draw the network (.svg)")
    parser.add_argument("--listing", action="store_true", help="after training, print one sample's backprop as Python")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # where it cannot carry a file's name, say
    parser = _parser()
    options = parser.parse_args(arguments)
    given: dict[str, Any] = {
        "epochs": options.epochs,
        "learning_rate": options.lr,
        "seed": options.seed,
        "fixed_start": options.fixed_start or None,
        "every": options.every,
    }
    given = {name: setting for name, setting in given.items() if setting is not None}
    if options.fixed_start and options.seed is not None:
        parser.error("--fixed-start begins at known numbers, and --seed at random ones: give one of the two")
    if options.open and options.step is None and options.film is None:
        parser.error(
            "--open opens the page that --step or --film writes: name its file, as in --step backprop.html --open"
        )
    films: list[Film] = []
    if options.film is not None:
        given["on_film"] = films.append
    try:
        if options.name:
            _check_files(options)
            if options.seed is None and not options.fixed_start:
                given["seed"] = Random().randrange(2**32)  # so that the start can be had again
            net = NETWORKS[options.name](**given)
            _show(options, net, given.get("seed"), films)
        elif given or options.listing or any(path is not None for path in _files(options).values()):
            parser.error(f"say which network to train: one of {', '.join(NETWORKS)}")
        else:
            _print_list()
        sys.stdout.flush()
    except StepgradError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough. Nothing more is to be flushed to it when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        parser.error(str(error))
    return 0


def _files(options: argparse.Namespace) -> dict[str, str | None]:
    """The files to be written, by option."""
    return {"--draw": options.draw, "--step": options.step, "--film": options.film, "--diagram": options.diagram}


def _check_files(options: argparse.Namespace) -> None:
    """Find out before training, not after it, that a file cannot be written."""
    for option, path in _files(options).items():
        if path is None:
            continue
        check_shown(options.name, option)
        folder, ending = Path(path).absolute().parent, Path(path).suffix.lower()
        if not folder.is_dir():
            raise UsageError(f"{option} {path}: there is no folder {folder}")
        if Path(path).is_dir():
            raise UsageError(f"{option} {path}: that is a folder; name a file in it")
        if option == "--draw":
            draw(Value(0.0)).rendered(ending.removeprefix("."))
        elif ending != (wanted := {"--diagram": ".svg"}.get(option, ".html")):
            raise UsageError(f"{option} {path}: the file's name must end in {wanted}")


def _show(options: argparse.Namespace, net: Any, seed: int | None, films: Sequence[Film]) -> None:
    """What was asked for about the network, one of its samples, and its training.

    seed: of the start, where that was random. films: of the training, where that was asked for.
    """
    # First what only this training has.
    for film in films:
        path = Path(options.film).absolute()
        film.save(path, _link(options.film, options.step, "Step through one sample's backprop"))
        print(f"Watch the training, epoch by epoch, in a browser: {path}")
    if options.draw is not None:
        draw(one_sample(options.name, net)).save(options.draw)
        print(f"Drawn: {options.draw}")
    if options.diagram is not None:
        diagram(net).save(options.diagram)
        print(f"Drawn: {options.diagram}")
    if options.step is not None:
        default = inspect.signature(NETWORKS[options.name]).parameters["learning_rate"].default
        path = Path(options.step).absolute()
        link = _link(options.step, options.film, "Watch the training, epoch by epoch")
        play(_sample_to_step(options, net, seed), default if options.lr is None else options.lr).save(path, link)
        epochs = options.epochs
        when = "before training" if epochs is None else f"after {epochs} epoch{'s' if epochs > 1 else ''}"
        print(f"Step through one sample's backprop {when} in a browser: {path}")
    if options.open and _has_screen():
        webbrowser.open(Path(options.step or options.film).absolute().as_uri())
    if options.listing:
        print(to_python(one_sample(options.name, net)), end="")


def _link(page: str, other: str | None, words: str) -> tuple[str, str] | None:
    """The link from a page to another one that is written too: address and words."""
    if other is None:
        return None
    return quote(Path(os.path.relpath(other, Path(page).parent)).as_posix()), words


def _sample_to_step(options: argparse.Namespace, net: Any, seed: int | None) -> Value:
    """A sample that reads well, before training, where gradients are large; after it only where that was asked for."""
    if options.epochs is not None:
        return readable_sample(options.name, net)
    if options.name == "weight-height" and options.seed is None and not options.fixed_start:
        return worksheet_sample()
    return readable_sample(options.name, untrained(options.name, seed, options.fixed_start))


def _has_screen() -> bool:
    """Whether somebody is there to look at a page: not in CI or a pipe, nor over a line that shows text only."""
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in screens)


def _print_list() -> None:
    print("The networks of five articles, one that reads digits, and a GPT. Train one with python -m nn NAME:\n")
    for name, train in NETWORKS.items():
        defaults = inspect.signature(train).parameters
        settings = f"{defaults['epochs'].default} epochs, learning rate {defaults['learning_rate'].default}"
        sentence = (inspect.getdoc(train) or "").partition("\n")[0]  # python -OO leaves none
        print(f"  {name:<14} {sentence}".rstrip())
        print(f"  {'':<14} {settings}")
