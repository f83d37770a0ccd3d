"""What may be sent over AMI: Asterisk reads a line's end as the next header, and discards messages with long lines."""

import re

LONGEST_LINE = 1022
"""Bytes of one header: 22.10.1 takes 1022 and refuses 1023 ("line too long"), so a variable's value has 1015."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_VARIABLE = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]{0,78}")
FUNCTIONS = frozenset({"TIMEOUT(absolute)"})
"""Dialplan functions that may be written to: each is there because somebody needs it. Others could reach files or the
shell."""


def header(name: str, value: str) -> str:
    """The value of one header, as it may be sent. Raises ValueError, which says what is wrong with it."""
    if _CONTROL.search(value):
        raise ValueError(f"a control character in AMI's {name}: {value!r}")
    if value != value.strip():
        raise ValueError(f"AMI would cut the blanks around its {name}: {value!r}")
    if (length := len(f"{name}: {value}".encode())) > LONGEST_LINE:
        raise ValueError(f"AMI's {name} takes {length} bytes as a line, Asterisk reads {LONGEST_LINE}")
    return value


def variable(name: str) -> str:
    """The name of a channel variable, or a function of `FUNCTIONS`. Raises ValueError."""
    if not _VARIABLE.fullmatch(name) and name not in FUNCTIONS:
        raise ValueError(f"not a variable's name, and not one of {', '.join(sorted(FUNCTIONS))}: {name!r}")
    return name
