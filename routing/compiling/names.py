"""Which names a rule file declares: looked up first, since what uses a name may stand above what declares it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from routing.compiling.company import COMPANY
from routing.compiling.outside import LIMITED
from routing.compiling.texts import LANGUAGE
from routing.reading import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from routing.reading import Node

_SECTIONS = (
    "customers",
    "departments",
    "roles",
    "intents",
    "hours",
    "callers",
    "transfers",
    "groups",
    "lines",
    "menus",
    "boxes",
    "texts",
    "debt",
)


def declared(root: Node) -> dict[str, tuple[str, ...]]:
    """By section, all names, whether what they stand for is right or not; of ``routes`` those that have one.

    A section of the wrong form declares what it can: its mistake is told once, not at each use of its names.
    """
    languages = _names(_get(_company(root), "languages"))
    return {
        **{section: tuple(name.text for name in _names(_get(root, section))) for section in _SECTIONS},
        "outside": tuple(name.text for name in _names(_outside(root, "numbers"))),
        "called back": tuple(name.text for name in _names(_outside(root, "call_back"))),
        # A text is not asked for in a language that is none: YAML takes `no` for false.
        "languages": tuple(
            name.text for name in languages if name.kind == "text" and re.fullmatch(LANGUAGE, name.text)
        ),
        "routes": tuple(name.text for name in route_names(root)),
    }


def country(root: Node) -> str | None:
    """The company's country, as it is written."""
    node = _get(_company(root), "country")
    return node.text if isinstance(node, Scalar) else None


def route_names(root: Node) -> list[Scalar]:
    """The names that routes have."""
    routes = _get(root, "routes")
    items = routes.items if isinstance(routes, Sequence) else (routes,)
    return [name for name in (_get(item, "name") for item in items) if isinstance(name, Scalar)]


def _company(root: Node) -> Node | None:
    company = _get(root, "company")
    return company and COMPANY.mended(company)


def _outside(root: Node, what: str) -> Node | None:
    """A list alone is one of numbers."""
    outside = _get(root, "outside")
    if isinstance(outside, Mapping):
        return _get(LIMITED.mended(outside), what)
    return outside if what == "numbers" else None


def _get(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Mapping) else None


def _names(node: Node | None) -> list[Scalar]:
    if isinstance(node, Mapping):
        return [entry.key for entry in node.entries]
    items = node.items if isinstance(node, Sequence) else (node,)
    return [item for item in items if isinstance(item, Scalar)]
