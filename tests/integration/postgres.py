"""A PostgreSQL of the tests' own: in a temporary folder, on a Unix socket only, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534
"""PostgreSQL refuses to run as root, so root lends it this user."""
START_SECONDS = 60.0

WITH_US = """
"$@" &
read -r _
kill -INT $!
wait $!
rm -rf "$0"
"""
"""Ends the server and removes its folder once our end of the pipe is closed: also when the tests are killed. SIGINT is
PostgreSQL's "fast": it does not wait for connections that a test left open.
"""


def programs() -> Path | None:
    """The folder of initdb and postgres: $SWITCHBOARD_POSTGRES, Debian's newest, or what pg_config tells; else None."""
    if named := os.environ.get("SWITCHBOARD_POSTGRES"):
        return Path(named)
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name))
    candidates = [*reversed(debian), *_told_by_pg_config()]
    return next((found for found in candidates if (found / "initdb").exists()), None)


def _told_by_pg_config() -> list[Path]:
    program = shutil.which("pg_config")
    if program is None:
        return []
    return [Path(subprocess.run([program, "--bindir"], capture_output=True, text=True, check=True).stdout.strip())]


@contextmanager
def server(binaries: Path) -> Iterator[str]:
    """A running server; gives the URL of its first database, whose user may make others."""
    folder = Path(tempfile.mkdtemp(prefix="sbpg"))
    try:
        binaries = _within_reach(binaries, folder)
        _initialise(binaries, folder)
        with _running(binaries, folder):
            yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _within_reach(binaries: Path, folder: Path) -> Path:
    """The programs where NOBODY may run them: an unpacked tree below root's own closed folders is copied."""
    programs = binaries.resolve()
    if os.getuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return binaries
    tree = next(parent for parent in programs.parents if (parent / "PACKAGES").exists())
    os.chown(folder, NOBODY, NOBODY)
    shutil.copytree(tree, folder / "programs", symlinks=True)
    return folder / "programs" / programs.relative_to(tree)


def _as_nobody() -> dict[str, int | list[int]]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}


def _initialise(binaries: Path, folder: Path) -> None:
    if os.getuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    command = [binaries / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8"]
    command += ["--locale=C", "--no-sync"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **_as_nobody())  # type: ignore[call-overload]


@contextmanager
def _running(binaries: Path, folder: Path) -> Iterator[None]:
    command: list[str | Path] = [binaries / "postgres", "-D", folder / "data"]
    for setting in ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "max_connections=60"):
        command += ["-c", setting]
    shell = ["/bin/sh", "-c", WITH_US, folder]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # type: ignore[call-overload]
            shell + command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd="/", **_as_nobody()
        )
        try:
            _wait(binaries, folder)
            yield
        finally:
            process.stdin.close()
            process.wait(30)


def _wait(binaries: Path, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run([binaries / "pg_isready", "-q", "-h", folder], check=False).returncode:
        if time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.05)
