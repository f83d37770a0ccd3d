"""The images: what they are made of, and how a container tells that it can take calls."""

import http.server
import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((TOP / "compose.yaml").read_text())
DOCKERFILE = (TOP / "Dockerfile").read_text()


@contextmanager
def engine(status: int) -> Iterator[str]:
    """A server that answers every question with this status."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"no link to Asterisk")

        def log_message(self, *_: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/ready"
        server.shutdown()
        thread.join()


def healthy(data: Path) -> tuple[int, str]:
    command = [sys.executable, str(TOP / "docker" / "healthy.py")]
    environment = {**os.environ, "SWITCHBOARD_DATA": str(data)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=20)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("status", "exits", "says"),
    [
        pytest.param(200, 0, "", id="ready"),
        pytest.param(503, 1, "no link to Asterisk\n", id="not ready"),
    ],
)
def test_a_container_is_healthy_when_its_engine_is_ready(tmp_path: Path, status: int, exits: int, says: str) -> None:
    with engine(status) as address:
        (tmp_path / "endpoints.json").write_text(json.dumps({"api": {"ready": address}}))
        assert healthy(tmp_path) == (exits, says)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(None, id="not serving yet"),
        pytest.param("{", id="half a file"),
        pytest.param("{}", id="no address"),
        pytest.param('{"api": {"ready": "http://127.0.0.1:9/ready"}}', id="nobody there"),
    ],
)
def test_a_container_is_not_healthy_when_its_engine_is_away(tmp_path: Path, written: str | None) -> None:
    if written is not None:
        (tmp_path / "endpoints.json").write_text(written)
    exits, says = healthy(tmp_path)
    assert exits == 1
    assert says.startswith("not serving: ")


def test_the_image_has_every_room() -> None:
    rooms = set(tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["mypy"]["packages"]) - {"tests", "bench"}
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    let_through = {line[1:] for line in (TOP / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert rooms == copied
    assert rooms <= let_through


def test_nothing_is_installed_without_its_hash() -> None:
    assert [line for line in DOCKERFILE.splitlines() if "pip install" in line and "--require-hashes" not in line] == []


def test_both_services_are_built_here_and_have_no_rights() -> None:
    for service in COMPOSE["services"].values():
        assert service["build"]["context"] == "."
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert DOCKERFILE.count("\nUSER ") == len(COMPOSE["services"])


def test_compose_has_no_secrets() -> None:
    told = [str(value) for service in COMPOSE["services"].values() for value in service.get("environment", {}).values()]
    assert [value for value in told if re.search(r"://[^/]*:[^/]*@|password", value, re.IGNORECASE)] == []
