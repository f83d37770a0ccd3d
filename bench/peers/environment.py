"""The peers' own environment below .setup/: what ordinary users never need is installed there, once it is asked for."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

_TOP = Path(__file__).resolve().parents[2]
FOLDER = _TOP / ".setup" / "peers"
PYTHON = FOLDER / "venv" / "bin" / "python"
MODULES = FOLDER / "node_modules"
NODE = "node"
_PACKAGES = Path(__file__).parent / "node_app"
_LOCKED = ("package.json", "package-lock.json")
_LAST_LINES = 3

Say = Callable[[str], None]


class NotHere(Exception):  # noqa: N818 - it is a fact
    """A peer cannot run on this machine; the text says why and what to do."""


def prepare(say: Say) -> dict[str, str]:
    """Install what asyncari's and Node's applications need, unless it is there.

    Tells how far it is, and returns the peers that cannot run on this machine: by name, with the reason.
    """
    not_here: dict[str, str] = {}
    for peer, install in (("asyncari", install_python), ("ari-client", install_node)):
        try:
            install(say)
        except NotHere as reason:
            not_here[peer] = str(reason)
            say(f"{peer} is left out: {reason}")
    return not_here


def install_python(say: Say) -> None:
    """The packages of requirements-peers.lock into a virtual environment. Raises `NotHere`."""
    say("peers: seeing to asyncari")
    _run("sh", str(_TOP / "setup" / "python.sh"), "peers")


def install_node(say: Say) -> None:
    """The packages of Node's application; none of them may run a program while it is installed. Raises `NotHere`."""
    for program in (NODE, "npm"):
        if shutil.which(program) is None:
            raise NotHere(f"this machine has no {program} (as root: apt-get install nodejs npm)")
    say("peers: seeing to ari-client")
    if not _has_modules():
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in _LOCKED:
            shutil.copy(_PACKAGES / name, FOLDER)
        _run("npm", "ci", "--prefix", str(FOLDER), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def _has_modules() -> bool:
    """Whether npm came to its end, where it leaves a lock of its own, and with these very files."""
    done = MODULES / ".package-lock.json"
    return done.exists() and all((FOLDER / name).read_bytes() == (_PACKAGES / name).read_bytes() for name in _LOCKED)


def _run(*command: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    log = FOLDER / "log"
    with log.open("wb") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)  # noqa: S603 - ours
    if done.returncode:
        last = log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
        raise NotHere("; ".join([f"{command[0]} failed ({log})", *last]))
