"""YAML's own complaints in the words of somebody who writes rules: what PyYAML found, and what to do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

from routing.mistakes import Mistake

if TYPE_CHECKING:
    import yaml

    from routing.source import Source

_INDENT = "lines that belong together begin in the same column, what belongs to them two spaces further right"
_QUOTE_IT = "put the whole text in quotes"
_LOOK = "docs/rules.md shows how a rule file is written"
_QUOTE_VALUE = "separate the entries by commas, and put one that contains `{ } [ ] : #` in quotes"


class _Known(msgspec.Struct, frozen=True):
    """One of PyYAML's complaints."""

    pattern: str
    at: Literal["problem", "context"]
    """Where the admin has to look: where it went wrong, or where it began (a quote was opened)."""
    message: str
    help: str


_KNOWN = (
    _Known(
        r"while scanning a quoted scalar; found unexpected (end of stream|document separator).*",
        "context",
        "these quotes are never closed",
        "close them with the same sign; write an apostrophe within '…' twice",
    ),
    _Known(
        r"while scanning a simple key; could not find expected ':'.*",
        "context",
        "a colon is missing after this, or the line does not belong here",
        "write `word: value`; a text of several lines needs quotes",
    ),
    _Known(
        r"while parsing a flow \w+; .*\(another line\)",
        "context",
        "this bracket is never closed",
        "close `[` with `]` and `{` with `}`",
    ),
    _Known(
        r"while parsing a flow \w+; expected .* but got '[\[{]'",
        "problem",
        "a text with a bracket in it has no quotes",
        'write it like "head of {department} 30s"',
    ),
    _Known(
        r"while parsing a flow \w+; expected .*",
        "problem",
        "a comma or a closing bracket is missing before this",
        _QUOTE_VALUE,
    ),
    _Known(r".*expected the node content, but found .*", "problem", "something is missing before this", _QUOTE_VALUE),
    _Known(
        r".*found character '\\t' that cannot start any token.*",
        "problem",
        "a tab stands here, and YAML indents with spaces only",
        "replace the tab by spaces; most editors can do that for the whole file",
    ),
    _Known(
        r".*found character '.' that cannot start any token.*",
        "problem",
        "a text cannot begin with this sign",
        _QUOTE_IT,
    ),
    _Known(
        r".*mapping values are not allowed here.*",
        "problem",
        "a colon stands where none can be",
        f"a text with a colon and a space in it needs quotes; else the indentation is wrong: {_INDENT}",
    ),
    _Known(
        r"while scanning an alias.*",
        "context",
        "`*` has a meaning of its own in YAML",
        'the star key of a telephone is written in quotes: "*"',
    ),
    _Known(r"while scanning an anchor.*", "context", "`&` has a meaning of its own in YAML", _QUOTE_IT),
    _Known(
        r".*found unknown escape character.*",
        "problem",
        "`\\` has a meaning of its own in double quotes",
        "write it twice: `\\\\`",
    ),
    _Known(
        r".*expected <block end>, but found '<scalar>'.*",
        "problem",
        "something follows after the closing quotes",
        "put the whole text in one pair of quotes; write an apostrophe within '…' twice",
    ),
    _Known(
        r".*expected <block end>, but found '[\]}]'.*",
        "problem",
        "this bracket was never opened",
        "leave it out, or put a text that contains it in quotes",
    ),
    _Known(r".*expected <block end>, but found .*", "problem", "this line begins in the wrong column", _INDENT),
    _Known(
        r".*(YAML directive|incompatible YAML document).*",
        "problem",
        "`%YAML` has no meaning in a rule file",
        "leave the line out",
    ),
    _Known(r".*expected '<document start>'.*", "problem", "this does not belong to what stands before it", _INDENT),
)


def explain(error: yaml.MarkedYAMLError, source: Source) -> Mistake:
    """What to tell the admin of YAML's complaint, at the place where it can be mended."""
    said = _said(error)
    known = next((known for known in _KNOWN if re.fullmatch(known.pattern, said, re.DOTALL)), None)
    mark = error.context_mark if known and known.at == "context" else error.problem_mark
    place = source.place(mark.index if mark else 0)
    message, advice = (known.message, known.help) if known else (f"this is not YAML: {said}", _LOOK)
    return Mistake(line=place.line, column=place.column, message=message, help=advice)


def _said(error: yaml.MarkedYAMLError) -> str:
    """PyYAML's words, and whether what began on one line went wrong on another."""
    began, wrong = error.context_mark, error.problem_mark
    said = "; ".join(part for part in (error.context, error.problem) if part)
    return f"{said} (another line)" if began and wrong and began.line != wrong.line else said
