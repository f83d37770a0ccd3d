"""The limit: Asterisk's own dialplan records the call and dials. No look-up, no register, no engine."""

from bench.peers.peer import Peer, Site


def dialplan(site: Site) -> str:
    """Each call goes to one of the managers, in turn."""
    return f"""
[incoming]
exten => _X.,1,Goto(call,1)
exten => _+X.,1,Goto(call,1)
exten => call,1,MixMonitor({site.recordings}/${{UNIQUEID}}.wav,r({site.recordings}/${{UNIQUEID}}-r.wav)t({site.recordings}/${{UNIQUEID}}-t.wav))
 same => n,Set(TURN=${{MATH(${{CALLERID(num):-2}}%{site.managers},int)}})
 same => n,Dial(PJSIP/manager${{IF($[${{TURN}} < 10]?0${{TURN}}:${{TURN}})}},20)
 same => n,Hangup()
"""


PEER = Peer("plain", "plain dialplan, no look-up: the limit", dialplan, modules=("func_math.so",))
