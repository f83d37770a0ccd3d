"""Writing down what is done in a talk beside talking."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from ari_app.calls.call import Call
from db.records import ActRow, Deed
from premises.clock import now
from routing.facts import PersonId


class Acts:
    """Of one talk."""

    def __init__(self, call: Call, person: PersonId) -> None:
        self._call = call
        self._person = person

    def begin(self, by: str, what: Deed, why: str | None = None) -> ActRow:
        """Write down that it begins."""
        key = f"act-{self._call.id}-{secrets.token_hex(4)}"
        act = ActRow(id=key, call=self._call.id, by=by, what=what, person=self._person, began=now(), why=why)
        self._call.exchange.register.put(act)
        self._call.log.info("begun beside a talk", what=what, by=by, person=self._person, why=why)
        return act

    def end(self, act: ActRow, why: str | None = None) -> None:
        """Write down that it is over, and what came of it."""
        self._call.exchange.register.put(msgspec.structs.replace(act, ended=now(), why=why or act.why))

    @contextmanager
    def during(self, by: str, what: Deed) -> Iterator[None]:
        """Write down that it lasts as long as the block."""
        act = self.begin(by, what)
        try:
            yield
        finally:
            self.end(act)
