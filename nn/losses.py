"""Losses: how wrong one prediction is, as a Value named L. Targets given as numbers become leaves named y_true.

Each loss is a function (prediction, target) of one sample; `fit` takes the mean or the sum over samples. Each is
computed so that it overflows only where the loss itself is too large for a float.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from autograd import TABLE, UsageError, Value, exp, log, logaddexp, maximum, relu, softplus
from autograd.extend import has_members

Loss = Callable[[Any, Any], Value]

# The least number that binary_cross_entropy takes the log of: so it is at most 100 a sample, as PyTorch's is.
_LEAST_PROBABILITY = math.exp(-100.0)


def mean_squared_error(prediction: Any, target: Any) -> Value:
    """(y_true - y_pred)²; for several outputs the mean over them.

    >>> mean_squared_error(Value(0.25), 1)
    Value(0.5625, 'L')
    """
    squares = [(y - p) ** 2 for p, y in _pairs(prediction, target)]
    return _mean(squares).named("L")


def half_squared_error(prediction: Any, target: Any) -> Value:
    """½ (y_true - y_pred)²; for several outputs the sum over them. Its derivative has no factor 2.

    >>> half_squared_error(Value(0.25), 1)
    Value(0.28125, 'L')
    """
    return _sum([0.5 * (y - p) ** 2 for p, y in _pairs(prediction, target)]).named("L")


def binary_cross_entropy(prediction: Any, target: Any) -> Value:
    """-(y log p + (1 - y) log(1 - p)) for a probability p in [0, 1] and a target y in [0, 1].

    At most 100, as in PyTorch: a p that is exactly wrong costs 100, with partial 0. Several outputs: the mean.
    Raises UsageError where p or y is no probability.

    >>> binary_cross_entropy(Value(0.5), 1)
    Value(0.6931471805599453, 'L')
    >>> binary_cross_entropy(Value(0.0), 1)
    Value(100.0, 'L')
    """
    terms = []
    for p, y in _pairs(prediction, target):
        if p.op is not TABLE["sigmoid"]:  # which gives nothing else
            _check_probability(p, "binary_cross_entropy reads a prediction that is")
        _check_probability(y, "binary_cross_entropy reads a target that is")
        where_1 = y * log(maximum(p, _LEAST_PROBABILITY))
        where_0 = (1 - y) * log(maximum(1 - p, _LEAST_PROBABILITY))
        terms.append(-(where_1 + where_0))
    return _mean(terms).named("L")


def binary_cross_entropy_with_logits(prediction: Any, target: Any) -> Value:
    """binary_cross_entropy of sigmoid(z), computed from the logit z itself, so exact however large z is.

    -log(sigmoid(z)) = softplus(-z) and -log(1 - sigmoid(z)) = softplus(z).

    >>> binary_cross_entropy_with_logits(Value(-1000.0), 1)
    Value(1000.0, 'L')
    """
    terms = []
    for z, y in _pairs(prediction, target):
        _check_probability(y, "binary_cross_entropy_with_logits reads a target that is")
        terms.append(y * softplus(-z) + (1 - y) * softplus(z))
    return _mean(terms).named("L")


def cross_entropy(prediction: Any, target: Any) -> Value:
    """-log softmax(z)[k] for logits z and a class index k; for weights of the classes, -Σ weight · log softmax(z).

    An index may stand in a list of its own, as in a column of targets.

    Raises UsageError where the index is no class, or the weights are not as many as the logits.

    >>> cross_entropy([Value(0.0), Value(0.0)], 1)
    Value(0.6931471805599453, 'L')
    >>> cross_entropy([Value(1000.0), Value(0.0)], 1)
    Value(1000.0, 'L')
    """
    logits = [z if isinstance(z, Value) else Value(z) for z in _as_list(prediction)]
    if len(logits) < 2:
        raise UsageError(
            "cross_entropy reads the logits of two classes or more; for one output use binary_cross_entropy"
        )
    if has_members(target) and len(target) == 1:
        target = _as_list(target)[0]
    if has_members(target):
        pairs = _pairs(logits, target)
        for _, y in pairs:
            _check_probability(y, "cross_entropy reads weights of classes that are")
        return _sum([y * _minus_log_softmax(logits, index) for index, (_, y) in enumerate(pairs)]).named("L")
    index = float(target if isinstance(target, Value) else Value(target))
    if not (index.is_integer() and 0 <= index < len(logits)):
        raise UsageError(f"cross_entropy reads a class index from 0 to {len(logits) - 1} as target, not {target!r}")
    return _minus_log_softmax(logits, int(index)).named("L")


def _minus_log_softmax(logits: Sequence[Value], index: int) -> Value:
    """The log of Σ exp(z_j - z_k), which takes differences first: they are exact where a sum of exponentials is not."""
    differences = [z - logits[index] for i, z in enumerate(logits) if i != index]
    return reduce(logaddexp, differences[1:], softplus(differences[0]))


def cross_entropy_of_weights(prediction: Any, weights: Any) -> Value:
    """cross_entropy for a class index that is given as weights, 1 for that class and 0 for the others: the same number.

    An index chooses what is computed; as weights it is a number like others, which a compiled program can read. It is
    computed as textbooks have it, log Σ exp z - Σ weight · z, whose gradient is p - y. Where a prediction is nearly
    sure that is a difference of numbers that are nearly the same: exact to about 1e-16 of the logits' size, where
    cross_entropy of an index is exact to all digits.

    >>> cross_entropy_of_weights([Value(0.0), Value(0.0)], [0, 1])
    Value(0.6931471805599453, 'L')
    """
    pairs = _pairs(prediction, weights)
    return (reduce(logaddexp, [z for z, _ in pairs]) - _sum([y * z for z, y in pairs])).named("L")


def hinge(prediction: Any, target: Any) -> Value:
    """max(0, 1 - y s) for a score s and a target y of -1 or 1; for several outputs the mean over them.

    Raises UsageError for another target.

    >>> hinge(Value(0.25), -1)
    Value(1.25, 'L')
    """
    terms = []
    for s, y in _pairs(prediction, target):
        if y.data not in (-1.0, 1.0):
            raise UsageError(f"hinge reads a target of -1 or 1, not {y.data!r}")
        terms.append(relu(1 - y * s))
    return _mean(terms).named("L")


def softmax(logits: Sequence[Value]) -> list[Value]:
    """exp(z_i) / Σ exp(z_j): logits as probabilities, none of which overflows.

    >>> [p.data for p in softmax([Value(1000.0), Value(1000.0)])]
    [0.5, 0.5]
    """
    if not logits:
        raise UsageError("softmax needs logits; the list is empty")
    # Shifting all logits by the same amount changes no probability; shifted by the largest, no exponential overflows.
    largest = reduce(maximum, logits)
    exponentials = [exp(z - largest) for z in logits]
    total = _sum(exponentials)
    return [exponential / total for exponential in exponentials]


def _pairs(prediction: Any, target: Any) -> list[tuple[Value, Value]]:
    """(prediction, target) for every output; a target that is a number becomes a leaf named y_true."""
    predictions, targets = _as_list(prediction), _as_list(target)
    if not predictions or len(predictions) != len(targets):
        raise UsageError(f"the network has {len(predictions)} output(s), but the target has {len(targets)} number(s)")
    pairs = []
    for number, (p, y) in enumerate(zip(predictions, targets, strict=True), start=1):
        if not isinstance(y, Value):
            y = Value(y, "y_true" if len(targets) == 1 else f"y_true{number}")
        if not y.inputs and y.role is None:
            y.role = "target"
        pairs.append((p if isinstance(p, Value) else Value(p), y))
    return pairs


def _as_list(one_or_several: Any) -> list[Any]:
    return list(one_or_several) if has_members(one_or_several) else [one_or_several]


def _check_probability(p: Value | float, what: str) -> None:
    # Of NaN both comparisons are false: it makes the loss NaN.
    if float(p) < 0.0 or float(p) > 1.0:
        raise UsageError(f"{what} between 0 and 1, not {float(p)!r}; for logits there is a loss of its own")


def _mean(terms: Sequence[Value]) -> Value:
    return _sum(terms) / len(terms) if len(terms) > 1 else terms[0]


def _sum(terms: Sequence[Value]) -> Value:
    return reduce(lambda total, term: total + term, terms)
