"""Imports point one way: routing <- db <- premises <- agi, ari_app, web; a call's script touches nothing that acts."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
ROOMS = {
    "routing": set[str](),
    "db": {"routing"},
    "dialplan": set[str](),
    "demo": set[str](),
    "reports": {"routing", "db"},
    "premises": {"routing", "db", "dialplan", "reports"},
    "agi": {"routing", "db", "dialplan", "premises"},
    "ari_app/ari": set[str](),
    "ari_app": {"routing", "db", "dialplan", "premises", "demo", "reports"},
    "web": {"routing", "db", "dialplan", "premises", "reports"},
    "bench": {"routing", "db", "dialplan", "premises", "demo", "ari_app"},
}
OURS = {"routing", "db", "reports", "dialplan", "premises", "demo", "ari_app", "agi", "web", "bench"}
ACTING = {"asyncio", "socket", "sqlalchemy", "time", "random", "threading", "subprocess", "aiohttp", "picows"}


def imports(file: Path) -> set[str]:
    """The full names of everything that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def files(room: str) -> list[Path]:
    found = sorted((TOP / room).rglob("*.py"))
    if room == "ari_app":
        found = [file for file in found if "ari" not in file.relative_to(TOP / room).parts[:1]]
    assert found
    return found


@pytest.mark.parametrize(("room", "may"), ROOMS.items(), ids=ROOMS)
def test_a_room_imports_only_what_it_may(room: str, may: set[str]) -> None:
    own = room.replace("/", ".")
    for file in files(room):
        for name in imports(file):
            top = name.split(".")[0]
            allowed = top not in OURS or top in may or name == own or name.startswith(f"{own}.")
            assert allowed, f"{file.relative_to(TOP)} imports {name}"


def test_statistics_know_the_register_by_its_rows_alone_and_touch_nothing_that_acts() -> None:
    for file in files("reports"):
        names = imports(file)
        assert {name for name in names if name.startswith("db.")} <= {"db.records"}, file
        assert not {name.split(".")[0] for name in names} & ACTING, file


def test_the_script_of_a_call_imports_nothing_that_acts() -> None:
    for file in files("routing"):
        acting = {name.split(".")[0] for name in imports(file)} & ACTING
        assert not acting, f"{file.relative_to(TOP)} imports {acting}"


def test_an_engine_loads_nothing_large_that_it_does_not_need() -> None:
    """It would take memory in the engine, in the spare one and in `up`, and time before the first call."""
    code = "import sys, ari_app.commands.engine; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True)
    assert {"alembic", "cryptography"}.isdisjoint(told.stdout.split())
