"""What a day came to, as one table: for `docs/floor.md`."""

from collections import Counter
from collections.abc import Iterator, Mapping

from tests.asterisk.floor.day import Day
from tests.asterisk.floor.recount import Figures
from tests.asterisk.usage import Usage


def table(day: Day, report: Figures, before: Mapping[str, Usage], after: Mapping[str, Usage]) -> str:
    """In Markdown."""
    rows = [*_floor(day), *_calls(day, report), *_people(day, report), *_machine(before, after)]
    return "\n".join(("| what | how much |", "| --- | --- |", *(f"| {what} | {much} |" for what, much in rows)))


def _floor(day: Day) -> Iterator[tuple[str, str]]:
    floor = day.floor
    yield "people, queues, callers at once", f"{floor.operators}, {floor.queues}, {floor.callers}"
    yield "seconds for which callers called", f"{floor.seconds:g}"


def _calls(day: Day, report: Figures) -> Iterator[tuple[str, str]]:
    fates, total = Counter(call.fate for call in day.placed), report["total"][""]
    yield "calls from outside; inside the house", f"{len(day.placed)}; {day.inside}"
    yield "callers who talked with somebody", str(total["answered"])
    yield "left a message", str(fates["message"])
    tasks = [task for task in day.tasks if task.kind == "call-back"]
    reached = sum(back.answered is not None for back in day.backs)
    yield (
        "were promised a call; kept; still somebody's task",
        (f"{len(tasks)}; {sum(task.done is not None for task in tasks)}; {sum(task.done is None for task in tasks)}"),
    )
    yield "telephones of callers rung; answered", f"{len(day.backs)}; {reached}"
    yield "gave up while waiting; in the menu", f"{fates['gave up']}; {fates['left']}"
    yield "vanished; were refused", f"{fates['vanished']}; {fates['refused']}"
    yield (
        "hung up on, with nobody and without a message",
        str(sum(call.fate == "lost" and not day.answered[call.name] for call in day.placed)),
    )
    yield "served by the stand-in", str(sum(story.call.served_by == "stand-in" for story in day.stories))
    yield "mean wait of who was answered", f"{total['mean_wait'] or 0:.1f} s"


def _people(day: Day, report: Figures) -> Iterator[tuple[str, str]]:
    total, rings = report["total"][""], [ring for one in day.telephones for ring in one.rings]
    busy = sorted(row["occupancy"] or 0.0 for row in report["person"].values())
    yield (
        "times that a telephone was rung; answered",
        f"{len(rings)}; {sum(ring.answered is not None for ring in rings)}",
    )
    yield (
        "talk, as the report has it; by the telephones",
        (f"{total['talk']:.0f} s; {sum(ring.talked for ring in rings):.0f} s"),
    )
    yield "handed over; refused, since it was nobody's number", f"{day.handed[200]}; {day.handed[404]}"
    yield "cables pulled, telephones unplugged, absences told", str(sum(len(one.away) for one in day.telephones))
    yield "least and most occupied", f"{busy[0]:.0%}, {busy[-1]:.0%}"
    disturbed = sum(ring.disturbed for ring in rings)
    yield "longest pause of the machine; rings beside its pauses", f"{day.late:.2f} s; {disturbed}"
    yield "warnings in the log", ", ".join(f"{event} ({times})" for (_, event), times in sorted(day.logged.items()))


def _machine(before: Mapping[str, Usage], after: Mapping[str, Usage]) -> Iterator[tuple[str, str]]:
    for who, held in after.items():
        was = before[who]
        yield (
            f"memory and files of {who}, before and after",
            (f"{was.mebibytes:.0f} and {held.mebibytes:.0f} MiB, {was.files} and {held.files}"),
        )
