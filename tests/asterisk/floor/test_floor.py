"""Many operators and callers with random behaviour: whatever they do, what was promised to each of them holds."""

import asyncio
import os
import time
from collections.abc import Iterable, Iterator

import pytest

from tests.asterisk.conftest import switchboard
from tests.asterisk.faults.callcentre import served
from tests.asterisk.faults.left import left
from tests.asterisk.floor import line, matching, promises, recount, telephones
from tests.asterisk.floor.company import Floor
from tests.asterisk.floor.day import Day, spent
from tests.asterisk.floor.figures import table
from tests.asterisk.usage import usage
from tests.form import lasting

pytestmark = pytest.mark.timeout(lasting(300, 1500))
FLOOR = Floor(operators=lasting(6, 30), queues=lasting(3, 5), callers=lasting(12, 60), seconds=lasting(12.0, 600.0))
SEED = "SWITCHBOARD_SEED"
"""The variable that repeats a day which went wrong."""
CLEARED_SECONDS = 15.0
LATE = 0.2
"""Seconds; a BYE comes as late as sound, and each packet that does makes Asterisk's recording longer (22.10.1)."""
ALARMS = frozenset({"register away, its rows wait"})
"""What a machine that has others to serve may bring about."""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The day is over, and the company is still being served."""
    seed = int(os.environ.get(SEED, time.time_ns() % 1_000_000))
    print(f"{SEED}={seed}")
    with served(tmp_path_factory.mktemp("floor"), company=FLOOR.company) as installation:
        before = usage(installation)
        day = asyncio.run(spent(installation, FLOOR, seed))
        print(table(day, day.report(), before, usage(installation)))
        yield day


def none(wrong: Iterable[str]) -> None:
    """Fail with all that is wrong: one fault alone seldom tells why."""
    found = list(wrong)
    print(*found, sep="\n")
    assert not found, f"{len(found)} times, first {found[0]}"


def test_no_telephone_is_rung_by_two_at_once_or_while_its_person_talks(day: Day) -> None:
    none(wrong for one in day.telephones for wrong in telephones.rung_twice(one))


def test_nobody_is_offered_two_calls_at_once(day: Day) -> None:
    legs = matching.legs_of(day.stories)
    none(wrong for person, own in legs.items() for wrong in matching.in_two_calls(person, own))


def test_nobody_is_rung_who_has_said_not_to_be(day: Day) -> None:
    none(wrong for one in day.telephones for wrong in telephones.rung_while_absent(one))


def test_nobody_is_rung_while_wrapping_up(day: Day) -> None:
    none(wrong for one in day.telephones for wrong in telephones.rung_while_wrapping_up(one))


def test_nobody_is_stuck_and_every_telephone_is_served(day: Day) -> None:
    none(day.troubles)
    assert day.handed[None] == 0, "a telephone was not told what came of handing over"


def test_the_switchboard_finds_no_fault_with_itself(day: Day) -> None:
    none(f"{level}: {event}" for level, event in day.logged if level != "warning" and event not in ALARMS)


def test_every_caller_ends_at_a_person_a_message_or_a_call_back_or_has_given_up(day: Day) -> None:
    none(matching.not_served(day.placed, day.stories, day.answered))


def test_who_was_promised_a_call_is_called_or_it_is_still_somebody_s_task(day: Day) -> None:
    none(promises.not_kept(day.called, day.tasks, day.stories))


def test_the_register_has_each_ring_and_talk_of_who_is_called_back(day: Day) -> None:
    none(promises.unlike(day.called, day.backs, day.stories))


def test_who_is_idle_longest_is_rung(day: Day) -> None:
    none(telephones.passed_over(day.telephones, day.by_name, FLOOR))


def test_nobody_in_line_is_overtaken(day: Day) -> None:
    none(line.overtaken((*line.stays(day.stories), *line.promised_stays(day.stories, day.tasks))))


def test_the_register_has_each_ring_and_talk_that_a_telephone_saw(day: Day) -> None:
    pairs, answered = day.pairs, promises.answers(day.called)
    none(wrong for one in day.telephones for wrong in matching.unlike(pairs[one.person], one, answered))


def test_they_hear_each_other_as_long_as_the_register_says(day: Day) -> None:
    pairs, answered, placed = day.pairs, promises.answers(day.called), day.by_name
    none(wrong for one in day.telephones for wrong in telephones.not_heard(one, pairs[one.person], placed, answered))
    none(matching.unheard(placed, pairs, day.telephones, answered, day.heard_back))


def test_the_report_is_what_trails_and_telephones_say(day: Day) -> None:
    report = day.report()
    none(recount.differences(report, day.stories))
    none(recount.disagreeing_sums(report, day.stories))
    none(recount.unlike_telephones(report, day.pairs, promises.answers(day.called)))
    none(recount.unlike_callers(report, day.placed, day.answered, day.backs, day.inside))


def test_register_recordings_and_asterisk_s_list_agree(day: Day) -> None:
    none(finding for finding in day.audited if day.late <= LATE or "length" not in finding)
    verified = switchboard(day.installation.folder, "recordings", "verify")
    assert (verified.returncode, verified.stdout) == (0, "files and register agree\n")


def test_nothing_is_left(day: Day) -> None:
    deadline = time.monotonic() + CLEARED_SECONDS
    while found := left(day.installation):
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
