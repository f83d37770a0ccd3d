"""Tables for people: as wide as the terminal, or as wide as they need where there is none, so that no id is cut."""

import sys

from rich.console import Console
from rich.table import Table

WIDE = 240
"""Columns, where the output goes into a file or another program."""


def show(table: Table) -> None:
    """Print it to standard output."""
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)
