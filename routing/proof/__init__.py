"""The proof that rules leave nobody without an answer (T4), over every kind of caller, at every opening state.

What is proved is looked up in `prove`. Callers are not tried one by one: they are divided as far as the rules tell
them apart (`space`), led through all menus and routes at once (`walk`), with everybody unreachable at every moment,
and then it is measured whether and when each call ends (`bounds`) and who is on duty for it (`manning`).
"""

from routing.proof.fault import Fault, Proof
from routing.proof.prove import prove

__all__ = ["Fault", "Proof", "prove"]
