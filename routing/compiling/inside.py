"""Who may call whom inside the house, by their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from routing.compiling.shapes import Many, Table
from routing.compiling.words import Known
from routing.inside import ANY

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node


class Called(msgspec.Struct, frozen=True):
    """Who is called: people of a role, a short number, or anybody."""

    wanted: ClassVar[str] = "a role, one of the `transfers`, or `any`"

    def read(self, node: Node, page: Page) -> str:
        """As it is written."""
        text = page.scalar(node, self.wanted).text
        known = (*page.names["roles"], *page.names["transfers"], ANY)
        if text not in known:
            raise page.unknown(node, f"no role and none of the `transfers` is called `{text}`", text, known)
        return text

    def schema(self, _shared: Shared) -> Schema:
        """A string, or a short number that YAML takes for a number."""
        return {"type": ["string", "integer"], "minLength": 1}


_BY_ROLE = Table(
    wanted="who may call whom, like `operator: [operator, manager, 600]`",
    key=Known(section="roles", what="role"),
    value=Many(Called()),
)


class Inside(msgspec.Struct, frozen=True):
    """The section; an empty one says that nobody calls anybody."""

    def read(self, node: Node, page: Page) -> dict[str, tuple[str, ...]]:
        """Roles, short numbers and `any`, by the role of whoever calls."""
        return _BY_ROLE.read(node, page) if page.mapping(node, _BY_ROLE.wanted).entries else {}

    def schema(self, shared: Shared) -> Schema:
        """An object, which may be empty."""
        return {**_BY_ROLE.schema(shared), "minProperties": 0}
