"""An Asterisk of its own for a test that does things to it, with one phone and a trunk from this machine."""

from pathlib import Path

from ari_app.pbx import accounts
from dialplan.plan import LOOPBACK, Pbx, Phone, Trunk
from premises import ports


def plan(folder: Path) -> Pbx:
    """What it is rendered from; ports and secrets are kept in the folder."""
    kept = accounts.settle(folder / "secrets.json", ["anna"])
    return Pbx(
        ports=ports.settle(folder / "ports.json"),
        ari=kept.ari,
        ami=kept.ami,
        phones=tuple(Phone(person=person, name=person, secret=secret) for person, secret in kept.phones.items()),
        trunks=(Trunk(name="trunk", match=(LOOPBACK,)),),
        operators=("anna",),
    )
