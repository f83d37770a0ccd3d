"""What the API can be asked: each operation is a function whose signature says what it takes and gives.

=============  ===============================================================================================
parameter      what it is given
=============  ===============================================================================================
``office``     what operations use (`web.office.Office`)
``asker``      who asks; an operation that does not take it is open to everybody
``request``    the request itself, for the few that need more of it
``path``       the parameters in the path, as a struct
``query``      the parameters behind the question mark, as a struct
``body``       the JSON that was sent, as a struct
=============  ===============================================================================================

What it returns is the answer, as JSON; None: 204, and a `Response` is sent as it is. Its docstring is its description.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin

import msgspec
from starlette.responses import Response

from web.permissions import Right

Method = Literal["GET", "POST", "PUT", "DELETE"]
Do = Callable[..., Awaitable[Any]]
Value = TypeVar("Value")
_STRUCTS = ("path", "query", "body")


class Answered(msgspec.Struct, Generic[Value], frozen=True, kw_only=True):
    """An answer that needs more than a value."""

    value: Value
    headers: Mapping[str, str] = {}


class Operation(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One method of one path."""

    method: Method
    path: str
    do: Do
    right: Right | None = None
    """What the one who asks must have, be it of little reach; None: whoever has signed in may ask."""
    status: int = 200
    media: str = "application/json"
    problems: tuple[int, ...] = ()
    """Statuses of its own, beside those that follow from what it takes."""

    @property
    def name(self) -> str:
        """How programs call it."""
        return self.do.__name__

    @cached_property
    def wants(self) -> Mapping[str, Any]:
        """The function's parameters with their types."""
        signature = inspect.signature(self.do, eval_str=True)
        return {name: parameter.annotation for name, parameter in signature.parameters.items()}

    @cached_property
    def takes(self) -> Mapping[str, type[msgspec.Struct]]:
        """Of ``path``, ``query`` and ``body`` those that it wants."""
        return {name: kind for name, kind in self.wants.items() if name in _STRUCTS}

    @property
    def is_open(self) -> bool:
        """Whether it answers everybody."""
        return "asker" not in self.wants

    @property
    def gives(self) -> Any:
        """The type of its answer; None: none, or none that a schema could describe."""
        kind = inspect.signature(self.do, eval_str=True).return_annotation
        if get_origin(kind) is Answered:
            kind = get_args(kind)[0]
        return None if kind is None or (isinstance(kind, type) and issubclass(kind, Response)) else kind
