"""Partials, simplified as a person would write them.

By the chain rule a partial through several operations is a product. It is kept flat: a coefficient, factors, and what
it is divided by. Most of what one would do on paper then happens by itself: coefficients are multiplied and moved to
the front, signs are absorbed, 1 · x is x, x ** 1 is x, a · (1 / b) is a / b.

0 · x stays: it is not 0 where x is infinite or NaN. Nothing is cancelled either, for the same reason.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from .expression import Tree

# Sums of more terms than this are not searched for terms that are alike.
_MOST_TERMS = 40


class Product(NamedTuple):
    """coefficient · factor · factor · … / (divisor · divisor · …)."""

    coefficient: float = 1.0
    factors: tuple[Tree, ...] = ()
    divisors: tuple[Tree, ...] = ()

    def times(self, tree: Tree) -> Product:
        """The product times an expression.

        >>> Product().times(("neg", ("number", 2))).times(("/", ("name", "x"), ("name", "y")))
        Product(coefficient=-2.0, factors=(('name', 'x'),), divisors=(('name', 'y'),))
        """
        if tree[0] == "name":
            return self._with(tree)
        match tree:
            case ("number", number):
                return self._times_number(float(number))
            case ("neg", operand):
                return Product(-self.coefficient, self.factors, self.divisors).times(operand)
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
            case ("call", "times_power", c, x, y):
                c, x, y = simplified(c), simplified(x), simplified(y)
                # Only for a coefficient of 0 is it anything but the plain product.
                if c[0] == "number" and c[1] != 0:
                    return self.times(c).times(("**", x, y))
                return self._with(("call", "times_power", c, x, y))
            case ("call", "xlogy", x, ("number", y)) if 0 < y < math.inf:
                return self.times(x).times(("call", "log", ("number", y)))
            case ("call", function, *arguments):
                return self._with(("call", function, *map(simplified, arguments)))
            case ("+" | "-", _, _):
                total = _sum(tree)
                return self._with(total) if total[0] in ("+", "-") else self.times(total)
        return self._with(tree)

    def _with(self, factor: Tree) -> Product:
        return Product(self.coefficient, (*self.factors, factor), self.divisors)

    def _times_number(self, number: float) -> Product:
        if number == 1.0:
            return self
        coefficient = _folded(self.coefficient, number)
        # What comes behind a number that could not be folded is not folded past it either.
        if coefficient is None or any(factor[0] == "number" for factor in self.factors):
            return self._with(("number", number))
        return Product(coefficient, self.factors, self.divisors)._reduced()

    def _over(self, tree: Tree) -> Product:
        below = Product().times(tree)
        above = self
        if below.coefficient < 0:  # a sign is read in front
            above, below = (
                Product(-above.coefficient, above.factors, above.divisors),
                Product(-below.coefficient, below.factors, below.divisors),
            )
        for divisor in below.divisors:  # a / (b / c) is a · c / b
            above = above._with(divisor)
        number = (("number", below.coefficient),) if below.coefficient != 1 else ()
        return Product(above.coefficient, above.factors, (*above.divisors, *number, *below.factors))._reduced()

    def _reduced(self) -> Product:
        """2 · x / 4 is x / 2, and 2 · x / 2 is x."""
        numbers = [divisor[1] for divisor in self.divisors if divisor[0] == "number"]
        others = tuple(divisor for divisor in self.divisors if divisor[0] != "number")
        if not numbers:
            return self
        divisor = _folded(*numbers)
        if not divisor:
            return self
        coefficient = self.coefficient
        if coefficient and coefficient.is_integer() and divisor.is_integer():
            common = math.gcd(int(coefficient), int(divisor)) if max(abs(coefficient), abs(divisor)) < 2**53 else 1
            coefficient, divisor = coefficient / common, divisor / common
        elif coefficient and (coefficient / divisor).is_integer() and coefficient / divisor * divisor == coefficient:
            coefficient, divisor = coefficient / divisor, 1.0
        return Product(coefficient, self.factors, (*((("number", divisor),) if divisor != 1 else ()), *others))

    def after(self, factor: Tree) -> Product:
        """The product with another factor in front, behind the coefficient."""
        return Product(self.coefficient, (factor, *self.factors), self.divisors)

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
        top = _chain(factors)
        return ("/", top, _chain(self.divisors)) if self.divisors else top


def simplified(tree: Tree) -> Tree:
    """The expression as a person would write it.

    >>> x, y = ("name", "x"), ("name", "y")
    >>> simplified(("*", ("*", ("number", 2), ("**", ("-", x, y), ("number", 1))), ("neg", ("number", 1))))
    ('*', ('number', -2.0), ('-', ('name', 'x'), ('name', 'y')))
    """
    return tree if tree[0] in ("name", "number") else Product().times(tree).tree


def sum_of(products: Sequence[Product]) -> Tree:
    """The sum of products, as an expression.

    >>> sum_of([Product(2.0, (("name", "x"),)), Product(-1.0, (("name", "y"),))])
    ('-', ('*', ('number', 2.0), ('name', 'x')), ('name', 'y'))
    """
    total = products[0].tree
    for product in products[1:]:
        sign, coefficient = ("-", -product.coefficient) if product.coefficient < 0 else ("+", product.coefficient)
        total = (sign, total, product._tree(coefficient))
    return total


def merged(terms: Sequence[Product]) -> list[Product]:
    """Terms that are alike made one: x + x is 2 · x. Sums of very many terms are left as they are."""
    if len(terms) == 1 or len(terms) > _MOST_TERMS:
        return list(terms)
    alike: dict[object, Product] = {}
    for number, term in enumerate(terms):
        key = (tuple(sorted(map(repr, term.factors))), tuple(sorted(map(repr, term.divisors))))
        known = alike.get(key)
        if known is None:
            alike[key] = term
            continue
        coefficient = known.coefficient + term.coefficient
        if coefficient and math.isfinite(coefficient):
            alike[key] = Product(coefficient, known.factors, known.divisors)
        else:  # x - x is not 0 where x is infinite
            alike[key, number] = term
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


def _folded(*numbers: float) -> float | None:
    """The product of numbers; None where it is not safe to compute it ahead.

    A product of many numbers may leave the range of floats although, times what else it is multiplied by, it would not.
    """
    product = math.prod(numbers)
    is_exact = any(number in (0.0, 1.0, -1.0) for number in numbers) and product == product
    return product if is_exact or 1e-100 < abs(product) < 1e100 else None


def _chain(factors: Sequence[Tree]) -> Tree:
    tree = factors[0]
    for factor in factors[1:]:
        tree = ("*", tree, factor)
    return tree
