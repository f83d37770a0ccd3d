"""Whom messages and tasks are for: a person, a group or a department's head, as the rule file has it."""

from collections.abc import Collection

from routing.people import HEAD_OF, owners
from web.office import Office
from web.permissions import Asker, Right


async def owners_within(office: Office, asker: Asker, right: Right) -> frozenset[str] | None:
    """Every owner of which somebody is within the reach of this right; None: whatever the owner."""
    within = asker.within(right)
    if within is None:
        return None
    rulebook, people = await office.rulebook(), (await office.staff()).people
    named = (*rulebook.groups, *(f"{HEAD_OF}{department}" for department in rulebook.departments))
    meant = {owner: {person.id for person in owners(owner, rulebook, people)} for owner in named}
    return within.people | {owner for owner, whom in meant.items() if whom & within.people}


def is_for(owner: str | None, owners: Collection[str] | None) -> bool:
    """Whether what this owner has is for one of them; what nobody is named for is for everybody."""
    return owner is None or owners is None or owner in owners
