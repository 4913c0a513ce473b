"""Partials, simplified as a person would write them.

By the chain rule a partial through several operations is a product. It is kept as a coefficient, a list of factors, and
a list of divisors. That does most of what one would do on paper: coefficients are multiplied and moved to the front,
two minus signs make a plus, 1 · x is x, x ** 1 is x, a · (1 / b) is a / b.

0 · x stays as it is, and x / x is not cancelled: neither is 0 or 1 where x is infinite or NaN.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from .expression import Tree, parts

# Constants larger than this, or smaller than 1 / this, are not moved: multiplied in another order, the product might
# overflow or underflow.
_LARGEST_MOVED = 1e30


class Product(NamedTuple):
    """coefficient · factor · factor · … / (divisor · below) / below / …, where coefficient and divisor are numbers."""

    coefficient: float = 1.0
    factors: tuple[Tree, ...] = ()
    divisor: float = 1.0
    below: tuple[Tree, ...] = ()

    def times(self, tree: Tree) -> Product:
        """The product times an expression.

        >>> Product().times(("neg", ("number", 2))).times(("/", ("name", "x"), ("name", "y")))
        Product(coefficient=-2.0, factors=(('name', 'x'),), divisor=1.0, below=(('name', 'y'),))
        """
        if tree[0] == "name":
            return self._with(tree)
        if tree[0] == "call":
            return self._times_call(tree)
        match tree:
            case ("number", number):
                return self._times_number(float(number))
            case ("neg", operand):
                return self._replace(coefficient=-self.coefficient).times(operand)
            case ("*", left, right):
                return self.times(left).times(right)
            case ("/", left, right):
                return self.times(left)._over(right)
            case ("**", base, exponent):
                base, exponent = simplified(base), simplified(exponent)
                if exponent == ("number", 1):
                    return self.times(base)
                # Also where x is NaN: NaN ** 0 is 1.
                return self if exponent == ("number", 0) else self._with(("**", base, exponent))
            case ("list", *items):
                return self._with(("list", *map(simplified, items)))
            case ("+" | "-", _, _):
                total = _sum(tree)
                return self._with(total) if total[0] in ("+", "-") else self.times(total)
        return self._with(tree)

    def _times_call(self, tree: Tree) -> Product:
        match tree:
            case ("call", "times_power", c, x, y):
                c, x, y = simplified(c), simplified(x), simplified(y)
                # times_power(c, x, y) differs from c * x ** y only where c is 0.
                if c[0] == "number" and c[1] != 0:
                    return self.times(c).times(("**", x, y))
                return self._with(("call", "times_power", c, x, y))
            case ("call", "times_power_log", ("number", c), ("number", x), y) if c != 0 and 0 < x < math.inf:
                return self.times(("*", ("*", ("number", c), ("**", *tree[3:])), ("call", "log", tree[3])))
            case ("call", "xlogy", x, ("number", y)) if 0 < y < math.inf:
                return self.times(x).times(("call", "log", ("number", y)))
        return self._with((*tree[:2], *map(simplified, tree[2:])))

    def _with(self, factor: Tree) -> Product:
        return Product(self.coefficient, (*self.factors, factor), self.divisor, self.below)

    def _times_number(self, number: float) -> Product:
        if number == 1.0:
            return self
        if not _can_move(number, self.coefficient * number):
            return self._with(("number", number))
        return self._replace(coefficient=self.coefficient * number)._reduced()

    def _over(self, tree: Tree) -> Product:
        under = Product().times(tree)
        if not _can_move(under.coefficient, self.divisor * under.coefficient):
            return self._replace(below=(*self.below, under.tree))
        # A minus below the line is moved above it.
        sign, number = (-1.0, -under.coefficient) if under.coefficient < 0 else (1.0, under.coefficient)
        above = self._replace(coefficient=sign * self.coefficient, divisor=self.divisor * number)
        for divisor in under.below:  # a / (b / c) is a · c / b
            above = above._with(divisor)
        above = above._times_number(under.divisor)
        if under.factors:
            above = above._replace(below=(*above.below, _chain(under.factors)))
        return above._reduced()

    def _reduced(self) -> Product:
        """2 · x / 4 is x / 2, and 2 · x / 2 is x."""
        coefficient, divisor = self.coefficient, self.divisor
        if divisor == 1 or not coefficient or not (coefficient.is_integer() and divisor.is_integer()):
            return self
        common = math.gcd(int(coefficient), int(divisor))
        return self._replace(coefficient=coefficient / common, divisor=divisor / common)

    def after(self, factor: Tree) -> Product:
        """The product with another factor right after the coefficient."""
        return Product(self.coefficient, (factor, *self.factors), self.divisor, self.below)

    @property
    def tree(self) -> Tree:
        """The product as an expression."""
        return self._tree(self.coefficient)

    def _tree(self, coefficient: float) -> Tree:
        factors, coefficient = list(self.factors), coefficient + 0.0  # -0.0 becomes 0.0
        if coefficient == -1 and factors:
            factors[0] = ("neg", factors[0])
        elif coefficient != 1 or not factors:
            factors.insert(0, ("number", coefficient))
        tree, below = _chain(factors), list(self.below)
        if self.divisor != 1:
            below[:1] = [_chain([("number", self.divisor), *below[:1]])]
        for divisor in below:
            tree = ("/", tree, divisor)
        return tree


ONE = Product()


def _can_move(number: float, result: float) -> bool:
    """Whether multiplying a constant into a coefficient is safe: nothing overflows, and 0 times it hides no NaN."""
    return (1 / _LARGEST_MOVED < abs(number) < _LARGEST_MOVED and 1e-100 < abs(result) < 1e100) or number == 0 == result


def simplified(tree: Tree) -> Tree:
    """The expression as a person would write it.

    >>> x, y = ("name", "x"), ("name", "y")
    >>> simplified(("*", ("*", ("number", 2), ("**", ("-", x, y), ("number", 1))), ("neg", ("number", 1))))
    ('*', ('number', -2.0), ('-', ('name', 'x'), ('name', 'y')))
    """
    return tree if tree[0] in ("name", "number") else Product().times(tree).tree


def divides_by_quotient(tree: Tree) -> bool:
    """Whether it divides by a quotient: a / (b / c) has no answer at c = 0, but simplified, as a · c / b, it has one.

    >>> a, b, c = (("name", name) for name in "abc")
    >>> divides_by_quotient(("/", a, ("/", b, c))), divides_by_quotient(("/", a, ("*", b, c)))
    (True, False)
    """
    return any(part[0] == "/" and _is_quotient(part[2]) for part in parts(tree))


def _is_quotient(tree: Tree) -> bool:
    return tree[0] == "/" or (tree[0] in ("*", "neg") and any(map(_is_quotient, tree[1:])))


def sum_of(products: Sequence[Product]) -> Tree:
    """The sum of products, as an expression; b - a rather than -a + b.

    >>> sum_of([Product(-2.0, (("name", "x"),)), Product(1.0, (("name", "y"),))])
    ('-', ('name', 'y'), ('*', ('number', 2.0), ('name', 'x')))
    """
    if len(products) == 1:
        return products[0].tree
    # A plain 0 is left out; 0 · x is not, since x may be infinite.
    products = [one for one in products if one.coefficient or one.factors or one.below] or products[:1]
    first = next((place for place, product in enumerate(products) if product.coefficient > 0), 0)
    total = products[first].tree
    for product in (*products[:first], *products[first + 1 :]):
        sign, coefficient = ("-", -product.coefficient) if product.coefficient < 0 else ("+", product.coefficient)
        total = (sign, total, product._tree(coefficient))
    return total


def merged(terms: Sequence[Product]) -> list[Product]:
    """The terms, with like terms added up: x + x is 2 · x.

    Terms of opposite signs are not: if x is infinite, x - x is not 0, and 2 · x - x is not x.
    """
    if len(terms) == 1:
        return list(terms)
    alike: dict[object, Product] = {}
    for term in terms:
        factors, below = (tuple(sorted(map(repr, trees))) for trees in (term.factors, term.below))
        key = (factors, below, term.divisor, math.copysign(1.0, term.coefficient), term.coefficient == 0)
        known = alike.get(key)
        coefficient = term.coefficient + (known.coefficient if known else 0.0)
        alike[key] = (known or term)._replace(coefficient=coefficient)
    return list(alike.values())


def _sum(tree: Tree) -> Tree:
    """A sum or a difference, its numbers and signs put in order."""
    sign, left, right = tree[0], simplified(tree[1]), simplified(tree[2])
    if right[0] == "neg":
        sign, right = ("-" if sign == "+" else "+"), right[1]
    if right[0] == "number" and right[1] < 0:
        sign, right = ("-" if sign == "+" else "+"), ("number", -right[1])
    if left[0] == right[0] == "number":
        number = left[1] + right[1] if sign == "+" else left[1] - right[1]
        return ("number", number) if math.isfinite(number) else (sign, left, right)
    if right == ("number", 0):
        return left
    if left == ("number", 0):
        return right if sign == "+" else simplified(("neg", right))
    return (sign, left, right)


def _chain(factors: Sequence[Tree]) -> Tree:
    tree = factors[0]
    for factor in factors[1:]:
        tree = ("*", tree, factor)
    return tree
