"""The backward lines: gradients by the chain rule, family by family, from the root to the parameters.

Within a family it is the same product of partials as for one number. Between families each kind of read has its
reverse: what was broadcast is summed, what was summed is broadcast, what was read at some places is added there. For C
= A @ W.T the gradients are dA = dC @ W and dW = dC.T @ A.
"""

from __future__ import annotations

from collections.abc import Callable

from ...notation.expression import Tree, substitute
from ...notation.simplify import Product
from .arrivals import Arrivals
from .families import Family, Part
from .forward import Forward
from .shapes import SAMPLES, Shape, Way, shape_of_family

MINUS = ("neg", ("number", 1))


class Backward(Arrivals):
    """The backward lines. gradient_of: the name of each block's gradient."""

    def __init__(self, forward: Forward) -> None:
        super().__init__(forward)
        rolled = forward.rolled
        root = rolled.root_family
        for family in reversed(rolled.families):
            if family in forward.inline or not family.needs:
                continue
            self._flow(family, self._seed(family) if family is root else self._gradient(family))
            while complete := [block for block, uses in self._uses.items() if not uses]:
                for block in complete:
                    self._emit(block, self.forward.name[block], block.shape)
                    del self._uses[block]

    # From one family to what it reads ------------------------------------------------------------------------------

    def _seed(self, family: Family) -> Product:
        """The root's own gradient: 1 for each sample."""
        if any(part.kind == "dot" for part in family.parts):
            name = self.forward.name[family]
            return Product().times(self._line(name, self._filled(("number", 1), name, self.shapes.of(name))))
        if self.forward.has_samples and not family.depends:
            return Product().times(self.shapes.name(SAMPLES, ()))
        return Product()

    def _flow(self, family: Family, product: Product) -> None:
        """Hand a family's gradient on to what the family reads."""
        if family.kind == "fold":
            self._through_fold(family.parts[0], family, product)
            return
        if family.kind == "pick":
            self._through_pick(family, product)
            return
        if family.op:
            trees = self.forward.operands(family, family.op)
            trees["out"] = self.forward.name[family] if family in self.forward.name else self.forward.inline[family]
            for part, partial in zip(family.operands, family.op.partial_trees, strict=True):
                if isinstance(part, Part) and part.needs:
                    self._hand_on(part, family, product.times(substitute(partial, trees)))
            return
        for part in family.parts:
            signed = product if part.sign > 0 else product.times(MINUS)
            if part.kind == "dot":
                self._through_dot(part, signed)
            elif part.kind == "pairs":
                self._through_pairs(part, family, signed)
            elif part.needs and part.kind == "each":
                self._hand_on(part, family, signed)
            elif part.needs:
                self._spread(part, family, signed)

    def _hand_on(self, part: Part, family: Family, product: Product) -> None:
        """To a part of kind "each"."""
        frame, source = shape_of_family(family), part.source
        if source is None:
            block, _ = self.forward.blocks.of[part]
            self._arrive(block, Way(frame, family.depends, len(family) > 1 and not block.shape), product)
            return
        if source in self.forward.inline:
            self._flow(source, product)
            return
        over_samples = family.depends and not source.depends
        places = self.forward.places(part.values)
        if len(set(places)) == 1:
            at = () if len(source) == 1 else tuple(places[:1])
            self._arrive(source, Way(frame, over_samples, len(family) > 1, at), product)
        else:
            at = () if self.forward.is_whole(places, source) else tuple(places)
            self._arrive(source, Way(frame, over_samples, False, at), product)

    def _spread(self, part: Part, family: Family, product: Product) -> None:
        """To a part of kind "over" in a sum: all values of a member get the same gradient."""
        source, counts = part.source, part.counts
        over_samples = family.depends and not (source and source.depends)
        if source and len(source) == 1:  # the same value several times
            way = Way(shape_of_family(family), over_samples, len(family) > 1)
            self._arrive(source, way, product.times(self.forward.count(counts)))
            return
        if source and source in self.forward.inline:
            self._flow(source, self._widened(product))
            return
        tree = self._summed(product.tree, Way(shape_of_family(family), over_samples))
        places = self._flat(part) if source else []
        if len(family) == 1:
            tree = self.shapes.widened(tree)
        elif source is None:  # a matrix, with a row for each member
            shape = self.shapes.of(tree)
            tree = self.shapes.post(tree, "[:, None]", (*shape, 1)) if shape else tree
        else:
            tree = self.forward.repeated(tree, counts)
        self._arrive_tree(part, tree, places)

    def _through_dot(self, part: Part, product: Product) -> None:
        """For C = A @ W.T: dA = dC @ W and dW = dC.T @ A."""
        shapes, source = self.shapes, part.source
        assert source
        rows, columns, count = len(part.values), len(part.weights), len(part.values[0])
        values, weights = self.forward.read_rows(part), self.forward.leaves(part)
        block, is_turned = self.forward.blocks.of[part]
        gradient = product.tree
        if rows > 1:
            gradient = self._signed(gradient, lambda name: self.forward.as_rows(name, rows, columns))
        if not part.is_fixed:
            if columns == 1:
                tree = self._signed(gradient, lambda name: shapes.matmul(name, values))
            elif is_turned:
                tree = self._signed(gradient, lambda name: shapes.matmul(shapes.turned(values), name))
            else:
                tree = self._signed(gradient, lambda name: shapes.matmul(shapes.turned(name), values))
            self._arrive(block, Way(block.shape), Product().times(tree))
        if not source.needs:
            return
        if columns > 1:
            back = self._signed(gradient, lambda name: shapes.matmul(name, weights))
        elif rows > 1:
            back = self._signed(gradient, lambda name: ("*", shapes.post(name, "[:, None]", (SAMPLES, 1)), weights))
        if rows > 1:
            back = self._signed(back, lambda tree: self.forward.side_by_side(tree, rows * count))
        product = Product().times(back) if rows > 1 or columns > 1 else self._widened(product).times(weights)
        if len(source) == 1:
            self._arrive(source, Way((SAMPLES, count), False, True), product)
        else:
            self._arrive(source, self._way_to(source, self._flat(part)), product)

    def _through_pairs(self, part: Part, family: Family, product: Product) -> None:
        """To a part of kind "pairs"."""
        shapes, source = self.shapes, part.source
        assert source
        gradient = shapes.post(product.tree, "[..., None]", (SAMPLES, len(family), 1))
        block, _ = self.forward.blocks.of[part]
        if not part.is_fixed:
            tree = shapes.post(("*", gradient, self.forward.read_all(part)), ".sum(axis=0)", block.shape)
            self._arrive(block, Way(block.shape), Product().times(tree))
        if source.needs:
            tree = self.forward.side_by_side(("*", gradient, self.forward.leaves(part)), sum(part.counts))
            self._arrive(source, self._way_to(source, self._flat(part)), Product().times(tree))

    def _signed(self, gradient: Tree, function: Callable[[Tree], Tree]) -> Tree:
        """f(gradient); for -g it is written -f(g)."""
        return ("neg", function(gradient[1])) if gradient[0] == "neg" else function(gradient)

    def _through_fold(self, part: Part, family: Family, product: Product) -> None:
        """Through logsumexp, times softmax; through norm, times value / norm."""
        source, counts = part.source, part.counts
        assert source
        read = self.forward.read_flat(part) if part.is_ragged else self.forward.read_all(part)
        shape = self.shapes.of(read)
        if part.is_ragged:
            out = self.forward.repeated(self.forward.name[family], counts)
            is_norm = family.fold == "norm"
            shares = self.shapes.call("ratio", read, out, shape=shape) if is_norm else ("call", "exp", ("-", read, out))
        elif family.fold == "norm":
            out = self.forward.name[family]
            length = self.shapes.of(out)
            out = self.shapes.post(out, "[..., None]", (*length, 1)) if length else out
            shares = self.shapes.call("ratio", read, out, shape=shape)
        else:
            shares = self.shapes.call("softmax", read, shape=shape)
        if part.is_ragged:
            product = Product().times(self.forward.repeated(product.tree, counts)).times(shares)
        elif len(family) == 1:
            product = self._widened(product).times(shares)
        else:
            tree = product.tree
            if self.shapes.of(tree):
                tree = self.shapes.post(tree, "[..., None]", (*self.shapes.of(tree), 1))
            rows: Shape = (SAMPLES,) if source.depends else ()
            text = f".reshape({'-1, ' if rows else ''}{sum(counts)})"
            product = Product().times(self.shapes.post(("*", tree, shares), text, (*rows, sum(counts))))
        self._arrive(source, self._way_to(source, self._flat(part)), product)

    def _through_pick(self, family: Family, product: Product) -> None:
        """Through a pick: the gradient is added at the index; that of the index is 0."""
        for part in family.parts:
            if not part.needs:
                continue
            if part.kind == "each":
                self._hand_on(part, family, Product(0.0))
                continue
            target = part.source or self.forward.blocks.of[part][0]
            self._arrive(target, Way(shape_of_family(family), at=self.forward.picked_at[family]), product)

    def _flat(self, part: Part) -> list[int]:
        """The places that are read, member after member."""
        return [place for some in part.values for place in self.forward.places(some)]

    def _widened(self, product: Product) -> Product:
        widened = self.shapes.widened
        return product._replace(factors=tuple(map(widened, product.factors)), below=tuple(map(widened, product.below)))
