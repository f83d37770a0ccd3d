"""Which error a refusal is, and what a reply does with it."""

import asyncio
import pickle
import weakref

import msgspec
import pytest

from ari_app.ari import errors
from ari_app.ari.errors import AriError, CommandFailed, failure, is_gone
from ari_app.ari.events import Bridge
from ari_app.ari.reply import Outcome, Reply
from tests.unit import garbage

FAILURES = {
    "a parameter is wrong": (400, "Invalid endpoint specified", errors.BadRequest),
    "the channel is gone": (404, "Channel not found", errors.NotFound),
    "the channel is gone, says addChannel": (400, "Channel not found", errors.NotFound),
    "the id exists": (409, "Bridge with id 'b' already exists", errors.Conflict),
    "back in the dialplan": (409, "Channel not in Stasis application", errors.NotInStasis),
    "back in the dialplan, says addChannel": (422, "Channel not in Stasis application", errors.NotInStasis),
    "an unknown format": (422, "specified format is unknown on this system", errors.Unprocessable),
    "the telephone is not registered": (500, "Allocation failed", errors.Unavailable),
    "stopping": (503, "Service Unavailable", errors.Unavailable),
    "another status": (412, "Precondition failed", CommandFailed),
}


@pytest.mark.parametrize(("status", "message", "kind"), FAILURES.values(), ids=FAILURES)
def test_a_refusal_is_an_error_of_its_own(status: int, message: str, kind: type[CommandFailed]) -> None:
    error = failure("POST channels", status, message)
    assert type(error) is kind
    assert (error.command, error.status, error.message) == ("POST channels", status, message)
    assert str(error) == f"POST channels: {status} {message}"
    assert isinstance(pickle.loads(pickle.dumps(error)), kind)  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("error", "gone"),
    [
        (failure("x", 404, "Channel not found"), True),
        (failure("x", 422, "Channel not in Stasis application"), True),
        (failure("x", 409, "Channel c1 currently recording"), False),
        (errors.TimedOut("x"), False),
        (errors.LinkLost("x"), False),
    ],
)
def test_what_a_hang_up_explains(error: AriError, gone: bool) -> None:
    assert is_gone(error) is gone


# --------------------------------------------------------------------------------------------------------- replies


async def test_awaiting_gives_the_typed_answer_again_and_again() -> None:
    reply = Reply("GET bridges/b", Bridge)
    waiting = [asyncio.create_task(wait(reply)) for _ in range(2)]
    await asyncio.sleep(0)
    reply.learn(Outcome(200, "OK", '{"id":"b","channels":["1.2"]}'))
    assert [await task for task in waiting] == [Bridge(id="b", channels=("1.2",))] * 2
    assert (await reply).id == "b"


async def wait(reply: Reply[Bridge]) -> Bridge:
    return await reply


async def test_a_cancelled_wait_harms_nobody() -> None:
    reply = Reply("GET bridges/b", Bridge)
    impatient, patient = (asyncio.create_task(wait(reply)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    reply.learn(Outcome(200, "OK", b'{"id":"b"}'))
    assert await patient == Bridge(id="b")
    assert impatient.cancelled()


async def test_the_first_outcome_counts() -> None:
    reply: Reply[None] = Reply("POST x", None)
    reply.learn(Outcome(204))
    reply.learn(errors.TimedOut("late"))
    await reply
    assert reply.error() is None


MESSAGES = {
    "a message": ('{"message":"Channel not found"}', "Channel not found"),
    "an error": ('{"error":"Allocation failed"}', "Allocation failed"),
    "neither": ("{}", "Reason"),
    "no JSON": ("<html>", "Reason"),
    "no text": (b"\xff", "Reason"),
}


@pytest.mark.parametrize(("body", "message"), MESSAGES.values(), ids=MESSAGES)
def test_a_failure_says_asterisks_words(body: str | bytes, message: str) -> None:
    reply: Reply[None] = Reply("POST x", None)
    reply.learn(Outcome(500, "Reason", body))
    error = reply.error()
    assert isinstance(error, CommandFailed)
    assert error.message == message


async def test_an_answer_that_is_not_understood_is_an_error_of_ours() -> None:
    reply = Reply("GET bridges/b", Bridge)
    reply.learn(Outcome(200, "OK", "[]"))
    with pytest.raises(CommandFailed, match="not understood") as failed:
        await reply
    assert isinstance(failed.value.__cause__, msgspec.ValidationError)


def test_nobody_need_wait_and_a_late_listener_is_told_at_once() -> None:
    reply: Reply[None] = Reply("POST x", None)
    told: list[str] = []
    reply.then(lambda: told.append("first"))
    reply.learn(errors.LinkLost("x"))
    reply.then(lambda: told.append("second"))
    assert told == ["first", "second"]


def test_an_error_that_was_caught_is_gone() -> None:
    def caught() -> "weakref.ref[AriError]":
        try:
            reply.result()
        except AriError as error:
            return weakref.ref(error)
        raise AssertionError("it went well")

    reply = Reply("GET bridges/b", Bridge)
    reply.learn(Outcome(404, "Not Found"))
    with garbage.left_lying():
        assert caught()() is None
