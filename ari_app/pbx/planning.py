"""From an installation's settings, people and accounts to the values that Asterisk's configuration is rendered from."""

import re

from ari_app.pbx import accounts
from ari_app.pbx.asterisk import PbxError
from dialplan.plan import TRUNK, Account, Pbx, Phone, Ports, Trunk
from premises import ports
from premises.installation import Installation
from routing import transfers
from routing.facts import Person
from routing.people import members
from routing.rulebook import Rulebook

_TO_KEY_IN = re.compile(r"[a-z0-9][a-z0-9_]+")
"""A single letter means something else in the dialplan, and an extension may be any text."""


def plan(installation: Installation, staff: tuple[Person, ...], rulebook: Rulebook, where: Ports) -> Pbx:
    """What this installation's PBX looks like at these ports; accounts are made once and kept."""
    settings = installation.settings
    desks = settings.desk_names
    kept = accounts.settle(installation.pbx / "accounts.json", [*(person.id for person in staff), *desks])
    trunk = settings.trunk
    return Pbx(
        ports=where,
        ari=kept.ari,
        ami=kept.ami,
        phones=(
            *(_phone(person, kept.phones[person.id]) for person in staff),
            *(Phone(person=desk, name=desk, secret=kept.phones[desk]) for desk in desks),
        ),
        trunks=(
            Trunk(
                name=TRUNK,
                match=trunk.match,
                contact=trunk.contact,
                account=Account(trunk.user, trunk.secret) if trunk.user and trunk.secret else None,
            ),
        ),
        transfers=_to_key_in(rulebook, staff),
        emergency=rulebook.outgoing.emergency,
        shown=rulebook.outgoing.shown,
        # Who sits where the dialplan does not know: an operator may be at any of the desks.
        operators=(*(person.id for person in _stand_in(rulebook, staff)), *desks),
        encrypted=settings.phones == "encrypted",
        address=settings.address,
        language=rulebook.company.languages[0],
    )


def own_ports(installation: Installation, *, others: bool = False) -> Ports:
    """The ports of the embedded PBX, which must not be running: what is kept and free, or ``others``, kept from now."""
    file = installation.ports_file
    if others:
        file.unlink(missing_ok=True)
    return ports.settle(file, installation.settings.address)


def kept_ports(installation: Installation) -> Ports:
    """The ports of the PBX that runs already. `PbxError` if none ever did."""
    try:
        return ports.kept(installation.ports_file)
    except ports.NotChosen as why:
        raise PbxError(str(why)) from None


def _phone(person: Person, secret: str) -> Phone:
    return Phone(person=person.id, name=person.name, secret=secret, number=person.extension or "")


def _to_key_in(rulebook: Rulebook, staff: tuple[Person, ...]) -> tuple[str, ...]:
    """Without what calls for help, whoever has that extension since the rules were checked."""
    keyed = filter(_TO_KEY_IN.fullmatch, transfers.targets(rulebook, staff))
    return tuple(each for each in keyed if each not in rulebook.outgoing.emergency)


def _stand_in(rulebook: Rulebook, staff: tuple[Person, ...]) -> tuple[Person, ...]:
    """Whom the dialplan rings while no engine takes calls: whoever the callers of the first waiting line wait for."""
    waits = (route.wait for route in rulebook.routes)
    group = next((wait.group for wait in waits if wait is not None), None)
    return members(rulebook.groups[group], staff) if group else staff
