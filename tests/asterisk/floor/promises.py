"""What callers are owed: each promise of a call is kept or somebody's task, as their telephones and the register say.

A call-back has a row of its own in the register, whose id names the call in which it was promised.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from db.records import LegRow, TaskRow
from db.stories import CallStory
from premises.ids import answers_to
from tests.asterisk.floor.company import BOX_OWNER, PAUSE, QUEUES, TRIES
from tests.asterisk.floor.seen import GRAIN, Back

SLACK = dt.timedelta(seconds=1)
"""By which the INVITE, or its end, may come before or after the register's times."""
COMES = 1.0
"""Seconds from the caller's answer through the dialplan to the engine, which joins both; mostly some milliseconds."""
OWNERS = {queue.name: queue.owner for queue in QUEUES}
Called = Sequence[tuple[CallStory, Back | None]]
"""Each call-back of the register with what the caller's telephone saw of it."""


def called(stories: Iterable[CallStory], backs: Iterable[Back]) -> Called:
    """The call-backs in the order in which callers were rung."""
    unseen, found = sorted(backs, key=lambda back: back.since), list[tuple[CallStory, Back | None]]()
    for story in sorted(stories, key=lambda story: story.call.arrived):
        if answers_to(story.call.id):
            back = next((one for one in unseen if _is_of(story, one)), None)
            if back:
                unseen.remove(back)
            found.append((story, back))
    return found


def _is_of(story: CallStory, back: Back) -> bool:
    ended = story.call.ended or back.since
    return back.number == story.call.number and story.call.arrived - SLACK < back.since < ended + SLACK


def answers(called: Called) -> dict[str, dt.datetime | None]:
    """By the call-backs' ids, when the caller was there: by the own telephone, and a moment later for the engine."""
    return {story.call.id: _there(story, back) for story, back in called}


def _there(story: CallStory, back: Back | None) -> dt.datetime | None:
    if back is None or back.answered is None or story.call.answered is None:
        return back.answered if back else None
    return min(max(story.call.answered, back.answered), back.answered + dt.timedelta(seconds=COMES))


def together(leg: LegRow, answered: Mapping[str, dt.datetime | None]) -> float:
    """Seconds for which this person and the caller were both there; who calls back waits until the caller answers."""
    since = answered.get(leg.call, leg.answered)
    if not (since and leg.answered and leg.ended):
        return 0.0
    return max(0.0, (leg.ended - max(since, leg.answered)).total_seconds())


def unlike(called: Called, backs: Iterable[Back], stories: Iterable[CallStory]) -> Iterator[str]:
    """What register and callers' telephones tell differently."""
    dialled = {story.call.id: story.call.dialled for story in stories}
    seen = [back for _, back in called if back]
    yield from (f"{back.number} was called back at {back.since:%X}: no row" for back in backs if back not in seen)
    for story, back in called:
        id_, end, ended = story.call.id, story.call.end, story.call.ended or story.call.arrived
        if back is None:
            if ended - story.call.arrived > SLACK:
                yield f"{id_} ({end}): the telephone of {story.call.number} was not rung"
            continue
        if back.line != dialled[answers_to(id_) or ""]:
            yield f"{id_}: called from {back.line}, not from the line that was dialled"
        if back.disturbed:
            continue
        talked = (ended - story.call.answered).total_seconds() if story.call.answered else 0.0
        if not -GRAIN < back.talked - talked < COMES:
            yield f"{id_} ({end}) lasted {talked:.2f} s, at the caller's telephone {back.talked:.2f} s"


def not_kept(called: Called, tasks: Iterable[TaskRow], stories: Sequence[CallStory]) -> Iterator[str]:
    """Promises without a task, tasks without an owner; calls to who was reached, or not to who was not."""
    tasks = list(tasks)
    promised = {task.call for task in tasks if task.kind == "call-back"}
    for story in stories:
        if story.call.end == "call-back" and story.call.id not in promised:
            yield f"{story.call.id} was promised a call, which is nobody's task"
        if len(story.messages) != sum(task.call == story.call.id and task.kind == "message" for task in tasks):
            yield f"{story.call.id} left {len(story.messages)} messages, which are not somebody's tasks"
    numbers = {story.call.id: story.call.number for story in stories}
    tries = defaultdict[str, list[CallStory]](list)
    for story, _ in called:
        tries[answers_to(story.call.id) or ""].append(story)
    reached = [story for story, _ in called if story.call.answered]
    for task in tasks:
        if task.kind == "message":
            yield from _wrong_message(task)
        else:
            of_number = [story for story in reached if story.call.number == numbers[task.call]]
            yield from _wrong(task, tries[task.call], of_number)


def _wrong_message(task: TaskRow) -> Iterator[str]:
    if (task.owner, task.done) != (BOX_OWNER, None):
        yield f"{task.id} is {task.owner}'s task, done by {task.done_by}"


def _wrong(task: TaskRow, tries: Sequence[CallStory], reached: Sequence[CallStory]) -> Iterator[str]:
    """``reached``: when the caller was, by whichever promise: who was promised several calls is called once."""
    if task.owner is None or task.owner != OWNERS[task.about]:
        yield f"{task.id} is {task.owner}'s task, not {OWNERS[task.about]}'s"
    kept = next((story for story in reached if story.call.arrived > task.since), None)
    if (task.done is None) != (kept is None):
        yield f"{task.id} is done at {task.done}; the caller was reached in {kept and kept.call.id}"
    if kept and task.done and task.done_by not in {leg.person for leg in kept.legs if leg.answered}:
        yield f"{task.id} was done by {task.done_by}, who did not talk in {kept.call.id}"
    if not kept and not tries:
        yield f"{task.id}: nobody has tried to reach the caller"
    if len(tries) > TRIES or any(story.call.answered for story in tries[:-1]):
        yield f"{task.id}: called {len(tries)} times"
    for one, other in pairwise(tries):
        if (pause := (other.call.arrived - one.call.arrived).total_seconds()) < PAUSE:
            yield f"{task.id}: called again after {pause:.2f} s"
