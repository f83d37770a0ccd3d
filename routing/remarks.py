"""What is told of a call when it is over, and to whom (D14, D20).

A person says what a talk was about by one of the rule file's ``reasons``; the departments that a reason names are told
of it at once. What they are told finds the call and the customer again and says no more: it leaves the house (D26).
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - msgspec reads the fields' types while running
from typing import TYPE_CHECKING

import msgspec

from routing.people import ASSIGNED_MANAGER, HEAD_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routing.facts import PersonId
    from routing.rules.company import Reason

CONCERNED = "department"
"""In a reason: the department concerned by the call, whichever it is."""
ANY = "any"
"""Who is told where the department concerned is not known: somebody has to hear of it."""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What one department is told."""

    reason: str | None
    text: str | None
    """What was noted in words."""
    by: str
    at: dt.datetime
    department: str
    call: str
    arrived: dt.datetime | None
    dialled: str | None
    """None of both: the call's row is not in the register yet."""
    customer: str | None
    """The id in the directory: by it whoever may know more finds it. No name, no debt (D26)."""
    number: str | None
    """The caller's, only where there is no customer: somebody may have to call back."""


def task_owner(task: str, manager: PersonId | None, concerned: str | None) -> str | None:
    """Whose task it is, by a reason's ``task``: a person's, a group's, a department's head's; None: anybody's.

    Of a caller who has no manager it is the task of the head of the department concerned (D15).
    """
    if task != ASSIGNED_MANAGER:
        return task
    return manager or (f"{HEAD_OF}{concerned}" if concerned else None)


def by_key(reasons: Mapping[str, Reason], key: str) -> str | None:
    """The reason that this key tells; None: there is none."""
    return next((name for name, reason in reasons.items() if reason.key == key), None)


def addressees(reason: Reason, concerned: str | None) -> tuple[str, ...]:
    """The departments that are told, each once; `ANY` for the one concerned where that is not known."""
    told = ((concerned or ANY) if word == CONCERNED else word for word in reason.tell)
    return tuple(dict.fromkeys(told))
