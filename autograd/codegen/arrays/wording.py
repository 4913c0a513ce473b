"""Names of arrays, as a careful author gives them: W_h for w1 … w4 of the neurons h1 and h2.

Names and groups of values change only these names, never what is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .blocks import Block
from .families import Family


def stem(names: Sequence[str]) -> str:
    """What names have in common apart from a number at the end; "" if they have nothing in common.

    >>> stem(["sum_h1", "sum_h2"]), stem(["h2_1", "h2_2"]), stem(["a", "b"]), stem([])
    ('sum_h', 'h2', '', '')
    """
    stems = {_stem(name) for name in names}
    return stems.pop() if len(stems) == 1 else ""


def _stem(name: str) -> str:
    return name.rstrip("0123456789").removesuffix("_")


def names_of_families(families: Sequence[Family]) -> dict[Family, str]:
    """A name for each family, "" if its members' names have nothing in common.

    If several families have the same stem, because the neurons of a layer differ, each is named after its members.
    """
    wishes: dict[str, list[Family]] = {}
    for family in families:
        wishes.setdefault(stem([value.name for value in family.members]), []).append(family)
    found = dict.fromkeys(wishes.pop("", []), "")
    for wish, alike in wishes.items():
        for family in alike:
            found[family] = wish if len(alike) == 1 else _named_together([value.name for value in family.members])
    for family in families:
        if not found[family] and len(family) == 1:
            found[family] = family.members[0].name
    return found


def _named_together(names: Sequence[str]) -> str:
    """A name for some of the values with one stem: h1, h1_and_h3, or h2_to_h7.

    >>> _named_together(["h1"]), _named_together(["h1", "h3"]), _named_together(["h2", "h3", "h5"])
    ('h1', 'h1_and_h3', 'h2_to_h5')
    """
    if len(names) == 1:
        return names[0]
    return f"{names[0]}_{'and' if len(names) == 2 else 'to'}_{names[-1]}"


def name_of_data(family: Family, default: str) -> str:
    """X for x1, x2, …; y_true for y_true1, y_true2, …"""
    names = [value.name for value in family.members]
    if len(names) == 1:
        return names[0] or default
    common = stem(names)
    return common.upper() if len(common) == 1 else common or default


def names_of_blocks(blocks: Sequence[Block], called: dict[Family, str]) -> dict[Block, str]:
    """W_h for the weights of h1, h2, …: the stem of the parameters, and that of their neurons."""
    wishes: dict[str, list[Block]] = {}
    for block in blocks:
        wishes.setdefault(_name_of_block(block, called, stem), []).append(block)
    return {
        block: wish if len(alike) == 1 else _name_of_block(block, called, _named_together)
        for wish, alike in wishes.items()
        for block in alike
    }


def _name_of_block(block: Block, called: dict[Family, str], common: Callable[[Sequence[str]], str]) -> str:
    """A name for a block. common: gives one name for the names of several neurons."""
    family, _ = block.readers[0]
    leaves = block.flat
    if not block.shape and (len(family) > 1 or leaves[0].group is None):
        return leaves[0].name or "p"
    letter = stem([leaf.name for leaf in leaves]) or "w"
    groups = list(dict.fromkeys(leaf.group for leaf in leaves))
    owner = common([str(group) for group in groups]) if None not in groups else ""
    owner = owner or _reader_named(family, called)
    if len(block.shape) == 2 and len(letter) == 1:
        letter = letter.upper()
    return f"{letter}_{owner}" if owner and owner != letter else letter


def _reader_named(family: Family, called: dict[Family, str]) -> str:
    """The name of a family, or of the next one with a name along its only readers."""
    while not called.get(family):
        if len(family.uses) != 1 or family.uses[0][1].kind != "each":
            return ""
        family = family.uses[0][0]
    return called[family]
