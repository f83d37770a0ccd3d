"""Telephone numbers in one form, so that what the trunk sends and what the directory holds can be compared.

The form is E.164 with its plus sign (``+74951234567``). What is no such number (an extension, a short code, a number
too long) stays as its digits, so that the register can still say who called.
"""

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache

import phonenumbers

from routing.outgoing import OUTGOING
from routing.transfers import BACK, INSIDE

LONGEST = 32
"""Digits kept of what is no E.164 number; E.164 itself has 15 at most."""

REMEMBERED = 2_000
"""Numbers whose form is kept, those of the lines and of who calls often: finding it takes a fifth of a millisecond. One
more is a third of a kilobyte for as long as the process lives."""

_LONGEST_READ = 64
"""Characters looked at: a number with all its brackets and spaces is far shorter, an attack is not."""

_KIND = phonenumbers.PhoneNumberType
_ORDINARY = frozenset((_KIND.FIXED_LINE, _KIND.MOBILE, _KIND.FIXED_LINE_OR_MOBILE, _KIND.TOLL_FREE, _KIND.VOIP))
_SCHEME = re.compile(r"\s*(?:tel|sips?):", re.IGNORECASE)
_UNDIALLED = re.compile(r"[^0-9+*#]")


def normalise(number: str | None, country: str) -> str | None:
    """E.164 where it can be made, else the digits as they came (with ``*`` and ``#``), else None: withheld.

    ``country`` (two letters) tells what a number without a country code means. Whatever a caller sends is taken: this
    never raises. A number that lacks only its plus sign, as many trunks send it, is understood too.
    """
    dialled = _dialled(number or "")
    if not any(character.isdigit() for character in dialled):
        return None
    return _e164(dialled, country) or _digits(dialled)


def e164(number: str, country: str) -> str | None:
    """E.164, or None where the text is no number that exists in the numbering plan: for files written by people."""
    return _e164(_dialled(number), country) if len(number) <= _LONGEST_READ else None


def is_ordinary(number: str) -> bool:
    """Whether calling this E.164 number costs what calls cost as a rule: no premium, shared-cost or unknown one."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) in _ORDINARY
    except phonenumbers.NumberParseException:
        return False


def line_of(dialled: str, country: str) -> str:
    """What a call has dialled: a number as `normalise` gives it, or one of our people, as we have marked it."""
    return dialled if dialled.startswith((INSIDE, BACK)) else normalise(dialled, country) or ""


def both_ends(
    number: str | None,
    dialled: str,
    country: str,
    *,
    lines: Container[str],
    emergency: Container[str] = (),
    person: str,
) -> tuple[str | None, str]:
    """Who is outside, by number, and what of ours was dialled, or which of our people calls: ``>mark``.

    ``lines``: the company's own, which its telephones may call as well. ``emergency``: what is called as it
    was dialled. ``person``: whose telephone it is.
    """
    if not dialled.startswith(OUTGOING):
        return normalise(number, country), line_of(dialled, country)
    keyed = dialled.removeprefix(OUTGOING)
    called = keyed if keyed in emergency else normalise(keyed, country)
    if called is None or called in lines:
        return normalise(number, country), called or ""
    return called, OUTGOING + person


def _dialled(text: str) -> str:
    """What could be dialled, with Western digits; a SIP or tel address is cut down to its user part."""
    text = _SCHEME.sub("", text[:_LONGEST_READ]).partition("@")[0].partition(";")[0]
    if not text.isascii():
        text = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)
    return _UNDIALLED.sub("", text)


def _digits(dialled: str) -> str:
    sign = "+" if dialled.startswith("+") else ""
    return sign + dialled.replace("+", "")[:LONGEST]


@lru_cache(maxsize=REMEMBERED)
def _e164(dialled: str, country: str) -> str | None:
    if "*" in dialled or "#" in dialled:
        return None
    spellings = (dialled,) if dialled.startswith("+") else (dialled, f"+{dialled}")
    return next((found for spelling in spellings if (found := _parsed(spelling, country))), None)


def _parsed(dialled: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(dialled, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
