"""Sending the letters of the outbox, again and again: by one engine of an installation at a time, behind the calls.

A letter is sent once or oftener, never not at all: it is noted as sent after it was, so that a crash in between has it
sent again, with the same id. What fails is tried again for three days (`ari_app.outbox.retrying`) and is then given up,
which `switchboard doctor` says until somebody has it sent again.
"""

import asyncio
import datetime as dt
from functools import partial
from typing import NoReturn

import msgspec
import structlog

from ari_app.one_engine import Pace, by_one_engine
from ari_app.outbox import mail, webhook
from ari_app.outbox.contents import as_json, as_mail
from ari_app.outbox.retrying import pause
from db.alarm import Alarm
from db.errors import first_line
from db.outbox import Letter, Outbox
from db.threads import Threads
from dialplan import private
from premises.addresses import MailServer, signing_key
from premises.clock import now
from premises.installation import Installation
from premises.settings import Settings
from premises.wall_clock import wall_clock
from routing.remarks import ANY

MOST = 20
"""Letters that are on their way together."""
MAILS = 4
"""How many of them by mail: each takes a thread."""
LONGEST_SECONDS = 60.0
"""For so long at most a letter keeps those that are due after it: a mail server may be slow with each answer."""

log = structlog.get_logger()


class Post:
    """One installation's letters, as one engine sends them."""

    def __init__(self, installation: Installation, outbox: Outbox, pace: Pace = Pace()) -> None:  # noqa: B008 - frozen
        self._installation = installation
        self._outbox = outbox
        self._pace = pace
        self._books = Threads(1, "outbox")
        self._mails = Threads(MAILS, "mail")
        self._alarm = Alarm("letters not sent", "letters are sent again")
        self._sent: dict[str, dt.datetime] = {}
        """Letters that are sent, which the database does not know yet."""

    async def keep(self) -> NoReturn:
        """Send what is due, for ever; what fails is said and tried again. Waits while another engine does it."""
        await by_one_engine(self._installation.posting, self.send_due, self._alarm, self._pace)

    async def send_due(self) -> None:
        """Send what is due now, once. Raises what the database raises, and `BadSettings`."""
        letters = await self._books.run(partial(self._outbox.due, now(), MOST))
        if not letters:
            return
        settings = self._installation.settings
        done = await asyncio.gather(*(self._take(letter, settings) for letter in letters), return_exceptions=True)
        for fault in filter(None, done):
            raise fault

    async def _take(self, letter: Letter, settings: Settings) -> None:
        if letter.id not in self._sent:
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    await self._send(letter, settings)
            except Exception as error:  # whatever it is, the letter is not lost by it
                await self._not_sent(letter, first_line(error))
                return
            self._sent[letter.id] = now()
            log.info("letter sent", letter=letter.id, department=letter.department)
        await self._books.run(partial(self._outbox.sent, letter.id, self._sent[letter.id]))
        del self._sent[letter.id]

    async def _send(self, letter: Letter, settings: Settings) -> None:
        address = settings.tell.get(letter.department) or settings.tell.get(ANY)
        if address is None:
            await self._books.run(partial(self._leave, letter))
        elif address.webhook is not None:
            await webhook.post(address.webhook, signing_key(address.secret or ""), letter.id, as_json(letter), now())
        else:
            assert settings.mail is not None and address.mail is not None  # noqa: S101, PT018 - else they were refused
            await self._mails.run(partial(self._mail, letter, settings.mail, address.mail))

    def _mail(self, letter: Letter, by: MailServer, to: str) -> None:
        mail.send(by, as_mail(letter, by.sender, to, wall_clock(self._installation)))

    def _leave(self, letter: Letter) -> None:
        """For want of an address: a file in a folder of the department's, for whoever comes for it."""
        folder = private.make(self._installation.told / letter.department)
        private.write(folder / f"{letter.id}.json", msgspec.json.format(as_json(letter), indent=2) + b"\n")

    async def _not_sent(self, letter: Letter, why: str) -> None:
        wait = pause(letter.attempts + 1)
        due = None if wait is None else now() + dt.timedelta(seconds=wait)
        told = log.bind(letter=letter.id, department=letter.department, attempts=letter.attempts + 1, why=why)
        if due is None:
            told.error("letter given up")
        else:
            told.warning("letter not sent, it is tried again", at=due.isoformat())
        await self._books.run(partial(self._outbox.failed, letter, why, due))
