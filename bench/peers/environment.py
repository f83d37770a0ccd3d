"""The peers' own environment below .setup/: what ordinary users never need is installed there, once it is asked for."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

_TOP = Path(__file__).resolve().parents[2]
_PACKAGES = Path(__file__).parent / "node_app"
_LOCKED = ("package.json", "package-lock.json")
FOLDER = _TOP / ".setup" / "peers"
PYTHON = FOLDER / "venv" / "bin" / "python"
MODULES = FOLDER / "node_modules"
NODE = "node"


def prepare(say: Callable[[str], None]) -> dict[str, str]:
    """Install what asyncari's and Node's applications need, unless it is there.

    Tells how far it is, and returns the peers that cannot run on this machine: by name, with the reason.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    missing: dict[str, str] = {}
    for peer, install in (("asyncari", _install_python), ("ari-client", _install_node)):
        try:
            install(say)
        except _Missing as reason:
            missing[peer] = str(reason)
            say(f"{peer} is left out: {reason}")
    return missing


class _Missing(Exception):  # noqa: N818 - it is a fact
    """Something cannot be installed; the text says what, and what to do."""


def _install_python(say: Callable[[str], None]) -> None:
    say("asyncari: seeing to its packages")
    _run("sh", str(_TOP / "setup" / "python.sh"), "peers")


def _install_node(say: Callable[[str], None]) -> None:
    for program in (NODE, "npm"):
        if shutil.which(program) is None:
            raise _Missing(f"this machine has no {program} (Debian: apt-get install nodejs npm)")
    if _is_installed():
        return
    say("ari-client: installing its packages")
    for name in _LOCKED:
        shutil.copy(_PACKAGES / name, FOLDER)
    _run("npm", "ci", "--prefix", str(FOLDER), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def _is_installed() -> bool:
    """Whether what npm installed last, which it marks with a lock of its own, is from these very files."""
    done = MODULES / ".package-lock.json"
    return done.exists() and all((FOLDER / name).read_bytes() == (_PACKAGES / name).read_bytes() for name in _LOCKED)


def _run(*command: str) -> None:
    log = FOLDER / "log"
    with log.open("wb") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)  # noqa: S603 - ours
    if done.returncode:
        lines = log.read_text(errors="replace").splitlines()
        raise _Missing("; ".join([f"{command[0]} failed ({log})", *lines[-3:]]))
