"""What all peers' dialplans share: every number is served, and every call is recorded as ours is."""

from bench.peers.peer import Site


def incoming(site: Site, *steps: str) -> str:
    """``extensions.conf`` that records each call, takes it through these steps and hangs up.

    Each direction gets a file of its own, ``UNIQUEID-r.wav`` (said by the caller) and ``UNIQUEID-t.wav`` (heard), as in
    Switchboard's dialplan.
    """
    sound = f"{site.recordings}/${{UNIQUEID}}"
    lines = [f"MixMonitor(,r({sound}-r.wav)t({sound}-t.wav))", *steps, "Hangup()"]
    numbers = ("_X.", "_+X.")
    return "\n".join(["[incoming]", *(f"exten => {number},{_priorities(lines)}" for number in numbers), ""])


def _priorities(lines: list[str]) -> str:
    return "\n same => n,".join([f"1,{lines[0]}", *lines[1:]])
