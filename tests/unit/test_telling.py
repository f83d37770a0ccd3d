"""What is said, in Asterisk's own phrases, to whoever wants to ask a colleague and cannot (D11)."""

import pytest

from ari_app.oversight.telling import not_reached
from routing.outcomes import Absence


@pytest.mark.parametrize(
    ("extension", "why", "said"),
    [
        pytest.param(None, Absence.UNREACHABLE, "pbx-invalid", id="nobody's extension"),
        pytest.param("405", Absence.BUSY, "vm-theperson 405 vm-isonphone", id="on the phone"),
        pytest.param("405", Absence.RINGING, "vm-theperson 405 vm-isonphone", id="about to be"),
        pytest.param("405", Absence.AWAY, "vm-theperson 405 vm-isunavail", id="away"),
        pytest.param("405", Absence.NO_ANSWER, "vm-theperson 405 vm-isunavail", id="did not answer"),
        pytest.param("", Absence.DECLINED, "im-sorry vm-isunavail", id="without an extension, asked over the API"),
    ],
)
def test_who_cannot_be_asked_and_why(extension: str | None, why: Absence, said: str) -> None:
    assert " ".join(media.partition(":")[2] for media in not_reached(extension, why)) == said
