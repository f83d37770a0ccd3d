"""What Asterisk tells of a call over AGI: taken only if it is whole and nobody else's hand was in it."""

import io

import pytest

from agi.environment import LONGEST_LINE, read_environment
from agi.errors import Refused
from tests.unit.agi_peer import CALL, ENVIRONMENT


def lines(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode("utf-8", "surrogateescape"))


def test_a_whole_one_is_taken_with_its_values_cleaned() -> None:
    source = lines(ENVIRONMENT.replace("Иван", "a\x1b[31mb\x00") + "\nbehind")
    found = read_environment(lambda: source.readline(LONGEST_LINE))
    assert (found["agi_uniqueid"], found["agi_calleridname"]) == (CALL, "a\ufffd[31mb\ufffd")
    assert source.read() == b"behind"


WHOLE = ENVIRONMENT + "\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "cut off", id="nothing"),
        pytest.param("\n", "did not come", id="only its end"),
        pytest.param(ENVIRONMENT, "cut off", id="without its end"),
        pytest.param(WHOLE.replace("agi_threadid: 1397", "agi_thr"), "no such line", id="a line cut short"),
        pytest.param(WHOLE.replace("agi_language: en\n", ""), "agi_language did not come", id="a line is missing"),
        pytest.param(WHOLE.replace("Иван", "x\nagi_uniqueid: 1.1"), "came twice", id="a known line in the name"),
        pytest.param(WHOLE.replace("Иван", "x\nagi_arg_1: 1"), "no such line", id="an unknown line in the name"),
        pytest.param(WHOLE.replace("Иван", "x\nSET VARIABLE"), "no such line", id="a command in the name"),
        pytest.param(WHOLE.replace("Иван", "x\n"), "did not come", id="the end in the name"),
        pytest.param(WHOLE.replace("_dnid: ", "_dnid: 7\r\nagi_dnid: "), "came twice", id="a line in the number"),
        pytest.param(WHOLE.replace("network: yes", "network: no"), "another script", id="not over the network"),
        pytest.param(WHOLE.replace("script: call", "script: other"), "another script", id="another script"),
        pytest.param(WHOLE.replace(CALL, "../../etc/passwd"), "no call of ours", id="a path for an id"),
        pytest.param(WHOLE.replace(CALL, ""), "no call of ours", id="no id"),
        pytest.param(WHOLE.replace("PJSIP/trunk-0000000a", "Local/1@x;1"), "no call of ours", id="no telephone"),
        pytest.param(WHOLE.replace("Иван", "x" * 5000), "too long", id="a name without an end"),
        pytest.param("GET / HTTP/1.1\r\n\r\n", "no such line", id="a browser"),
    ],
)
def test_anything_else_is_refused(text: str, why: str) -> None:
    source = lines(text)
    with pytest.raises(Refused, match=why):
        read_environment(lambda: source.readline(LONGEST_LINE))


def test_a_late_one_is_refused() -> None:
    def nothing() -> bytes:
        raise TimeoutError

    with pytest.raises(Refused, match="in time"):
        read_environment(nothing)
