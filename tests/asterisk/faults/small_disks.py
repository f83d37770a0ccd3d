"""Folders that are small disks of their own for `up` and all that it starts, and that can be filled."""

import errno
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MEBIBYTES = 80
"""More than what counts as full (`ari_app.disk.NO_ROOM`)."""
PIECE = bytes(1 << 20)
MOUNT = """
for folder in "$@"; do
    shift
    test "$folder" = -- && break
    mkdir -p -m 700 "$folder" && mount -t tmpfs -o size={size}m,mode=700 switchboard "$folder" || exit
done
exec "$@"
"""


def namespace() -> list[str] | None:
    """A command that runs another one with mounts that nobody else sees; None: this machine lets nobody do so."""
    command = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        allowed = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return None
    return command if allowed else None


def with_small_disks(command: Sequence[str], folders: Sequence[Path]) -> list[str]:
    """The start of a command line after which these folders are small disks for what follows."""
    return [*command, "sh", "-c", MOUNT.format(size=MEBIBYTES), "sh", *map(str, folders), "--"]


@contextmanager
def full(folder: Path, process: int) -> Iterator[None]:
    """The disk that this process has there takes nothing until the block ends."""
    filler = Path(f"/proc/{process}/root{folder}/filler")
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(PIECE):
                pass
        except OSError as why:
            if why.errno != errno.ENOSPC:
                raise
    try:
        yield
    finally:
        filler.unlink()
