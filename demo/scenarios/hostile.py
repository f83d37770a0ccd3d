"""Callers who send what no telephone sends. Each is answered or refused properly, and registered."""

from os import fsdecode

from demo.scenario import Expected, Press, Scenario, Talk
from demo.scenarios.cast import MAIN, stranger

HOST = "sip.invalid"
REFUSALS = (400, 403, 404, 413, 416, 484, 513, 603)
"""Proper answers to what cannot be understood. (Asterisk 22.10.1 understands them all, and the calls are answered.)"""


WHOLESALE, RETAIL = ("11", "viktor"), ("12", "galina")
"""What they key in, and whom they reach: the two heads, so that two of them can be played at a time."""


def _hostile(
    id_: str,
    title: str,
    sender: str,
    caller: str | None,
    *,
    dialled: str = MAIN,
    codes: tuple[int, ...] = (),
    wants: tuple[str, str] = WHOLESALE,
) -> Scenario:
    keys, head = wants
    expected = Expected(talk=(head,), rules=("D15", "D15"), intent="order", codes=codes)
    script = (Press(keys), Talk())
    return Scenario(
        f"hostile-{id_}", "T4", title, caller, script, expected, dialled=dialled, sender=sender, in_demo=False
    )


def _from(number: str, name: str) -> str:
    return f"{name} <sip:{number}@{HOST}>"


ALL = (
    _hostile("anonymous", "withholds its number", '"Anonymous" <sip:anonymous@anonymous.invalid>', None),
    _hostile("long-name", "has a name of 4 KB", _from(stranger(1), '"' + "N" * 4096 + '"'), stranger(1), wants=RETAIL),
    _hostile("quotes", "has quotes in its name", _from(stranger(2), r'"\"; DROP TABLE calls; --\\"'), stranger(2)),
    _hostile(
        "not-utf-8",
        "has a name that is no UTF-8",
        _from(stranger(3), fsdecode(b'"\xff\xfe\x80 caf\xe9"')),
        stranger(3),
        codes=REFUSALS,
        wants=RETAIL,
    ),
    _hostile(
        "control-characters",
        "has control characters in its name",
        _from(stranger(4), '"a\x01b\x1b[31m\x7f\tc"'),
        stranger(4),
        codes=REFUSALS,
    ),
    _hostile(
        "forged-lines",
        "has line ends in its number",
        f"<sip:{stranger(5)}%0d%0aAction:%20Logoff@{HOST}>",
        stranger(5),
        wants=RETAIL,
    ),
    _hostile("abroad", "calls from another country", _from("+989121234567", '"Tehran"'), "+989121234567", wants=RETAIL),
    _hostile("no-number", "has letters for a number", _from("bobby%00tables", '"%s%n"'), None),
    _hostile(
        "ampersand", "has & in the number it dials", _from(stranger(6), ""), stranger(6), dialled=f"{MAIN}&PJSIP%2fanna"
    ),
    _hostile(
        "variables",
        "has Asterisk's variables in its name",
        _from(stranger(7), '"${SHELL(id)} $[1+1] ;,|"'),
        stranger(7),
        wants=RETAIL,
    ),
    _hostile("script", "has a web page in its name", _from(stranger(8), '"<script>alert(1)</script>"'), stranger(8)),
    _hostile(
        "right-to-left",
        "has a name that turns the writing",
        _from(stranger(9), '"\u202eabc\u202c \u200b"'),
        stranger(9),
        codes=REFUSALS,
        wants=RETAIL,
    ),
)
