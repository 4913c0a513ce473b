"""The role and the group of a value. Like its name, views read them and mathematics ignores them."""

from __future__ import annotations

# Role and group as one tuple: most values have neither, and so take less memory.
NO_NOTES: tuple[str | None, str | None] = (None, None)


class Noted:
    """Something with a role and a group."""

    __slots__ = ("_notes",)

    _notes: tuple[str | None, str | None]

    @property
    def role(self) -> str | None:
        """An "input", a "target", a "parameter", or None."""
        return self._notes[0]

    @role.setter
    def role(self, role: str | None) -> None:
        self._notes = (role, self._notes[1])

    @property
    def group(self) -> str | None:
        """The neuron that it belongs to, or None."""
        return self._notes[1]

    @group.setter
    def group(self, group: str | None) -> None:
        self._notes = (self._notes[0], group)
