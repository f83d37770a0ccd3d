"""Taking over what is in Asterisk when a link comes up: unserved callers, and what earlier scripts left behind."""

from ari_app.ari.errors import AriError
from ari_app.ari.link import Link
from ari_app.engine import Engine
from premises.ids import is_callers


async def adopt(engine: Engine, link: Link) -> None:
    """Clear legs and bridges that no call of ours owns, and begin anew with each caller who is in Stasis unserved.

    Asterisk never removes an empty bridge, and a channel in Stasis waits for ever: both outlive an engine.
    """
    for bridge in await link.bridges.list():
        if not engine.has(bridge.id):
            link.forget(link.bridges.destroy(bridge.id))
    for channel in await link.channels.list():
        if engine.has(channel.id):
            continue
        if not is_callers(channel.id):
            link.forget(link.channels.hang_up(channel.id))
        elif channel.dialplan.exten == "call":
            await _begin_anew(link, channel.id)


async def _begin_anew(link: Link, caller: str) -> None:
    """Moving a channel gives a fresh StasisStart; a caller who leaves meanwhile is not our loss."""
    try:
        dialled = await link.channels.variable(caller, "DIALLED")
        await link.channels.move(caller, app=link.app, app_args=("call", dialled.value))
    except AriError:
        return
