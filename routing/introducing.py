"""Who comes and why: what whoever is rung for a caller who was handed over sees, and hears on answering (D11, D22).

What is told is what the company knows and what the caller keyed in. Of a debt it is told that there is one, never how
much (D26); outside numbers are told nothing at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from routing import transfers
from routing.conditions import debts
from routing.line.reach import everybody
from routing.speech import Words
from routing.steps import Introduction, Ring, RingOutside, Wait
from routing.texts import choose_language, speech

if TYPE_CHECKING:
    from routing.call import Call
    from routing.facts import Person, PersonId
    from routing.outcomes import HandedOver
    from routing.rules.chains import Introduce
    from routing.rules.texts import Language
    from routing.speech import Speech

UNKNOWN = "unknown"
"""In ``words``: how somebody is called who is not in the directory."""


def introduced(call: Call, step: Ring | RingOutside | Wait) -> Ring | RingOutside | Wait:
    """The step with what is told of the caller, if somebody has handed the caller over."""
    if call.handing is None or isinstance(step, RingOutside):
        return step
    people = step.people if isinstance(step, Ring) else everybody(step)
    introduction = Introduction(shown=", ".join(_known(call)), spoken=_spoken(call, call.handing, frozenset(people)))
    return msgspec.structs.replace(step, introduction=introduction)


def _known(call: Call) -> list[str]:
    """In the words of the rule file."""
    kind = call.customer.type if call.customer else None
    return [word for word in (kind, call.department, call.intent, *debts(call.customer)) if word]


def _spoken(call: Call, handing: HandedOver, people: frozenset[PersonId]) -> dict[PersonId, Speech]:
    rules = call.rulebook.introduce
    if rules is None:
        return {}
    return {person.id: _speech(call, handing, rules, person) for person in call.facts.staff if person.id in people}


def _speech(call: Call, handing: HandedOver, rules: Introduce, person: Person) -> Speech:
    """In the first language of the person's that the company speaks."""
    company = call.rulebook.company
    language = choose_language(company, *person.languages)
    text = (rules.back if person.id == handing.person else None) or rules.handed_over
    return speech(text, company, language, _blanks(call, handing, rules, language))


def _blanks(call: Call, handing: HandedOver, rules: Introduce, language: Language) -> dict[str, Words]:
    customer = call.customer
    said = {
        "caller": customer.name if customer else _word(UNKNOWN, rules, language),
        "customer": _word(customer.type if customer else None, rules, language),
        "department": _word(call.department, rules, language),
        "intent": _word(call.intent, rules, language),
        "debt": ", ".join(_word(kind, rules, language) for kind in debts(customer)),
        "sender": _name(call, handing.person),
        "wanted": _wanted(call, handing.to, rules, language),
        "why": _word(call.hindrance, rules, language),
    }
    return {name: Words(words) for name, words in said.items()}


def _wanted(call: Call, keyed: str, rules: Introduce, language: Language) -> str:
    """For a short number who is rung first, as the rule file has it."""
    if transfer := call.rulebook.transfers.get(keyed):
        text = transfer.chain[0].text.replace("{department}", _word(call.department, rules, language))
        return text.replace("_", " ")
    return _name(call, keyed)


def _name(call: Call, keyed: str) -> str:
    person = transfers.named(keyed, call.facts.staff)
    return person.name if person else keyed


def _word(word: str | None, rules: Introduce, language: Language) -> str:
    if word is None:
        return ""
    return rules.words[word][language] if word in rules.words else word.replace("_", " ")
