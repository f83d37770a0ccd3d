"""Which names a rule file declares: looked up first, since what uses a name may stand above what declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.reading import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from routing.reading import Node

_LISTS = ("customers", "departments", "roles", "intents", "outside")
_TABLES = ("hours", "callers", "groups", "lines", "menus", "boxes", "texts", "debt")


def declared(root: Node) -> dict[str, tuple[str, ...]]:
    """By section, all names; of ``routes`` those that have one. What is not formed as it should be declares nothing."""
    return {
        **{section: _items(_get(root, section)) for section in _LISTS},
        **{section: _keys(_get(root, section)) for section in _TABLES},
        "languages": _items(_get(_get(root, "company"), "languages")),
        "routes": tuple(name.text for name in route_names(root)),
    }


def country(root: Node) -> str | None:
    """The company's country, as it is written."""
    node = _get(_get(root, "company"), "country")
    return node.text if isinstance(node, Scalar) else None


def route_names(root: Node) -> list[Scalar]:
    """The names that routes have."""
    routes = _get(root, "routes")
    items = routes.items if isinstance(routes, Sequence) else (routes,)
    return [name for name in (_get(item, "name") for item in items) if isinstance(name, Scalar)]


def _get(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Mapping) else None


def _keys(node: Node | None) -> tuple[str, ...]:
    return tuple(entry.key.text for entry in node.entries) if isinstance(node, Mapping) else ()


def _items(node: Node | None) -> tuple[str, ...]:
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(item.text for item in items if isinstance(item, Scalar))
