"""The caller's channel over AGI: what is sent to Asterisk, and what its answers mean."""

import datetime as dt

import pytest

from agi.channel import Channel, Played
from agi.errors import CallerLeft, CommandFailed, LinkGone
from tests.unit.agi_peer import GONE, Answers, channel


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        pytest.param("/var/a folder/x", '"/var/a folder/x"', id="a space"),
        pytest.param('/a"b\\c', '"/a\\"b\\\\c"', id="a quote and a backslash"),
        pytest.param("/a\r\nHANGUP\n", '"/a\ufffd\ufffdHANGUP\ufffd"', id="a line's end"),
    ],
)
def test_no_text_becomes_a_command(path: str, sent: str) -> None:
    with channel() as (caller, asterisk):
        caller.play(path)
    assert asterisk.commands == [f'STREAM FILE {sent} "0123456789*#" 0']


@pytest.mark.parametrize(
    ("answer", "played"),
    [
        pytest.param("200 result=0 endpos=8000", Played(None, 8000), id="to its end"),
        pytest.param("200 result=49 endpos=1600", Played("1", 1600), id="until a key"),
        pytest.param("200 result=35 endpos=0", Played("#", 0), id="until hash"),
    ],
)
def test_a_sound_tells_how_far_it_came(answer: str, played: Played) -> None:
    with channel({"STREAM FILE": answer}) as (caller, _):
        assert caller.play("/x") == played


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        pytest.param({"STREAM": GONE}, CallerLeft, id="the caller was gone before"),
        pytest.param({"STREAM": "200 result=-1 endpos=0", "CHANNEL": GONE}, CallerLeft, id="the caller leaves"),
        pytest.param({"STREAM": "200 result=-1 (hangup)"}, CallerLeft, id="the caller leaves, told outright"),
        pytest.param({"STREAM": "200 result=-1 endpos=0"}, CommandFailed, id="the caller is there: no such file"),
        pytest.param({"STREAM": "510 Invalid or unknown command"}, CommandFailed, id="an unknown command"),
        pytest.param({"STREAM": "599 Something"}, CommandFailed, id="an unknown answer"),
        pytest.param({"STREAM": "close"}, LinkGone, id="Asterisk ends"),
        pytest.param({"STREAM": "agi_dnid: what was left of a forged environment"}, LinkGone, id="no answer at all"),
        pytest.param({"STREAM": "HANGUP\n" + GONE}, CallerLeft, id="a hang-up told between two answers"),
    ],
)
def test_what_goes_wrong_has_a_name(answers: Answers, error: type[Exception]) -> None:
    with channel(answers) as (caller, _), pytest.raises(error):
        caller.play("/x")


def test_a_connection_that_is_gone_is_noticed_when_something_is_sent() -> None:
    with channel({"ANSWER": "close"}) as (caller, _):
        with pytest.raises(LinkGone):
            caller.answer()
        with pytest.raises(LinkGone):
            caller.answer()
        assert not caller.is_there()


def test_ringing_tells_status_cause_and_when_it_was_answered() -> None:
    answers: Answers = {
        r"GET.*DIALSTATUS": "200 result=1 (ANSWER)",
        r"GET.*HANGUPCAUSE": "200 result=1 (16)",
        r"GET.*SB_ANSWERED": "200 result=1 (1764000000.250)",
    }
    with channel(answers) as (caller, asterisk):
        dialled = caller.dial("PJSIP/anna", 20, "gir")
    assert (dialled.status, dialled.cause, dialled.left) == ("ANSWER", 16, False)
    assert dialled.answered == dt.datetime.fromtimestamp(1764000000.25, dt.UTC)
    assert asterisk.told("EXEC") == ['EXEC Dial "PJSIP/anna,20,girU(stand-in-answered^s^1)"']


def test_who_leaves_while_it_rings_is_told_by_the_answer() -> None:
    answers: Answers = {
        "EXEC": "200 result=-1",
        "CHANNEL": GONE,
        "GET.*DIALSTATUS": "200 result=1 (CANCEL)",
        "GET": "200 result=1 ()",
    }
    with channel(answers) as (caller, _):
        dialled = caller.dial("PJSIP/anna", 20, "gir")
    assert (dialled.status, dialled.cause, dialled.answered, dialled.left) == ("CANCEL", None, None, True)


def test_the_commands_are_asterisks() -> None:
    def all_of_them(caller: Channel) -> None:
        caller.answer()
        caller.wait_for_key(1.5)
        caller.record("/spool/m-1", seconds=60, silence=4)
        caller.start_music()
        caller.stop_music()
        caller.set("CHANNEL(language)", "ru")
        caller.device_state("anna")
        caller.hang_up()

    with channel() as (caller, asterisk):
        all_of_them(caller)
        assert caller.is_up()
    assert asterisk.commands == [
        "ANSWER",
        "WAIT FOR DIGIT 1500",
        'RECORD FILE "/spool/m-1" wav "#" 60000 BEEP s=4',
        "SET MUSIC ON",
        "SET MUSIC OFF",
        'SET VARIABLE "CHANNEL(language)" "ru"',
        'GET FULL VARIABLE "${DEVICE_STATE(PJSIP/anna)}"',
        "HANGUP",
        "CHANNEL STATUS",
    ]


def test_nothing_of_a_call_reaches_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """pyst2 writes all of it there by itself."""
    with channel() as (caller, _):
        caller.answer()
    assert capfd.readouterr() == ("", "")
