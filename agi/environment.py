"""What Asterisk tells of a call when it connects: lines ``agi_KEY: VALUE`` and an empty one.

A caller can put control characters into its name (encoded in the SIP message), and Asterisk 22 hands them on here as
they are: a line's end in a name begins a line that looks like Asterisk's own. So the environment is read strictly,
before anything else sees it: known keys only, each once, all of them there, nothing behind the end. What the stand-in
then acts on, the call's id, comes before everything that a caller can send.
"""

import re
from collections.abc import Callable

from agi.errors import Refused
from db.text import clean

KEYS = frozenset(
    f"agi_{key}"
    for key in (
        *("network", "network_script", "request", "channel", "language", "type", "uniqueid", "version", "callerid"),
        *("calleridname", "callingpres", "callingani2", "callington", "callingtns", "dnid", "rdnis", "context"),
        *("extension", "priority", "enhanced", "accountcode", "threadid"),
    )
)
"""All that Asterisk 22 sends to ``AGI(agi://HOST:PORT/SCRIPT)`` without arguments; each must come."""
SCRIPTS = ("call", "alive", "duty")
"""What the dialplan asks for: to serve the call; only to close the connection, to see that somebody is there; to hear
what one of our people says by a feature code."""
LONGEST_LINE = 2048
"""Bytes. A caller's name may be long; nobody needs to hear the end of it."""

_LINE = re.compile(r"(agi_[a-z0-9_]+): ?(.*)")
_CALL = re.compile(r"(?:[0-9A-Za-z_-]+-)?[0-9]+\.[0-9]+")
_TELEPHONE = re.compile(r"PJSIP/[0-9A-Za-z_.-]+-[0-9a-f]+")

Environment = dict[str, str]


def read_environment(read_line: Callable[[], bytes]) -> Environment:
    """The environment, its values without control characters. Raises `Refused`.

    ``read_line`` gives the next line with its end, at most `LONGEST_LINE` bytes of it, and nothing at the end of the
    connection; a TimeoutError of it is a refusal, too.
    """
    found: Environment = {}
    while line := _next(read_line):
        key, value = _parse(line)
        if key in found:
            raise Refused(f"{key} came twice")
        found[key] = value
    _see_complete(found)
    return found


def _next(read_line: Callable[[], bytes]) -> str:
    """The next line without its end; empty at the environment's end."""
    try:
        line = read_line()
    except TimeoutError:
        raise Refused("it did not come in time") from None
    if not line.endswith(b"\n"):
        raise Refused("a line is too long" if len(line) >= LONGEST_LINE else "it was cut off")
    return line[:-1].decode(errors="replace")


def _parse(line: str) -> tuple[str, str]:
    match = _LINE.fullmatch(clean(line))
    if match is None or match[1] not in KEYS:
        raise Refused(f"Asterisk sends no such line: {clean(line, 40)!r}")
    return match[1], match[2]


def _see_complete(found: Environment) -> None:
    if missing := sorted(KEYS - found.keys()):
        raise Refused(f"{', '.join(missing)} did not come")
    if found["agi_network"] != "yes" or found["agi_network_script"] not in SCRIPTS:
        raise Refused("it is for another script")
    if not _CALL.fullmatch(found["agi_uniqueid"]) or not _TELEPHONE.fullmatch(found["agi_channel"]):
        raise Refused("it has no call of ours")
