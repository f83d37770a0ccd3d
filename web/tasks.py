"""What is owed to callers: who has to see to it, who does, and that it is done (T4)."""

import datetime as dt
import http

import msgspec
import structlog
from msgspec import UNSET, UnsetType

from db.tasks import Owed
from premises.clock import now
from routing.facts import PersonId
from web.office import Office
from web.operations import Operation
from web.owning import owners_within
from web.people import somebody
from web.permissions import Asker, Right
from web.problems import Problem, not_there
from web.words import After, Id, Limit, Moment, OfOne, page_begin, page_end, shown

log = structlog.get_logger()


class TaskTold(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody owes a caller."""

    id: str
    """Of a message to be listened to, the message's; of a remark, which is with the call, the remark's."""
    kind: str
    call: str
    owner: str | None
    """Who must see to it: a person, a group, or a department's head; None: anybody."""
    about: str
    since: dt.datetime
    """Since when the caller waits for it."""
    taken: dt.datetime | None
    taken_by: PersonId | None
    """Who sees to it; None: nobody yet."""
    number: str | None
    """The caller's; None: withheld, or erased."""
    customer: str | None


class TaskNow(TaskTold, frozen=True, kw_only=True):
    """A task as it is now, done or not."""

    done: dt.datetime | None
    done_by: PersonId | None


class Tasks(msgspec.Struct, frozen=True, kw_only=True):
    """What is not done, with those in front who have waited longest."""

    tasks: tuple[TaskTold, ...]
    next: str | None = None
    """What ``after`` must be to get the page behind this one; None: there is none."""


class WhichTasks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many, and behind which."""

    limit: Limit = 50
    after: After | UnsetType = UNSET


class By(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who it is; the one who asks, if nobody is named."""

    person: Id | UnsetType = UNSET


async def tasks(office: Office, asker: Asker, query: WhichTasks) -> Tasks:
    """What is owed to callers and not done, as far as it is for the one who asks, and who sees to it; in pages."""
    owners = await owners_within(office, asker, Right.TASKS)
    beyond = page_begin(query.after, tuple[Moment, Id]) if query.after else None
    owed = await office.ask(lambda: office.tasks.open(owners=owners, beyond=beyond, limit=query.limit + 1))
    page = owed[: query.limit]
    more = page_end(page[-1].task.since, page[-1].task.id) if len(owed) > len(page) else None
    return Tasks(tasks=tuple(_told(one) for one in page), next=more)


async def take_task(office: Office, asker: Asker, path: OfOne, body: By) -> TaskTold:
    """Say who sees to it, instead of whoever did so far."""
    person = await _who(office, asker, body)
    task = await _one(office, asker, path.id)
    at = now()
    if not await office.ask(lambda: office.tasks.take(path.id, person, at)):
        raise not_there("such open task")
    log.info("task taken", account=asker.account.name, task=path.id, by=person)
    return msgspec.structs.replace(_told(task), taken=at, taken_by=person)


async def do_task(office: Office, asker: Asker, path: OfOne, body: By) -> None:
    """Say that it is done; a message was heard by it."""
    person = await _who(office, asker, body)
    await _one(office, asker, path.id)
    if not await office.ask(lambda: office.tasks.do(path.id, person, now())):
        raise not_there("such open task")
    log.info("task done", account=asker.account.name, task=path.id, by=person)


async def _who(office: Office, asker: Asker, body: By) -> PersonId:
    if not body.person and asker.account.person is None:
        raise Problem(http.HTTPStatus.CONFLICT, "person: this account is nobody in the directory, so say who it is")
    person = somebody(await office.staff(), body.person or asker.account.person or "")
    if not asker.may_for(Right.SEE_TO, person.id):
        raise not_there("such person")
    return person.id


async def _one(office: Office, asker: Asker, key: str) -> Owed:
    owners = await owners_within(office, asker, Right.SEE_TO)
    found = await office.ask(lambda: office.tasks.open(task=key, owners=owners))
    if not found:
        raise not_there("such open task")
    return found[0]


def _told(owed: Owed) -> TaskTold:
    return shown(TaskTold, owed.task, number=owed.number, customer=owed.customer)


def task_now(owed: Owed) -> TaskNow:
    """It, done or not."""
    return shown(TaskNow, owed.task, number=owed.number, customer=owed.customer)


OPERATIONS = (
    Operation(method="GET", path="/tasks", do=tasks, right=Right.TASKS, problems=(404,)),
    Operation(method="PUT", path="/tasks/{id}/taken", do=take_task, right=Right.SEE_TO, problems=(409,)),
    Operation(method="PUT", path="/tasks/{id}/done", do=do_task, right=Right.SEE_TO, status=204, problems=(409,)),
)
