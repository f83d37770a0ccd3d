"""What the keys mean that whoever talks with a caller presses, in the talk and while a colleague is asked (D11, T6)."""

from collections.abc import Callable

import pytest

from routing.keys import ASK, LONGEST_EXTENSION, WAYS, WISHES, AskColleague, in_talk, while_asking

Read = Callable[[str, str], tuple[str, object]]
NINA = AskColleague("405")


def meanings(read: Read, keys: str) -> list[object]:
    """All that is meant by these keys, one after another."""
    found, pressed = [], ""
    for key in keys:
        pressed, meaning = read(pressed, key)
        found += [meaning] if meaning else []
    return found


@pytest.mark.parametrize(
    ("keys", "meant"),
    [
        pytest.param("*1", ["help"], id="help"),
        pytest.param("*2*3", ["pause", "resume"], id="the recording, twice"),
        pytest.param("*23", ["pause"], id="a key that is left over"),
        pytest.param("**1", ["help"], id="a star too many"),
        pytest.param("*91", [], id="a key with no meaning, and no second chance for the star"),
        pytest.param("123#", [], id="a machine's digits"),
        pytest.param("*4405#", [NINA], id="a colleague"),
        pytest.param("*4405", [], id="a colleague, without the hash"),
        pytest.param("*440*4405#", [NINA], id="begun anew"),
        pytest.param("*4405*1", ["help"], id="help rather than a colleague"),
        pytest.param("*4405##", [NINA], id="a hash too many"),
        pytest.param("*41#*2", [AskColleague("1"), "pause"], id="digits that mean something elsewhere"),
        pytest.param("*4#", [AskColleague("")], id="nobody"),
        pytest.param("*412345678#", [AskColleague("12345678")], id="the longest extension"),
        pytest.param("*4123456789012#", [AskColleague("123456789")], id="longer than any extension is nobody's"),
        pytest.param("*5*6*7", [], id="ways out of nothing"),
    ],
)
def test_what_keys_mean_in_a_talk(keys: str, meant: list[object]) -> None:
    assert meanings(in_talk, keys) == meant


@pytest.mark.parametrize(
    ("keys", "meant"),
    [
        pytest.param("*5", ["back"], id="back"),
        pytest.param("*6*5", ["all three", "back"], id="all three, then back"),
        pytest.param("*8*7", ["hand over"], id="something wrong first"),
        pytest.param("7#*", [], id="nothing"),
        pytest.param("*1*2*4405#", [], id="what means something in a talk"),
    ],
)
def test_what_keys_mean_while_a_colleague_is_asked(keys: str, meant: list[object]) -> None:
    assert meanings(while_asking, keys) == meant


def test_no_key_means_two_things() -> None:
    assert not WISHES.keys() & WAYS.keys()
    assert ASK not in WISHES.keys() | WAYS.keys()


def test_however_long_somebody_presses_keys_little_of_it_is_kept() -> None:
    pressed = ""
    for key in ASK + "1" * 100:
        pressed, _ = in_talk(pressed, key)
    assert len(pressed) <= len(ASK) + LONGEST_EXTENSION + 1
