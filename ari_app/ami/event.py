"""An event as AMI tells it: a hint, since a caller can forge the fields of some (control characters in a SIP name)."""

import msgspec


class AmiEvent(msgspec.Struct, frozen=True):
    """One event. Decide nothing by its fields alone that a stranger could gain from."""

    name: str
    """``Cdr``, ``InvalidPassword``, …"""
    fields: dict[str, str]
    """Headers by their names, as Asterisk spells them."""
