"""The engine's pages on loopback."""

import socket

import aiohttp
import pytest

from ari_app.http import Insight, serve_api
from ari_app.metrics import Metrics


def insight(*troubles: str) -> Insight:
    return Insight(
        troubles=lambda: list(troubles),
        alarms=lambda: ["disk full"],
        metrics=lambda: Metrics().text(calls=1, waiting=0, lost=0),
        people=lambda: {"anna": None, "boris": "busy"},
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("page", "troubles", "status", "says"),
    [
        pytest.param("health", ["no link"], 200, '{"alive": true}', id="alive though not ready"),
        pytest.param("ready", [], 200, '{"ready": true, "troubles": [], "alarms": ["disk full"]}', id="ready"),
        pytest.param(
            "ready",
            ["no link"],
            503,
            '{"ready": false, "troubles": ["no link"], "alarms": ["disk full"]}',
            id="not ready",
        ),
        pytest.param("people", [], 200, '{"anna": null, "boris": "busy"}', id="people"),
        pytest.param("metrics", [], 200, "switchboard_calls_in_progress 1.0", id="metrics"),
    ],
)
async def test_what_is_told(page: str, troubles: list[str], status: int, says: str) -> None:
    async with (
        serve_api(insight(*troubles), free_port()) as pages,
        aiohttp.ClientSession() as session,
        session.get(pages[page]) as answer,
    ):
        assert answer.status == status
        assert says in await answer.text()


async def test_a_taken_port_is_passed_over() -> None:
    first = free_port()
    async with serve_api(insight(), first) as one, serve_api(insight(), first) as two:
        assert one["health"] == f"http://127.0.0.1:{first}/health"
        assert two["health"] != one["health"]
