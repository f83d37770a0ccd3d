"""Circles in a graph: Tarjan's strongly connected components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

Node = TypeVar("Node", bound="Hashable")


def components(after: Mapping[Node, Iterable[Node]]) -> list[list[Node]]:
    """Nodes that lead to one another, together; each group comes after all others that it leads to."""
    search = _Search(after)
    for node in after:
        search.visit(node)
    return search.found


def is_single(component: Sequence[Node], after: Mapping[Node, Iterable[Node]]) -> bool:
    """Whether nothing in the component leads back to itself."""
    return len(component) == 1 and component[0] not in after[component[0]]


class _Search(Generic[Node]):
    """A walk through the graph, depth first. No recursion: a thousand routes may follow one another."""

    def __init__(self, after: Mapping[Node, Iterable[Node]]) -> None:
        self.found: list[list[Node]] = []
        self._after = after
        self._order: dict[Node, int] = {}
        self._lowest: dict[Node, int] = {}
        """The first node, by order, that a node leads back to."""
        self._unplaced: dict[Node, None] = {}
        """Nodes whose component is not complete yet, in order."""

    def visit(self, root: Node) -> None:
        way = [] if root in self._order else [self._enter(root)]
        while way:
            node, following = way[-1]
            unseen = next((each for each in following if self._is_unseen(node, each)), None)
            if unseen is not None:
                way.append(self._enter(unseen))
                continue
            way.pop()
            if way:
                self._lower(way[-1][0], self._lowest[node])
            if self._lowest[node] == self._order[node]:
                self._complete(node)

    def _enter(self, node: Node) -> tuple[Node, Iterator[Node]]:
        self._order[node] = self._lowest[node] = len(self._order)
        self._unplaced[node] = None
        return node, iter(self._after[node])

    def _is_unseen(self, node: Node, following: Node) -> bool:
        if following in self._unplaced:
            self._lower(node, self._order[following])
        return following not in self._order

    def _lower(self, node: Node, order: int) -> None:
        self._lowest[node] = min(self._lowest[node], order)

    def _complete(self, first: Node) -> None:
        component: list[Node] = []
        while not component or component[-1] != first:
            component.append(self._unplaced.popitem()[0])
        self.found.append(component)
