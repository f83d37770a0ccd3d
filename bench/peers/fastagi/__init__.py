"""panoramisk's FastAGI server says whom to dial; Asterisk's own Dial connects."""

from bench.peers.dialplan import incoming
from bench.peers.peer import Peer, Site


def _dialplan(site: Site) -> str:
    # without AGISIGHUP=no the hang-up is told as a line that panoramisk takes for the next command's answer
    return incoming(site, "Set(AGISIGHUP=no)", f"AGI(agi://127.0.0.1:{site.agi_port}/call)")


def _command(site: Site) -> tuple[str, ...]:
    return (str(site.python), "-m", "bench.peers.fastagi.program", str(site.agi_port), str(site.directory))


PEER = Peer(
    name="panoramisk",
    title="panoramisk FastAGI, then Dial",
    dialplan=_dialplan,
    command=_command,
)
