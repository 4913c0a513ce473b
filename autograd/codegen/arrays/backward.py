"""The backward lines: gradients by the chain rule, family by family, from the root to the parameters.

Within a family it is the same product of partials as for one number. Between families each way of reading has a way
back: what was broadcast is summed, what was summed is broadcast, what was read at some places is added there, and
through C = A @ W.T go dC @ W and dC.T @ A.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.value import Value
from ...notation.expression import Tree, substitute
from ...notation.simplify import Product, merged, sum_of
from .blocks import Block
from .families import Family, Part
from .forward import Forward, Statement
from .shapes import SAMPLES, Shape, Shapes, Way, shape_of_family

MINUS = ("neg", ("number", 1))


class Backward:
    """The backward lines. gradient_of: the name of each block's gradient, where it has any."""

    def __init__(self, forward: Forward) -> None:
        self.forward = forward
        self.shapes: Shapes = forward.shapes
        self.lines: list[Statement] = []
        self.gradient_of: dict[Block, str] = {}
        self._arrived: dict[Family | Block, dict[Way, list[Product]]] = {}
        self._uses = {block: len(block.readers) for block in forward.blocks.all if not block.is_fixed}
        rolled = forward.rolled
        root = rolled.root_family
        for family in reversed(rolled.families):
            if family in forward.inline or not family.needs:
                continue
            self._flow(family, self._seed(family) if family is root else self._gradient(family))
            for block in [block for block, uses in self._uses.items() if not uses]:
                self._emit(block, self.forward.name[block], block.shape)
                del self._uses[block]

    # From one family to what it reads ------------------------------------------------------------------------------

    def _seed(self, family: Family) -> Product:
        """What the root's gradient is: 1 for each sample."""
        if any(part.kind == "dot" for part in family.parts):
            name = self.forward.name[family]
            return Product().times(self._line(name, self._filled(("number", 1), name, self.shapes.of(name))))
        if self.forward.has_samples and not family.depends:
            return Product().times(self.shapes.name(SAMPLES, ()))
        return Product()

    def _flow(self, family: Family, product: Product) -> None:
        """Hand a gradient, in the shape of a family, on to what the family reads."""
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
                self._through_dot(part, family, signed)
            elif part.needs and part.kind == "each":
                self._hand_on(part, family, signed)
            elif part.needs:
                self._spread(part, family, signed)

    def _hand_on(self, part: Part, family: Family, product: Product) -> None:
        """To what is read once for each member."""
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
        """Through a sum: the same gradient to several values for each member."""
        source, count = part.source, len(part.values[0])
        over_samples = family.depends and not (source and source.depends)
        if source and len(source) == 1:  # the same value several times
            way = Way(shape_of_family(family), over_samples, len(family) > 1)
            self._arrive(source, way, product.times(("number", count)))
            return
        if source and source in self.forward.inline:
            self._flow(source, self._widened(product))
            return
        tree = self._summed(product.tree, Way(shape_of_family(family), over_samples))
        places = (
            [place for some in self._several(part, family) for place in self.forward.places(some)] if source else []
        )
        if len(family) == 1:
            tree = self.shapes.widened(tree)
        elif source is None:  # a matrix, with a row for each member
            shape = self.shapes.of(tree)
            tree = self.shapes.post(tree, "[:, None]", (*shape, 1)) if shape else tree
        else:
            tree = self._repeated(tree, count)
        self._arrive_tree(part, tree, places)

    def _repeated(self, tree: Tree, count: int) -> Tree:
        shape = self.shapes.of(tree)
        if not shape or shape[-1] in (1, SAMPLES):
            return tree
        return self.shapes.post(tree, f".repeat({count}, axis=-1)", (*shape[:-1], int(shape[-1]) * count))

    def _through_dot(self, part: Part, family: Family, product: Product) -> None:
        """Through C = A @ W.T go dA = dC @ W and dW = dC.T @ A."""
        shapes, source = self.shapes, part.source
        assert source
        gradient = product.tree
        values, weights = self.forward.read_all(part, family), self.forward.leaves(part)
        block, is_turned = self.forward.blocks.of[part]
        if not part.is_fixed:
            if len(family) == 1:
                tree = self._signed(gradient, lambda name: shapes.matmul(name, values))
            elif is_turned:
                tree = self._signed(gradient, lambda name: shapes.matmul(shapes.turned(values), name))
            else:
                tree = self._signed(gradient, lambda name: shapes.matmul(shapes.turned(name), values))
            self._arrive(block, Way(block.shape), Product().times(tree))
        if not source.needs:
            return
        if len(family) == 1:
            back = self._widened(product).times(weights)
        else:
            back = Product().times(self._signed(gradient, lambda name: shapes.matmul(name, weights)))
        places = self.forward.places(part.values[0])
        if len(source) == 1:
            self._arrive(source, Way((SAMPLES, len(places)), False, True), back)
        else:
            self._arrive(source, self._way_to(source, places), back)

    def _signed(self, gradient: Tree, function: Callable[[Tree], Tree]) -> Tree:
        """-f(g) for the gradient -g."""
        return ("neg", function(gradient[1])) if gradient[0] == "neg" else function(gradient)

    def _through_fold(self, part: Part, family: Family, product: Product) -> None:
        """Through logsumexp each value has its share, softmax; through norm its share of the length."""
        source = part.source
        assert source
        read = self.forward.read_all(part, family)
        shape = self.shapes.of(read)
        if family.fold == "norm":
            out = self.forward.name[family]
            length = self.shapes.of(out)
            out = self.shapes.post(out, "[..., None]", (*length, 1)) if length else out
            shares = self.shapes.call("ratio", read, out, shape=shape)
        else:
            shares = self.shapes.call("softmax", read, shape=shape)
        if len(family) == 1:
            product = self._widened(product).times(shares)
        else:
            tree = product.tree
            if self.shapes.of(tree):
                tree = self.shapes.post(tree, "[..., None]", (*self.shapes.of(tree), 1))
            rows: Shape = (SAMPLES,) if source.depends else ()
            count = len(part.values) * len(part.values[0])
            text = f".reshape({'-1, ' if rows else ''}{count})"
            product = Product().times(self.shapes.post(("*", tree, shares), text, (*rows, count)))
        places = [place for some in self._several(part, family) for place in self.forward.places(some)]
        self._arrive(source, self._way_to(source, places), product)

    def _through_pick(self, family: Family, product: Product) -> None:
        """What was read by an index is added there; the index has no part in it."""
        for part in family.parts:
            if not part.needs:
                continue
            if part.kind == "each":
                self._hand_on(part, family, Product(0.0))
                continue
            target = part.source or self.forward.blocks.of[part][0]
            self._arrive(target, Way(shape_of_family(family), at=self.forward.picked_at[family]), product)

    def _several(self, part: Part, family: Family) -> list[tuple[Value, ...]]:
        return part.values if len(family) > 1 else part.values[:1]

    def _widened(self, product: Product) -> Product:
        widened = self.shapes.widened
        return product._replace(factors=tuple(map(widened, product.factors)), below=tuple(map(widened, product.below)))

    # Arrivals -----------------------------------------------------------------------------------------------------

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
        """A family's gradient, on a line; a number is none."""
        arrived = self._arrived.get(family, {})
        terms = merged([one for way, some in arrived.items() if way.is_plain for one in some] or [Product(0.0)])
        is_number = (
            all(way.is_plain for way in arrived) and len(terms) == 1 and not (terms[0].factors or terms[0].below)
        )
        if is_number and not any(part.kind == "dot" for part in family.parts):
            self._arrived.pop(family, None)
            return terms[0]
        return Product().times(self._emit(family, self.forward.name[family], shape_of_family(family)))

    def _emit(self, target: Family | Block, name: Tree, shape: Shape) -> Tree:
        """The lines of a gradient, all that it comes together from being there; and its name."""
        terms: list[Product] = []
        added: list[tuple[Way, Tree]] = []
        for way, products in self._arrived.pop(target, {}).items():
            if way.is_plain:
                terms += products
                continue
            tree = self._summed(sum_of(merged(products)), way)
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
        for way, tree in added:
            if way.at:
                self.lines.append(Statement(gradient[1], tree, shape, f"({way.at[1:-1]})", True))
                continue
            places, depends = way.places, SAMPLES in shape
            repeats = len(set(places)) < len(places)
            at = f"(..., {self.forward.listed(list(places))})" if repeats else self.forward.index(places, depends)
            self.lines.append(Statement(gradient[1], tree, shape, at, repeats))
        return gradient

    def _line(self, name: Tree, tree: Tree) -> Tree:
        shape = self.shapes.of(name)
        gradient = self.shapes.name(self.forward.names.identifier(f"d_{name[1]}"), shape)
        self.lines.append(Statement(gradient[1], tree, shape))
        return gradient

    def _filled(self, tree: Tree, name: Tree, shape: Shape) -> Tree:
        """The expression in its full shape, that of an array which is there. Floats, whatever the data are."""
        full = self.shapes.post(name, ".shape", ())
        if self.shapes.of(tree):
            return self.shapes.post(("call", "broadcast_to", tree, full), ".copy()", shape)
        if tree in (("number", 0), ("number", 1)):
            return self.shapes.call("ones" if tree[1] else "zeros", full, shape=shape)
        return self.shapes.call("full", full, tree, ("words", "float"), shape=shape)

    def _summed(self, tree: Tree, way: Way) -> Tree:
        """The expression, summed over samples and over members; where it is the same for all of them, multiplied."""
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
        """The sum over samples of a product, one number a sample."""
        shapes, factors = self.shapes, product.factors
        sign = product.coefficient == -1
        is_of_two = product.coefficient in (1, -1) and product.divisor == 1 and not product.below and len(factors) == 2
        if is_of_two and all(shapes.is_noted(one) and shapes.of(one) == (SAMPLES,) for one in factors):
            inner = shapes.matmul(*factors)
            return ("neg", inner) if sign else inner
        tree = product._replace(coefficient=1.0).tree if sign else product.tree
        tree = shapes.post(tree, ".sum()", ())
        return ("neg", tree) if sign else tree
