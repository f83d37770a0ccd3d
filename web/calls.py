"""Calls: those that go on, those of the register, and the story of one."""

import datetime as dt
from collections.abc import Iterable

import msgspec
from msgspec import UNSET, UnsetType

from db.records import CallEnd, CallRow, Deed, LegRow, ServedBy
from db.stories import CallStory
from routing.explain import Told, retell
from routing.facts import PersonId
from routing.trail import UnreadableTrailError, decode
from web.office import Office
from web.operations import Operation
from web.owning import owners_within
from web.permissions import Asker, Right, Within
from web.problems import not_there
from web.words import After, Id, Limit, Moment, Number, OfOne, e164, page_begin, page_end, shown


class LegTold(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to bring a person (or an outside number) to a call."""

    id: str
    call: str
    person: PersonId
    rule: str | None
    rang: dt.datetime
    answered: dt.datetime | None
    ended: dt.datetime | None
    wrapped_up: dt.datetime | None
    """Until when the person wrote up the talk; None: no time was given for that."""
    why: str | None
    """Why it was not answered."""


class CallTold(msgspec.Struct, frozen=True, kw_only=True):
    """A call that reached us."""

    id: str
    arrived: dt.datetime
    number: str | None
    """The caller's; None: withheld, or erased."""
    name: str | None
    """What the caller's side sent as its name: it proves nothing."""
    dialled: str
    customer: str | None
    intent: str | None
    rules: str | None
    """The version of the rules that it was served by."""
    answered: dt.datetime | None
    ended: dt.datetime | None
    """None: it goes on, or nobody saw its end."""
    end: CallEnd | None
    served_by: ServedBy
    erased: dt.datetime | None
    """When all that tells who called was erased from it."""
    legs: tuple[LegTold, ...]
    """In the order of their ringing."""


class Calls(msgspec.Struct, frozen=True, kw_only=True):
    """Calls, the newest first."""

    calls: tuple[CallTold, ...]
    next: str | None = None
    """What ``after`` must be to get the page behind this one; None: there is none."""


class RecordingTold(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed recording: left is the caller, right what the caller heard."""

    started: dt.datetime
    seconds: float
    bytes: int
    sha256: str
    repaired: bool
    removed: dt.datetime | None


class MessageTold(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a box."""

    id: str
    call: str
    box: str
    owner: str | None
    """Who must listen to it: a person, a group, or a department's head; None: anybody."""
    left: dt.datetime
    seconds: float
    heard: dt.datetime | None
    heard_by: str | None
    removed: dt.datetime | None


class ActTold(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did in a talk beside talking: heard along, called for help, paused the recording; or ended it for
    whoever talked."""

    by: str
    what: Deed
    person: PersonId
    """Who talked with the caller."""
    began: dt.datetime
    ended: dt.datetime | None
    """None: it goes on, or was the matter of a moment."""
    why: str | None


class RemarkTold(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody noted about a call."""

    by: str
    at: dt.datetime
    reason: str | None
    """One of the rule file's reasons."""
    text: str | None
    """What was noted in words; None: nothing, or erased."""
    department: str | None
    """The one concerned by the call, as far as it is known."""
    tell: tuple[str, ...]
    """The departments that are told of it."""


class StoryTold(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one call."""

    call: CallTold
    trail: tuple[Told, ...]
    """What was done, what came of it, and the reasons, in words."""
    recording: RecordingTold | None
    messages: tuple[MessageTold, ...]
    acts: tuple[ActTold, ...]
    """What supervisors and others did in its talks."""
    remarks: tuple[RemarkTold, ...]
    """What was noted about it, in that order."""


class Which(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which calls are meant; all conditions hold together."""

    since: Moment | UnsetType = UNSET
    until: Moment | UnsetType = UNSET
    person: Id | UnsetType = UNSET
    number: Number | UnsetType = UNSET
    dialled: Number | UnsetType = UNSET
    customer: Id | UnsetType = UNSET
    limit: Limit = 50
    after: After | UnsetType = UNSET


async def live_calls(office: Office, asker: Asker) -> Calls:
    """Calls that go on, the newest first, with whom they ring and who talks.

    Also those of the last two days whose end nobody saw; an engine closes these soon.
    """
    rows = await office.ask(office.stories.open_calls)
    told = await _with_legs(office, rows)
    return Calls(calls=tuple(call for call in reversed(told) if is_within(call, asker.within(Right.CALLS))))


async def calls(office: Office, asker: Asker, query: Which) -> Calls:
    """Calls of the register, the newest first, in pages."""
    within = asker.within(Right.CALLS)
    rows = await office.ask(
        lambda: office.stories.calls(
            limit=query.limit + 1,
            beyond=page_begin(query.after, tuple[Moment, Id]) if query.after else None,
            since=query.since or None,
            until=query.until or None,
            person=query.person or None,
            number=e164(query.number) if query.number else None,
            dialled=e164(query.dialled) if query.dialled else None,
            customer=query.customer or None,
            among=None if within is None else within.people,
        )
    )
    page = rows[: query.limit]
    more = page_end(page[-1].arrived, page[-1].id) if len(rows) > len(page) else None
    return Calls(calls=await _with_legs(office, page), next=more)


async def call(office: Office, asker: Asker, path: OfOne) -> StoryTold:
    """The story of one call: who was rung, what was done and why, its recording and messages."""
    story = await story_within(office, asker, path.id)
    return StoryTold(
        call=call_told(story.call, story.legs),
        trail=_trail(story),
        recording=shown(RecordingTold, story.recording) if story.recording else None,
        messages=tuple(shown(MessageTold, one) for one in story.messages),
        acts=tuple(shown(ActTold, one) for one in story.acts),
        remarks=tuple(shown(RemarkTold, one) for one in story.remarks),
    )


async def story_within(office: Office, asker: Asker, key: str) -> CallStory:
    """A call that the one who asks may see. Raises `Problem` 404."""
    story = await office.ask(lambda: office.stories.story(key))
    within = asker.within(Right.CALLS)
    if story is not None and (within is None or not within.people.isdisjoint(story.people)):
        return story
    if story is not None and await _owes(office, asker, key):
        return story
    raise not_there("such call")


async def _owes(office: Office, asker: Asker, call: str) -> bool:
    """Whoever has to see to something must know what it is about, and what was noted with it."""
    owners = await owners_within(office, asker, Right.TASKS)
    owed = await office.ask(lambda: office.tasks.of_call(call))
    return any(owners is None or one.owner is None or not owners.isdisjoint({one.owner, one.taken_by}) for one in owed)


def is_within(call: CallTold, within: Within | None) -> bool:
    """Whether somebody of these was rung in it."""
    return within is None or any(leg.person in within.people for leg in call.legs)


def call_told(row: CallRow, legs: Iterable[LegRow]) -> CallTold:
    """What may be known of it by whoever may see it at all."""
    return shown(CallTold, row, legs=tuple(shown(LegTold, leg) for leg in legs))


async def _with_legs(office: Office, rows: tuple[CallRow, ...]) -> tuple[CallTold, ...]:
    legs = await office.ask(lambda: office.stories.legs([row.id for row in rows]))
    return tuple(call_told(row, legs.get(row.id, ())) for row in rows)


def _trail(story: CallStory) -> tuple[Told, ...]:
    try:
        return retell(decode(story.call.trail)) if story.call.trail else ()
    except UnreadableTrailError:  # of a version of this program that told it otherwise
        return ()


OPERATIONS = (
    Operation(method="GET", path="/calls/live", do=live_calls, right=Right.CALLS),
    Operation(method="GET", path="/calls", do=calls, right=Right.CALLS, problems=(404,)),
    Operation(method="GET", path="/calls/{id}", do=call, right=Right.CALLS),
)
