"""One frame of each kind, as Asterisk 22.10.1 sent it, and shorthands to feed a protocol."""

import json
from pathlib import Path
from typing import Any

import msgspec

from ari_app.ari.command import Command

FRAMES: dict[str, bytes] = {}
for _line in Path(__file__).with_name("ari_frames.jsonl").read_bytes().splitlines():
    _frame = json.loads(_line)
    FRAMES[f"{_frame['type']}{_frame.get('status_code', '')}"] = _line

PING: Command[None] = Command("GET", "asterisk/ping", {}, None)


def answer(request_id: str, status: int = 204, body: object = None, reason: str = "No Content") -> bytes:
    """A frame that answers a command."""
    told: dict[str, Any] = {
        "type": "RESTResponse",
        "request_id": request_id,
        "status_code": status,
        "reason_phrase": reason,
    }
    if body is not None:
        told["message_body"] = json.dumps(body)
    return json.dumps(told).encode()


def sent(frame: bytes | None) -> dict[str, Any]:
    """What a frame of ours says."""
    assert frame is not None
    told: dict[str, Any] = msgspec.json.decode(frame)
    return told
