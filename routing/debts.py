"""Telling a customer of its debt (D5) without telling anybody else (D26)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from routing.conditions import debts
from routing.outcomes import Proved, Unproved
from routing.speech import Number
from routing.steps import Prove

if TYPE_CHECKING:
    from routing.call import Call, Script
    from routing.facts import Customer
    from routing.rules.routes import DebtTalk
    from routing.rules.texts import Text


def tell_debt(call: Call, rule: str) -> Script[None]:
    """Say that there is a matter to settle; say what it is to whoever keys in the customer's code.

    Who has no debt hears nothing. A caller's number proves nothing: without a code in the directory, or a question
    for it in the rules, the amounts are never spoken.
    """
    talk, customer = call.rulebook.debt, call.customer
    if talk is None or customer is None or not debts(customer):
        return
    yield call.say(talk.notice, rule)
    if talk.ask_code and customer.code is not None and (yield from _prove(call, talk, talk.ask_code, rule)):
        yield from _say_amounts(call, customer, talk, rule)


def _prove(call: Call, talk: DebtTalk, question: Text, rule: str) -> Script[bool]:
    """Whether the code was keyed in. Who keys in nothing rather waits, as the question offers."""
    for attempt in range(1, talk.tries + 1):
        verdict = yield Prove(
            speech=call.speech(question), seconds=talk.seconds, attempt=attempt, notes=call.notes(), rule=rule
        )
        if not isinstance(verdict, Unproved):
            return isinstance(verdict, Proved)
        if talk.wrong_code:
            yield call.say(talk.wrong_code, rule)
    return False


def _say_amounts(call: Call, customer: Customer, talk: DebtTalk, rule: str) -> Script[None]:
    debt = customer.debt
    for kind in debts(customer):
        if text := talk.amounts.get(kind):
            yield call.say(
                text, rule, overdue=_whole(debt.overdue), balance=_whole(debt.balance), limit=_whole(debt.limit)
            )


def _whole(amount: Decimal | None) -> Number:
    """To the nearest whole unit: nobody says kopecks on the telephone."""
    return Number(int((amount or Decimal(0)).quantize(Decimal(1), ROUND_HALF_UP)))
