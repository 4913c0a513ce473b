"""Arrivals: the gradients that a family, or a block, gets from all its readers, and the lines that add them up."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ...notation.expression import Tree
from ...notation.simplify import Product, merged, sum_of
from .blocks import Block
from .families import Family, Part
from .forward import Forward, Statement
from .shapes import SAMPLES, Shape, Shapes, Way, shape_of_family


class Arrivals:
    """The gradients that have arrived. lines: those of complete gradients. gradient_of: the name of each block's."""

    def __init__(self, forward: Forward) -> None:
        self.forward = forward
        self.shapes: Shapes = forward.shapes
        self.lines: list[Statement] = []
        self.gradient_of: dict[Block, str] = {}
        self._arrived: dict[Family | Block, dict[Way, list[Product]]] = {}
        self._uses = {block: len(block.readers) for block in forward.blocks.all if not block.is_fixed}
        for vector in self._uses:
            for block in vector.joined:
                self._uses[block] += 1

    def _way_to(self, source: Family, places: list[int]) -> Way:
        return Way(shape_of_family(source), places=() if self.forward.is_whole(places, source) else tuple(places))

    def _arrive_tree(self, part: Part, tree: Tree, places: list[int]) -> None:
        source = part.source
        if source is None:
            block, _ = self.forward.blocks.of[part]
            self._arrive(block, Way(block.shape), Product().times(tree))
        else:
            self._arrive(source, self._way_to(source, places), Product().times(tree))

    def _arrive(self, target: Family | Block, way: Way, product: Product) -> None:
        self._arrived.setdefault(target, {}).setdefault(way, []).append(product)
        if isinstance(target, Block):
            self._uses[target] -= 1

    def _gradient(self, family: Family) -> Product:
        """A family's gradient, once all of it has arrived. It gets a line, unless it is a number."""
        arrived = self._arrived.get(family, {})
        terms = merged([one for way, some in arrived.items() if way.is_plain for one in some] or [Product(0.0)])
        is_number = (
            all(way.is_plain for way in arrived) and len(terms) == 1 and not (terms[0].factors or terms[0].below)
        )
        if is_number and not any(part.kind in ("dot", "pairs") for part in family.parts):
            self._arrived.pop(family, None)
            return terms[0]
        return Product().times(self._emit(family, self.forward.name[family], shape_of_family(family)))

    def _emit(self, target: Family | Block, name: Tree, shape: Shape) -> Tree:
        """Write the lines of a complete gradient; returns its name."""
        terms: list[Product] = []
        added: list[tuple[Way, Tree]] = []
        for way, products in self._arrived.pop(target, {}).items():
            if way.is_plain:
                terms += products
                continue
            tree = self._summed(sum_of(merged(products)), way)
            if way.places:
                tree, places = self._collected(tree, way.places, shape[-1])
                way = way._replace(places=() if len(set(places)) == shape[-1] else places)
            if way.places or way.at:
                added.append((way, tree))
            else:
                terms.append(Product().times(tree))
        if terms:
            tree = sum_of(merged(terms))
            if self.shapes.of(tree) != shape:
                tree = self._filled(tree, name, shape)
            elif added and tree[0] in ("name", "post"):
                tree = self.shapes.post(tree, ".copy()", shape)
        else:
            tree = self._filled(("number", 0), name, shape)
        gradient = self._line(name, tree)
        if isinstance(target, Block):
            self.gradient_of[target] = gradient[1]
            self._take_apart(target, gradient)
        for way, tree in added:
            if way.at:
                self.lines.append(Statement(gradient[1], tree, shape, f"({way.at[1:-1]})", True))
                continue
            at = self.forward.index(way.places, SAMPLES in shape)
            self.lines.append(Statement(gradient[1], tree, shape, at))
        return gradient

    def _take_apart(self, vector: Block, gradient: Tree) -> None:
        """Hand the gradient of a joined vector on to its blocks."""
        first = 0
        for block in vector.joined:
            last = first + len(block.flat)
            tree = self.shapes.post(gradient, f"[{f'{first}:{last}' if block.shape else first}]", block.shape)
            if len(block.shape) > 1:
                tree = self.shapes.post(tree, f".reshape({', '.join(map(str, block.shape))})", block.shape)
            self._arrive(block, Way(block.shape), Product().times(tree))
            first = last

    def _collected(self, tree: Tree, places: tuple[int, ...], width: Any) -> tuple[Tree, tuple[int, ...]]:
        """The gradient with what arrives at the same place added up, and the places in ascending order.

        places: those that the columns of `tree` belong to. width: how many there are. If each place is there once, and
        not all are, nothing is changed.
        """
        found = Counter(places)
        if len(found) == len(places) < width:
            return tree, places
        order = sorted(range(len(places)), key=places.__getitem__)
        counts = [found[place] for place in sorted(found)]
        shape = self.shapes.of(tree)
        if not shape or shape[-1] != len(places):
            if shape == (SAMPLES, 1) and len(counts) == 1:
                tree = self.shapes.post(tree, "[:, 0]", (SAMPLES,))
            tree = Product().times(tree).times(self.forward.count(counts)).tree
        else:
            if order != list(range(len(order))):
                tree = self.shapes.post(tree, self.forward.index(order, len(shape) > 1), shape)
            tree = self.forward.added(tree, counts)
        return tree, tuple(sorted(found))

    def _line(self, name: Tree, tree: Tree) -> Tree:
        shape = self.shapes.of(name)
        gradient = self.shapes.name(self.forward.names.identifier(f"d_{name[1]}"), shape)
        self.lines.append(Statement(gradient[1], tree, shape))
        return gradient

    def _filled(self, tree: Tree, name: Tree, shape: Shape) -> Tree:
        """The expression, broadcast to the shape of the array `name`. Floats, also if the data are ints."""
        full = self.shapes.post(name, ".shape", ())
        if self.shapes.of(tree):
            return self.shapes.post(("call", "broadcast_to", tree, full), ".copy()", shape)
        if tree in (("number", 0), ("number", 1)):
            return self.shapes.call("ones" if tree[1] else "zeros", full, shape=shape)
        return self.shapes.call("full", full, tree, ("words", "float"), shape=shape)

    def _summed(self, tree: Tree, way: Way) -> Tree:
        """The expression, summed over samples and members; if it is the same for all of them, multiplied instead."""
        shapes, members = self.shapes, way.frame[-1] if way.frame and way.frame[-1] != SAMPLES else 1
        shape = shapes.of(tree)
        has_samples, has_members = SAMPLES in shape, bool(shape) and shape[-1] not in (SAMPLES, 1)
        product = Product().times(tree)
        if way.over_members and not has_members:
            product = product.times(("number", members))
        if way.over_samples and not has_samples:
            product = product.times(shapes.name(SAMPLES, ()))
        tree = product.tree
        over_samples, over_members = way.over_samples and has_samples, way.over_members and has_members
        if over_samples and shape == (SAMPLES,) and way.frame == (SAMPLES,):
            return self._inner(product)
        sign = product.coefficient == -1 and bool(product.factors)
        if (over_samples or over_members) and sign:
            tree = product._replace(coefficient=1.0).tree
        if over_samples and (over_members or not has_members):
            tree = shapes.post(tree, ".sum()", ())
        elif over_samples:
            tree = shapes.post(tree, ".sum(axis=0)", shape[1:])
        elif over_members:
            tree = shapes.post(tree, f".sum({'axis=1' if len(shape) > 1 else ''})", shape[:-1])
        elif way.over_members and shape == (SAMPLES, 1):
            tree = shapes.post(tree, "[:, 0]", (SAMPLES,))
        return ("neg", tree) if (over_samples or over_members) and sign else tree

    def _inner(self, product: Product) -> Tree:
        """The sum over the samples of a product with one number a sample; of two factors, as their inner product."""
        shapes, factors = self.shapes, product.factors
        sign = product.coefficient == -1
        is_of_two = product.coefficient in (1, -1) and product.divisor == 1 and not product.below and len(factors) == 2
        if is_of_two and all(shapes.is_noted(one) and shapes.of(one) == (SAMPLES,) for one in factors):
            inner = shapes.matmul(*factors)
            return ("neg", inner) if sign else inner
        tree = product._replace(coefficient=1.0).tree if sign else product.tree
        tree = shapes.post(tree, ".sum()", ())
        return ("neg", tree) if sign else tree
