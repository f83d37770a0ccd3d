"""What stands in one cell of an imported file: read, or reported with what to write instead.

Every function gives what it read, or the empty value after having reported the mistake: so a row is read to its end,
and all its mistakes are told at once.
"""

import datetime as dt
import re
from collections.abc import Collection
from decimal import Decimal

from db.importing.report import nearest, quoted
from db.importing.sheet import SheetRow
from db.numbers import e164
from db.text import clean
from routing.facts import Leave

LONGEST_ID = 64
LONGEST_NAME = 256
_AMOUNT = re.compile(r"-?[0-9]{1,14}(?:\.[0-9]{1,4}|,[0-9]{1,2})?")
"""With a comma two decimals at most: ``1,234`` may mean more than a thousand, so it is asked back."""
_SPACES = re.compile(r"\s+")
_BETWEEN_WORDS = re.compile(r"[;,|\s]+")
_BETWEEN_NAMES = re.compile(r"[;|\n]")
_BETWEEN_NUMBERS = re.compile(r"[;,|\n]|\s+(?=\+)")
_SPAN = re.compile(r"\s*\.\.\s*")


def text(row: SheetRow, column: str, longest: int, *, required: bool = False) -> str | None:
    """Any text of one line; None where there is none."""
    cell = row[column]
    if not cell:
        if required:
            row.wrong(column, "nothing is written here")
        return None
    if len(cell) > longest:
        row.wrong(column, f"this is too long: {len(cell)} characters", f"{longest} at most")
    elif clean(cell) != cell:
        not_utf8 = any("\ud800" <= character <= "\udfff" for character in cell)
        what = "is not UTF-8" if not_utf8 else "has control characters"
        row.wrong(column, f"{quoted(cell)} {what}", "save the file as CSV UTF-8" if not_utf8 else "remove them")
    else:
        return cell
    return None


def key(row: SheetRow, pattern: re.Pattern[str], form: str) -> str:
    """The row's id."""
    cell = text(row, "id", LONGEST_ID, required=True)
    if cell is None or pattern.fullmatch(cell):
        return cell or ""
    row.wrong("id", f"{quoted(cell)} cannot be an id", form)
    return ""


def word(row: SheetRow, column: str, known: Collection[str], what: str, *, required: bool = False) -> str | None:
    """One of the known words; ``what`` says in the message what is missing: ``no role is called``."""
    cell = row[column]
    if cell in known:
        return cell
    if cell:
        row.wrong(column, f"{what} {quoted(cell)}", nearest(cell, known))
    elif required:
        row.wrong(column, "nothing is written here", nearest("", known))
    return None


def words(row: SheetRow, column: str, known: Collection[str], what: str) -> tuple[str, ...]:
    """Some of the known words, each once, with spaces, commas, semicolons or bars in between."""
    cell = row[column]
    if not cell:
        return ()
    found = dict.fromkeys(one for one in _BETWEEN_WORDS.split(cell) if one)
    for one in found:
        if one not in known:
            row.wrong(column, f"{what} {quoted(one)}", nearest(one, known))
    return tuple(found)


def names(row: SheetRow, column: str, longest: int) -> tuple[str, ...]:
    """Names, with semicolons or bars in between: a comma may belong to a name."""
    cell = text(row, column, longest)
    return () if cell is None else tuple(name for part in _BETWEEN_NAMES.split(cell) if (name := part.strip()))


def numbers(row: SheetRow, column: str, country: str) -> tuple[str, ...]:
    """Telephone numbers in E.164, each once. After a space the next one begins with its plus sign."""
    cell = row[column]
    if not cell:
        return ()
    found: dict[str, None] = {}
    for written in _BETWEEN_NUMBERS.split(cell):
        if not written.strip():
            continue
        number = e164(written, country)
        if number is None:
            advice = 'write it with plus sign and country code; put ";" between numbers'
            row.wrong(column, f"{quoted(written.strip())} is no telephone number", advice)
        else:
            found[number] = None
    return tuple(found)


def money(row: SheetRow, column: str, *, below_zero: bool = False) -> Decimal | None:
    """An amount: ``1234.50``, ``1 234,50``; None where there is none."""
    cell = row[column]
    if not cell:
        return None
    plain = _SPACES.sub("", cell)
    if not _AMOUNT.fullmatch(plain):
        row.wrong(column, f"{quoted(cell)} is no amount", "write it as 1234.50")
        return None
    amount = Decimal(plain.replace(",", "."))
    if amount < 0 and not below_zero:
        row.wrong(column, f"{quoted(cell)} is below zero", "write 0 where nothing is owed")
        return None
    return amount


def digits(row: SheetRow, column: str, least: int, most: int) -> str | None:
    """Digits only; the message does not show them, for a code is secret (D26)."""
    cell = row[column]
    if not cell:
        return None
    if cell.isascii() and cell.isdigit() and least <= len(cell) <= most:
        return cell
    row.wrong(column, "this cannot be keyed in by everybody", f"{least} to {most} of the digits 0 to 9")
    return None


def leave(row: SheetRow, column: str) -> tuple[Leave, ...]:
    """Days and spans of days: ``2026-12-01..2026-12-14; 2027-01-03``."""
    found: dict[dt.date, Leave] = {}
    for written in _BETWEEN_WORDS.split(_SPAN.sub("..", row[column])):
        if not written:
            continue
        first, _, last = written.partition("..")
        try:
            one = Leave(dt.date.fromisoformat(first), dt.date.fromisoformat(last or first))
        except ValueError:
            row.wrong(column, f"{quoted(written)} is no day", "write 2026-12-01 or 2026-12-01..2026-12-14")
            continue
        if one.last < one.first:
            row.wrong(column, f"{quoted(written)} ends before it begins", f"write {last}..{first}")
        elif one.first in found:
            row.wrong(column, f"two leaves begin on {first}", "write them as one")
        else:
            found[one.first] = one
    return tuple(found[first] for first in sorted(found))
