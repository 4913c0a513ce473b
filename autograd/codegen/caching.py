"""Compiled functions: the first call with arguments of a new shape records and compiles the function for that shape."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import reduce, update_wrapper
from threading import Lock
from types import MethodType
from typing import Any, NamedTuple, overload

from ..core.arguments import is_array, number
from ..core.nesting import flatten, places
from ..core.recording import differentiated
from ..core.value import Value
from ..errors import UsageError
from .capture import Arguments, Captured, Static, capture, name_of, unwrapped

_NUMBERS = frozenset((int, float, Value))
_FLOATS = {float}
_NOTHING: frozenset[type] = frozenset()
_MOST_SHAPES = 32
_MANY_SHAPES = 10


class CacheInfo(NamedTuple):
    """How many calls found their shape, how many did not, how many shapes are kept at most, how many are kept now."""

    hits: int
    misses: int
    maxsize: int
    currsize: int


@overload
def compiled(f: Callable[..., Any], static: str | Sequence[str] = (), backend: str = "auto") -> CompiledFunction: ...


@overload
def compiled(
    f: None = None, static: str | Sequence[str] = (), backend: str = "auto"
) -> Callable[[Callable[..., Any]], CompiledFunction]: ...


def compiled(f: Callable[..., Any] | None = None, static: str | Sequence[str] = (), backend: str = "auto") -> Any:
    """A function as a program: recorded once for each shape of its arguments, then as fast as code written for it.

    Also a decorator, with and without parentheses; f may be grad(g) or value_and_grad(g, argnums). The first call with
    a shape runs f on Values and compiles what was recorded; later calls run the program. Calls give floats, in the
    structure that f returns: lists, tuples, dictionaries, arrays.

    The ints and floats in the arguments are data: they may differ from call to call. They may be nested in lists,
    tuples, dictionaries and NumPy arrays; this nesting, with the bools, text, None and functions in it, is the shape.

    static: names of arguments whose value is part of the shape.
    backend: "python", "numpy", or "auto", the one that is faster for one sample.

    f runs once for each shape, and so do its side effects. Values from outside, such as the parameters of a network,
    are read anew at each call; plain numbers from outside, also in objects, keep the number they had when f was
    recorded. With a Value as argument, or inside grad and its like, f itself runs and records.

    The last 32 shapes are kept; `cache_info()` and `cache_clear()` are those of functools.lru_cache.
    Raises UsageError if f looks at a number while it is recorded: a branch, range(n), rows[i], float(v), ==;
    DomainError as the engine does. Warns at the tenth shape.

    >>> from autograd import compiled, value_and_grad
    >>> @compiled
    ... def line(p, xs):
    ...     return [p["w"] * x + p["b"] for x in xs]
    >>> line({"w": 2.0, "b": 1.0}, [1, 2, 3]), line({"w": 3.0, "b": 0.0}, [1, 2, 3])
    ([3.0, 5.0, 7.0], [3.0, 6.0, 9.0])
    >>> line.cache_info()
    CacheInfo(hits=1, misses=1, maxsize=32, currsize=1)
    >>> compiled(value_and_grad(lambda w, x: (w * x - 3) ** 2))(2.0, 4.0)
    (25.0, 40.0)
    """
    if f is None:
        return lambda one: CompiledFunction(one, static, backend)
    return CompiledFunction(f, static, backend)


class CompiledFunction:
    """What `compiled` gives: it is called like the function, and has its name and docstring."""

    __name__: str

    def __init__(self, f: Callable[..., Any], static: str | Sequence[str], backend: str) -> None:
        if not callable(f):
            raise UsageError(f"compiled takes a function: write compiled(f)(x), not compiled({f!r:.40})")
        if backend not in ("python", "numpy", "auto"):
            raise UsageError(f"backend={backend!r:.40} (must be one of 'python', 'numpy', 'auto')")
        self.__name__ = name_of(f)
        update_wrapper(self, f, updated=())
        self._f = f
        self._backend = backend
        self._static = (static,) if isinstance(static, str) else tuple(static)
        self._positional, known, self._more = _parameters(f)
        for name in self._static:
            if not (known is None or name in known):
                raise UsageError(f"static={name!r:.60} (must be of the arguments of {name_of(f)}: {', '.join(known)})")
        self._places = [place for place, name in enumerate(self._positional) if name in self._static]
        self._lock = Lock()
        self._shapes: OrderedDict[Any, Captured] = OrderedDict()
        self._hits = self._misses = 0

    def __repr__(self) -> str:
        return f"<compiled {name_of(self._f)}: {len(self._shapes)} shape(s)>"

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __call__(self, /, *arguments: Any, **keywords: Any) -> Any:
        """What f returns, in floats."""
        given = self._with_static(arguments, keywords) if self._static else arguments
        leaves: list[Any] = []
        fixed: list[Any] = []
        kinds: set[type] = set()
        form = flatten(given, _NUMBERS, leaves, fixed, kinds)
        others = flatten(keywords, _NUMBERS, leaves, fixed, kinds) if keywords else None
        if Value in kinds or differentiated.get():
            return self._f(*arguments, **{name: unwrapped(one) for name, one in keywords.items()})
        if not kinds <= _FLOATS:
            leaves = [one if type(one) is float else number(one, "an argument") for one in leaves]
        key = (form, others)
        try:
            with self._lock:
                found = self._shapes.get(key)
                if found is not None:
                    self._shapes.move_to_end(key)
                    self._hits += 1
        except TypeError:
            found = None
        return (found or self._recorded(Arguments(form, others, leaves, fixed, self._named(len(given)))))(leaves)

    def _with_static(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
        """The positional arguments; static ones, and those in `keywords`, become a Static each."""
        given = list(arguments)
        for place in self._places:
            if place < len(given):
                given[place] = _static(given[place])
        for name in self._static:
            if name in keywords:
                keywords[name] = _static(keywords[name])
        return tuple(given)

    def _named(self, count: int) -> list[str]:
        """The names of `count` positional arguments."""
        names = [*self._positional[:count]]
        return names + [f"{self._more}[{place}]" for place in range(count - len(names))]

    def _recorded(self, arguments: Arguments) -> Captured:
        _check_fixed(arguments)
        captured = capture(self._f, arguments, self._backend)
        with self._lock:
            self._misses += 1
            is_many = self._misses == _MANY_SHAPES
            self._shapes[arguments.positional, arguments.keywords] = captured
            if len(self._shapes) > _MOST_SHAPES:
                self._shapes.popitem(last=False)
        if is_many:
            warnings.warn(
                f"{name_of(self._f)} was recorded for the {_MANY_SHAPES}th shape of its arguments, and each takes far "
                "longer than a call. A shape is made of the lengths of lists, the keys of dictionaries, and the bools, "
                "text, functions and static values in them: keep to a few of them, or hand in what changes as numbers",
                stacklevel=3,
            )
        return captured

    def cache_info(self) -> CacheInfo:
        """How often a call found its shape, and how many shapes are kept."""
        with self._lock:
            return CacheInfo(self._hits, self._misses, _MOST_SHAPES, len(self._shapes))

    def cache_clear(self) -> None:
        """Forget all shapes."""
        with self._lock:
            self._shapes.clear()
            self._hits = self._misses = 0

    def __copy__(self) -> CompiledFunction:
        return self

    def __deepcopy__(self, memo: object) -> CompiledFunction:
        return self

    def __reduce__(self) -> str:
        module = sys.modules[self.__module__]
        name: str
        for name in (getattr(self, "__qualname__", ""), *vars(module)):
            if _named_in(module, name) is self:
                return name
        raise UsageError(
            f"{self!r} cannot be pickled: that is done by name, as of every function, and {self.__module__} has no "
            "name for it. Give it one at the top of the module, or make it where it is sent to"
        )


def _named_in(module: Any, name: str) -> Any:
    try:
        return reduce(getattr, name.split("."), module)
    except AttributeError:
        return None


def _static(given: Any) -> Static:
    return Static(flatten(given, _NOTHING, [], []), given)


def _check_fixed(arguments: Arguments) -> None:
    """Raises UsageError, naming the place, if a part of the shape cannot be compared."""
    each = (place for name, form in arguments.parts() for place, is_leaf in places(form, name) if not is_leaf)
    for place, one in zip(each, arguments.fixed, strict=True):
        thing = unwrapped(one)
        try:
            hash(one.key if type(one) is Static else one)
            is_fit = not hasattr(thing, "__next__")
        except TypeError:
            is_fit = is_array(thing)
        if not is_fit:
            raise UsageError(
                f"{place} is a {type(thing).__name__}, of which a compiled function cannot see whether it is another "
                "one: hand in numbers, in lists, tuples, dictionaries or arrays, and beside them text, bools, None and "
                "functions"
            )


def _parameters(f: Callable[..., Any]) -> tuple[list[str], list[str] | None, str]:
    """The names of the positional parameters; those of all, None with **keywords; the name of *arguments."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):  # some of those written in C
        return [], None, "arguments"
    positional = [one.name for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    takes_any = any(one.kind is one.VAR_KEYWORD for one in parameters)
    more = next((one.name for one in parameters if one.kind is one.VAR_POSITIONAL), "arguments")
    return positional, None if takes_any else [one.name for one in parameters], more
