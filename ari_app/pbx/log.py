"""Asterisk's own log: what it complains about, cut before it fills a disk, and quoted where it does not do its work."""

from pathlib import Path

LONGEST = 16 << 20
"""Bytes of it; as much is kept of the one before."""
LINES = 12


class AsteriskLog:
    """In the folder ``log`` of an Asterisk's."""

    def __init__(self, folder: Path) -> None:
        self.console = folder / "console"
        """What it says until it logs, and where it ends."""
        self.file = folder / "messages"

    def is_long(self) -> bool:
        """Whether it is time for another one."""
        return self.file.exists() and self.file.stat().st_size > LONGEST

    def set_aside(self) -> None:
        """It is the log of before from now on, in the place of the one that was so."""
        if self.file.exists():
            self.file.replace(self.file.with_name("messages.old"))

    def last_lines(self) -> str:
        """Its end, to be put behind a message."""
        lines: list[str] = []
        for file in (self.console, self.file):
            try:
                lines += file.read_text(errors="replace").splitlines()
            except OSError:
                continue
        last = [line for line in lines if line.strip() and "NOTICE" not in line][-LINES:]
        return ". The last lines of its log:\n" + "\n".join(f"    {line}" for line in last) if last else ""
