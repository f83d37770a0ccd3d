"""What of a speech is said in one go."""

import pytest

from premises.utterance import audible
from routing.speech import Number, Piece, Recorded, Speech, Stock, Words

RECORDED = {("en", "digits/7"), ("ru", "digits/7")}


@pytest.mark.parametrize(
    ("language", "pieces", "said"),
    [
        pytest.param("en", (Words("Hello. "), Words("We  listen.")), [Words("Hello. We listen.")], id="words in a row"),
        pytest.param("en", (Number(7), Words(".")), [Stock("digits/7")], id="a full stop is not spoken"),
        pytest.param("ru", (Words("Долг: "), Number(7)), [Words("Долг:"), Stock("digits/7")], id="one recording"),
        pytest.param("ru", (Words("Долг: "), Number(712)), [Words("Долг: 712")], id="several recordings"),
        pytest.param("fa", (Words("مبلغ "), Number(7), Words(" روبل")), [Words("مبلغ 7 روبل")], id="spoken digits"),
        pytest.param("en", (Number(-1),), [Words("-1")], id="below zero"),
        pytest.param("en", (Stock("beep"), Recorded("a.wav")), [Stock("beep"), Recorded("a.wav")], id="recordings"),
        pytest.param("en", (), [], id="nothing"),
    ],
)
def test_pieces_are_said_as(language: str, pieces: tuple[Piece, ...], said: list[Piece]) -> None:
    assert list(audible(Speech(language, pieces), lambda *one: one in RECORDED)) == said
