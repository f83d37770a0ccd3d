"""A password or a PIN, read from the terminal without being shown, or from standard input."""

import getpass
import sys
from collections.abc import Callable

from ari_app.cli import Refused
from premises import passwords


def asked(what: str, wrong_with: Callable[[str], str | None]) -> str:
    """As it is to be kept. From a terminal it is asked for twice, since nobody sees what is typed. Raises `Refused`.

    ``wrong_with`` tells why something cannot be taken.
    """
    if sys.stdin.isatty():
        typed = getpass.getpass(f"{what}: ")
        if getpass.getpass("Once more: ") != typed:
            raise Refused(f"these were two different ones: the {what} was not changed")
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    if why := wrong_with(typed):
        raise Refused(f"{why}: nothing was changed")
    return passwords.kept(typed)
