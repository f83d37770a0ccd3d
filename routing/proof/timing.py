"""How long things take at most: generous, since the proof promises an upper bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing import elsewhere
from routing.rules.queues import Queue
from routing.speech import Number, Piece, Speech, Stock, Words
from routing.texts import speech

if TYPE_CHECKING:
    from routing.rulebook import Rulebook
    from routing.rules.company import Company
    from routing.rules.menus import Menu
    from routing.rules.queues import WaitFor
    from routing.rules.routes import Box, DebtTalk
    from routing.rules.texts import Text

CHARACTERS_A_SECOND = 8
"""A slow speaker's; espeak-ng's usual rate is about 15."""
NUMBER_SECONDS = 8.0
STOCK_SECONDS = 5.0
RECORDED_SECONDS = 60.0
"""The company's own recordings are not opened to be measured."""
CODE_DIGITS = 12
"""The longest code that is waited for, digit by digit."""
_AMOUNTS = {name: Number(0) for name in ("overdue", "balance", "limit")}


def speech_seconds(spoken: Speech) -> float:
    """How long it takes to say this."""
    return sum(_piece_seconds(piece) for piece in spoken.pieces)


def text_seconds(text: Text, company: Company) -> float:
    """How long it takes to say a text in the language that needs longest."""
    return max(speech_seconds(speech(text, company, language, _AMOUNTS)) for language in company.languages)


def texts_seconds(company: Company, *texts: Text | None) -> float:
    """How long it takes to say several texts, one after another; None is no text."""
    return sum(text_seconds(text, company) for text in texts if text is not None)


def menu_seconds(menu: Menu, company: Company) -> float:
    """One question, no key or a wrong one, and being told so."""
    return menu.seconds + texts_seconds(company, menu.say, menu.wrong_key)


def box_seconds(box: Box, rulebook: Rulebook) -> float:
    """The announcement, the longest message, the thanks and the goodbye."""
    return box.seconds + texts_seconds(rulebook.company, box.announce, box.thanks, rulebook.goodbye)


def wait_seconds(wait: WaitFor, rulebook: Rulebook) -> float:
    """An offer may have begun in the last moment; then the line closes, or the caller asks to be called back."""
    queue, company = rulebook.queues.get(wait.group, Queue()), rulebook.company
    closed = texts_seconds(company, queue.closing.tell) if queue.closing else 0.0
    thanks = texts_seconds(company, queue.call_back.thanks, rulebook.goodbye) if queue.call_back else 0.0
    giving = elsewhere.SECONDS if queue.call_back and queue.call_back.elsewhere else 0.0
    return wait.seconds + wait.offer_seconds + giving + max(closed, thanks)


def debt_seconds(talk: DebtTalk, company: Company) -> float:
    """The notice, a wrong code each time but the last, and the amounts."""
    asking = talk.tries * (talk.seconds * CODE_DIGITS + texts_seconds(company, talk.ask_code, talk.wrong_code))
    return texts_seconds(company, talk.notice, *talk.amounts.values()) + (asking if talk.ask_code else 0.0)


def _piece_seconds(piece: Piece) -> float:
    match piece:
        case Words(text):
            return len(text) / CHARACTERS_A_SECOND
        case Number():
            return NUMBER_SECONDS
        case Stock():
            return STOCK_SECONDS
        case _:
            return RECORDED_SECONDS
