"""The figures of a report, by table: what each one is called, counts, or is made of."""

from typing import Literal

import msgspec

Unit = Literal["calls", "time", "share"]
TABLES = ("total", "hour", "day", "queue", "department", "person")


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of a row."""

    name: str
    title: str
    """In a table for people."""
    about: str
    unit: Unit = "calls"
    over: tuple[str, str] | None = None
    """The two figures whose ratio it is; None: it is counted. A mean is a time over a number of calls."""


def _count(name: str, title: str, about: str) -> Column:
    return Column(name=name, title=title, about=about)


def _time(name: str, title: str, about: str, over: tuple[str, str] | None = None) -> Column:
    return Column(name=name, title=title, about=about, unit="time", over=over)


COLUMNS = {
    column.name: column
    for column in (
        _count("calls", "calls", "all that arrived"),
        _count("wanted", "wanted", "for which somebody was to be brought"),
        _count("offers", "offered", "times that somebody was rung"),
        _count("answered", "answered", "somebody talked with the caller"),
        _count("in_time", "in time", "answered within the time agreed"),
        Column(
            name="service_level",
            title="service level",
            about="share answered in time of those for which somebody was to be brought",
            unit="share",
            over=("in_time", "wanted"),
        ),
        _count("abandoned", "abandoned", "the caller hung up while waiting"),
        _count("missed", "missed", "times that somebody was rung in vain"),
        _count("passed_on", "passed on", "nobody was reached, the rules went on"),
        _count("left", "left", "the caller hung up before anybody was wanted, in the menu"),
        _count("message", "messages", "a message was left"),
        _count("call_back", "to call back", "the caller is to be called back"),
        _count("not_reached", "not reached", "the caller was called back in vain"),
        _count("outgoing", "outgoing", "one of our people called outside"),
        _count("inside", "inside", "one of our people called a colleague"),
        _count("goodbye", "goodbyes", "a spoken text was the end"),
        _count("cut_off", "cut off", "a fault ended it, or too many calls at once"),
        _count("open", "open", "not ended, or not closed: `switchboard audit` tells"),
        _time("waited", "wait", "of those answered, until the answer"),
        _time(
            "mean_wait",
            "mean wait",
            "from wanting somebody to the answer, for each that was answered",
            ("waited", "answered"),
        ),
        _time("abandoned_after", "gave up", "of those abandoned, until the hang-up"),
        _time(
            "mean_abandoned_after",
            "gave up after",
            "from wanting somebody to the hang-up, for each that was abandoned",
            ("abandoned_after", "abandoned"),
        ),
        _count("talks", "talks", "one for each person in a call"),
        _time("talk", "talk", "of all people with callers"),
        _time("mean_talk", "mean talk", "of one person in one call", ("talk", "talks")),
        _time("wrap_up", "wrap-up", "of all people, after their talks"),
        _time("handling", "handling", "talk, the caller's waiting in it, and wrap-up"),
        _time("mean_handling", "mean handling", "for each talk", ("handling", "talks")),
        _count("transfers", "transfers", "a caller was handed to somebody else"),
        _time("at_work", "at work", "of all people: signed in, not away, at a registered telephone"),
        _time("busy", "busy", "being rung, talking or wrapping up, by the clock"),
        Column(
            name="occupancy",
            title="occupancy",
            about="the busy share of the time at work",
            unit="share",
            over=("busy", "at_work"),
        ),
    )
}

_ALL = (
    "calls wanted answered in_time service_level abandoned left message call_back goodbye not_reached outgoing inside"
    " cut_off open waited mean_wait abandoned_after mean_abandoned_after talks talk mean_talk wrap_up handling"
    " mean_handling transfers at_work busy occupancy"
)
_QUEUE = (
    "wanted answered in_time service_level abandoned passed_on cut_off waited mean_wait abandoned_after"
    " mean_abandoned_after talks talk mean_talk wrap_up handling mean_handling"
)
_PERSON = (
    "offers missed answered talks talk mean_talk wrap_up handling mean_handling in_time waited mean_wait transfers"
    " at_work busy occupancy"
)
_DEPARTMENT = (
    "offers missed wanted answered in_time service_level abandoned waited mean_wait abandoned_after"
    " mean_abandoned_after talks talk mean_talk wrap_up handling mean_handling transfers at_work busy occupancy"
)
_OF_TABLES = {
    "total": _ALL,
    "day": _ALL,
    "hour": _ALL,
    "queue": _QUEUE,
    "person": _PERSON,
    "department": _DEPARTMENT,
}


def columns_of(table: str) -> tuple[Column, ...]:
    """The figures of a table, in their order."""
    return tuple(COLUMNS[name] for name in _OF_TABLES[table].split())
