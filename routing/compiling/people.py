"""Who is meant by the words of a rule file: people, groups, roles, heads, outside numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

import msgspec

from routing.compiling.shapes import ByForm, Field, Got, Many, Record, Table
from routing.compiling.words import Known, NewWord
from routing.people import ASSIGNED_MANAGER, HEAD
from routing.rules.chains import Group, Head, Named
from routing.rules.company import Members

if TYPE_CHECKING:
    from routing.compiling.page import Page
    from routing.compiling.shapes import Schema, Shared
    from routing.reading import Mapping, Node
    from routing.source import Place

ANOTHER = "another"
DEPARTMENT_CONCERNED = "{department}"
_PERSON = re.compile(r"[a-z][a-z0-9_]*")


class PersonName(msgspec.Struct, frozen=True):
    """Somebody in the directory."""

    wanted: ClassVar[str] = "a person's short name in the directory"

    def read(self, node: Node, page: Page) -> str:
        """The person's id."""
        return person(node, page.word(node, self.wanted), page)

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "pattern": f"^{_PERSON.pattern}$"}


class Owner(msgspec.Struct, frozen=True):
    """Who must listen to messages, or see to something else."""

    wanted: ClassVar[str] = "a person, a group, or `head of` a department"
    also: tuple[str, ...] = ()
    """Words that are taken as well."""

    def read(self, node: Node, page: Page) -> str:
        """As it is written."""
        text = " ".join(page.word(node, self.wanted).split())
        found = re.fullmatch(r"head of (\S+)", text)
        if text in self.also:
            return text
        if found and found[1] != DEPARTMENT_CONCERNED:
            head(node.place, found[1], page)
        else:
            person_or_group(node, text, page)
        return text

    def schema(self, _shared: Shared) -> Schema:
        """A string."""
        return {"type": "string", "minLength": 1}


def person(where: Node | Place, name: str, page: Page) -> str:
    """A person's id, found in the directory if that is known."""
    if page.staff is None and _PERSON.fullmatch(name):
        return name
    if name not in page.people():
        raise page.unknown(where, f"nobody in the directory is called `{name}`", name, page.people())
    return name


def person_or_group(where: Node | Place, name: str, page: Page) -> Named | Group:
    """Who is meant by a bare word."""
    if name in page.names["groups"]:
        return Group(name)
    if (page.staff is None and _PERSON.fullmatch(name)) or name in page.people():
        return Named(name)
    known = (*page.names["groups"], *page.people(), ASSIGNED_MANAGER)
    raise page.wrong(where, f"no person and no group is called `{name}`", _who_help(name, known, page))


def head(where: Node | Place, department: str, page: Page) -> Head:
    """A department's head; ``{department}``: of the one concerned."""
    if HEAD not in page.names["roles"]:
        raise page.wrong(where, "`head of` needs the role `head`", "add head to `roles:`")
    if department == DEPARTMENT_CONCERNED:
        return Head(None)
    if department not in page.names["departments"]:
        known = (*page.names["departments"], DEPARTMENT_CONCERNED)
        raise page.unknown(where, f"no department is called `{department}`", department, known)
    return Head(department)


def _who_help(name: str, known: tuple[str, ...], page: Page) -> str:
    if name in page.names["roles"]:
        return f"it is a role: write `another {name}`, or make a group of it"
    if name in page.names["departments"]:
        return f"it is a department: write `head of {name}`, or make a group of it"
    return page.choice(name, known)


ROLE = Field(name="role", shape=Known(section="roles", what="role"), about="Everybody of this role")
DEPARTMENT = Field(
    name="department", shape=Known(section="departments", what="department"), about="Everybody of this department"
)
PEOPLE = Field(name="people", shape=Many(PersonName()), about="People by their short names")


class _List(msgspec.Struct, frozen=True):
    """A group that is a list of people and nothing else."""

    def read(self, node: Node, page: Page) -> Members:
        people = PEOPLE.shape.read(node, page)
        return Members(name=node.name, people=people, line=node.place.line)

    def schema(self, shared: Shared) -> Schema:
        return PEOPLE.shape.schema(shared)


def _members(got: Got, _page: Page) -> Members:
    return Members(
        name=got.node.name,
        people=got.many(PEOPLE),
        role=got.get(ROLE),
        department=got.get(DEPARTMENT),
        line=got.line,
    )


def _check_members(got: Got, page: Page) -> None:
    if not got.node.entries:
        page.wrong(got.node, "nothing tells who belongs to this group", "give a role, a department, or people")


class _GroupName(msgspec.Struct, frozen=True):
    """A group's name, which must not be anybody's."""

    word: NewWord = NewWord(wanted="the name of a group", reserved=(ASSIGNED_MANAGER, ANOTHER, HEAD))

    def read(self, node: Node, page: Page) -> str:
        name = self.word.read(node, page)
        if name in page.people():
            raise page.wrong(node, f"`{name}` is a person in the directory", "choose another name for the group")
        return name

    def schema(self, shared: Shared) -> Schema:
        return self.word.schema(shared)


GROUPS = Table(
    wanted="groups by their names",
    key=_GroupName(),
    value=ByForm(
        word=_List(),
        keys=Record(
            name="group",
            wanted="who belongs to it, like `{role: operator}`",
            fields=(PEOPLE, ROLE, DEPARTMENT),
            make=_members,
            check=_check_members,
        ),
    ),
)


def check_staff(root: Mapping, page: Page) -> None:
    """The directory must not use words that the rule file does not have: its people could not be placed."""
    for one in page.staff or ():
        used = [("roles", one.role), *(("departments", name) for name in one.departments)]
        used += [("hours", one.hours)] if one.hours else []
        for section, name in used:
            if name not in page.names[section]:
                where = next((entry.key for entry in root.entries if entry.key.text == section), root)
                message = f"`{one.id}` in the directory has `{name}`, which `{section}` does not list"
                page.unknown(where, message, name, page.names[section])
