"""What may be left behind: a channel, a bridge, something of a dead engine, an open row, a piece of a recording."""

import base64
import json
import urllib.error
import urllib.request
from typing import Any

from ari_app.ari.connecting import WATCH
from ari_app.pbx import accounts
from db.database import connect
from db.stories import Stories
from dialplan.plan import LOOPBACK
from premises.installation import Installation

KEPT = ("channel_ids", "bridge_ids", "endpoint_ids")
"""For what Asterisk keeps an application."""


def left(installation: Installation) -> dict[str, list[str]]:
    """All of it that is there now, by kind."""
    database = connect(installation.settings.database or "")
    try:
        rows = [row.id for row in Stories(database).open_calls()]
    finally:
        database.close()
    found = {
        "channels": _listed(installation, "channels"),
        "bridges": _listed(installation, "bridges"),
        "dead engines": _dead_engines(installation),
        "open rows": rows,
        "pieces": [file.name for file in installation.pbx.rglob("*.wav")],
    }
    return {what: names for what, names in found.items() if names}


def _dead_engines(installation: Installation) -> list[str]:
    """The applications of engines that are not on the roll, if Asterisk keeps anything for them."""
    living = {file.name for file in installation.engines.iterdir()}
    return [
        one["name"]
        for one in _asked(installation, "applications")
        if any(one.get(what) for what in KEPT) and one["name"].removeprefix(WATCH) not in living
    ]


def _listed(installation: Installation, what: str) -> list[str]:
    """The ids of what Asterisk has of this kind."""
    return [one["id"] for one in _asked(installation, what)]


def _asked(installation: Installation, what: str) -> list[dict[str, Any]]:
    """What Asterisk has of this kind."""
    account = accounts.settle(installation.pbx / "accounts.json", ()).ari
    request = urllib.request.Request(f"http://{LOOPBACK}:{installation.endpoints().ports['http']}/ari/{what}")
    login = base64.b64encode(f"{account.user}:{account.secret}".encode()).decode()
    request.add_header("Authorization", f"Basic {login}")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            found: list[dict[str, Any]] = json.load(answer)
            return found
    except urllib.error.URLError as why:
        return [{"id": f"Asterisk does not answer: {why}"}]
