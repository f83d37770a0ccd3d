"""What is said, in Asterisk's own phrases, to whoever wants to ask a colleague and cannot (D11)."""

import pytest

from ari_app.oversight.telling import not_reached
from routing.facts import Person
from routing.outcomes import Absence

NINA = Person(id="nina", name="Nina", role="manager", extension="405")


@pytest.mark.parametrize(
    ("whom", "why", "said"),
    [
        pytest.param(None, None, "pbx-invalid", id="nobody's extension"),
        pytest.param(NINA, Absence.BUSY, "vm-theperson 405 vm-isonphone", id="on the phone"),
        pytest.param(NINA, Absence.RINGING, "vm-theperson 405 vm-isonphone", id="about to be"),
        pytest.param(NINA, Absence.AWAY, "vm-theperson 405 vm-isunavail", id="away"),
        pytest.param(NINA, Absence.NO_ANSWER, "vm-theperson 405 vm-isunavail", id="did not answer"),
        pytest.param(
            Person(id="arman", name="Arman", role="accountant"),
            Absence.DECLINED,
            "im-sorry vm-isunavail",
            id="without an extension, asked over the API",
        ),
    ],
)
def test_who_cannot_be_asked_and_why(whom: Person | None, why: Absence | None, said: str) -> None:
    assert " ".join(media.partition(":")[2] for media in not_reached(whom, why)) == said
