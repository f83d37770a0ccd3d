"""svcrack of SIPVicious 0.3.3, which tries one password after the other: a guesser that others wrote."""

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

# Its command line reads --bindingip and does not use it, so it is started below that.
START = """
import sys
program, address, port, user, passwords = sys.argv[1:]
sys.path.insert(0, program)
from sipvicious.svcrack import ASipOfRedWine
guesser = ASipOfRedWine(bindingip=address, port=port, username=user, crackmode=2, crackargs=open(passwords))
guesser.start()
print(*(password.decode() for password in guesser.resultpasswd.values()))
"""


@asynccontextmanager
async def svcrack(address: str, port: int, user: str, passwords: Sequence[str], folder: Path) -> AsyncIterator[Process]:
    """Have it guess from this address until the block ends. It prints the password if it is one of these, and ends."""
    words = folder / "passwords.txt"
    words.write_text("".join(f"{password}\n" for password in passwords), encoding="utf-8")
    command = (sys.executable, "-c", START, _program().parent, address, str(port), user, words)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _program() -> Path:
    """Where it is: ``SWITCHBOARD_SVCRACK``, or on the machine. It is Python, and any will do."""
    found = shutil.which(os.environ.get("SWITCHBOARD_SVCRACK", "svcrack")) or shutil.which("svcrack")
    assert found, "svcrack is not there: start the tests by ./switchboard test"
    return Path(found).resolve()
