"""What a talk may have been about: reasons by their names, each with a key, and with the departments that are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from routing.compiling.people import Owner
from routing.compiling.shapes import Field, Got, Many, Record, Table
from routing.compiling.words import Count, Known, NewWord
from routing.people import ASSIGNED_MANAGER
from routing.remarks import CONCERNED
from routing.rules.company import Reason

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Node

KEY = Field(
    name="key",
    shape=Count(least=0, most=9),
    about="*49 and this key at a telephone, after a talk, tell that it was about this; only the command line does else",
)
TELL = Field(
    name="tell",
    shape=Many(Known(section="departments", what="department", also=(CONCERNED,))),
    about="Departments that are told of it at once; `department`: the one concerned by the call",
)

TASK = Field(
    name="task",
    shape=Owner(also=(ASSIGNED_MANAGER,)),
    about="Whose task it is to see to it: a person, a group, head of a department, or `assigned_manager`",
)


def _reason(got: Got, _page: Page) -> Reason:
    key = got.get(KEY)
    return Reason(key=None if key is None else str(key), tell=got.many(TELL), task=got.get(TASK), line=got.line)


REASON = Record(
    name="reason",
    wanted="a reason, like `{key: 1, tell: department}`",
    fields=(KEY, TELL, TASK),
    make=_reason,
)


class _Reasons(msgspec.Struct, frozen=True):
    """All of them: no two have the same key."""

    table: ClassVar[Table[str, Reason]] = Table(
        wanted="reasons by their names, like `order: {key: 1}`",
        key=NewWord(wanted="the name of a reason"),
        value=REASON,
    )

    def read(self, node: Node, page: Page) -> dict[str, Reason]:
        reasons = self.table.read(node, page)
        first: dict[str | None, str] = {}
        for entry in page.mapping(node, self.table.wanted).entries:
            name, key = entry.key.text, page.mapping(entry.value, REASON.wanted).get(KEY.name)
            number = reasons[name].key
            if key is not None and number in first:
                page.wrong(key, f"the key {number} is given twice", f"it tells `{first[number]}` already")
            elif key is not None:
                first[number] = name
        return reasons

    def schema(self, shared: Shared) -> Schema:
        return self.table.schema(shared)


REASONS = _Reasons()
