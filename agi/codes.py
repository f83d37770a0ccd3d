"""Feature codes: who dials one, by who sits at the telephone, and which part of the stand-in hears it."""

import asyncio

from agi import after_call, duty, signing_in
from agi.books import open_notebook
from agi.channel import Channel
from agi.environment import Environment
from premises import ids
from premises.duties import Duties
from premises.installation import Installation
from premises.pins import PinPad
from premises.rulebooks import Rulebooks
from premises.seating import Seating
from premises.turns import Turns


def hear(
    channel: Channel, environment: Environment, installation: Installation, rules: Rulebooks, loop: asyncio.Runner
) -> None:
    """Do what the code says that was dialled, and tell what was done. Raises `agi.errors.AgiError`."""
    code, telephone = environment["agi_extension"], ids.telephone_at(environment["agi_channel"])
    seating = Seating(installation.seats, Turns(installation.turns))
    person = seating.now().person_at(telephone)
    with open_notebook(installation, loop) as notebook:
        duties = Duties(installation.duties, notebook.put)
        if code == signing_in.CODE:
            pins = PinPad(installation.wrong_pins)
            signing_in.serve(channel, telephone, notebook.who_signs_in, pins, seating, duties)
        elif code.startswith(after_call.CODE):
            after_call.serve(channel, code, person, rules, notebook.last_talk, notebook.keep)
        else:
            duty.serve(channel, code, person, rules.now().duty.away, duties, seating)
