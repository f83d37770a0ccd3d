"""The rules in force: read from the rule file, checked before anything follows them, picked up again when it changes.

A changed file is checked as `switchboard check` does; a bad one is refused with the same messages and the old rules
stay in force. A call keeps the rules that it began with, since it was given the rulebook itself.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from db.alarm import Alarm
from dialplan import private
from premises.checking import check
from premises.rulebooks import KeptVersions, NoRules, in_force, kept_in
from routing.facts import Person
from routing.rulebook import Rulebook

LOOK_SECONDS = 1.0
"""How often the file is looked at."""

log = structlog.get_logger()


class RulesRefused(Exception):  # noqa: N818 - it is a fact
    """The rule file has mistakes; the text shows them."""


class Rules:
    """The rule file of one installation.

    ``kept``: the folder in which every version that was in force is kept for replays.
    """

    def __init__(self, file: Path, kept: Path, staff: Callable[[], tuple[Person, ...]]) -> None:
        self.file = file
        self._kept = kept
        self._staff = staff
        self._stamp: tuple[int, int] | None = None
        self._now: Rulebook | None = None
        self._unread = Alarm("rules cannot be read, the old ones stay in force", "rules can be read again")
        self._earlier = KeptVersions(kept)

    def __call__(self) -> Rulebook:
        """The rules in force."""
        if self._now is None:
            raise RulesRefused("no rules were read yet")
        return self._now

    def of(self, version: str) -> Rulebook | None:
        """The rules of this version, in force or kept; None: they are not kept, or cannot be read any more."""
        if self._now is not None and self._now.version == version:
            return self._now
        found = self._earlier.of(version)
        if found is None:
            log.warning("old rules not read", version=version)
        return found

    def begin(self) -> None:
        """Take the file's rules into force, or else those that were so before: a dead engine is followed all the same.

        Raises `RulesRefused`, and OSError, where none ever were.
        """
        try:
            self.read()
        except (RulesRefused, OSError) as fault:
            with suppress(NoRules):
                self._now = in_force(self.file, kept_in(self._kept))
            if self._now is None:
                raise
            log.error("rules refused, those before stay in force", version=self._now.version, why=str(fault))  # noqa: TRY400

    def read(self) -> None:
        """Take the file's rules into force; bad ones raise `RulesRefused`, and the old ones stay.

        They stay as well where the file cannot be read, or its version not be kept: OSError.
        """
        self._stamp = self._look()
        checked = check(self.file, self._staff())
        if checked.rulebook is None or not checked.passed:
            raise RulesRefused(checked.report)
        self._keep(checked.rulebook.version, checked.text)
        self._now = checked.rulebook

    async def watch(self, changed: Callable[[Rulebook], None], refused: Callable[[], None]) -> None:
        """Pick up changes until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._look() == self._stamp:
                continue
            try:
                await asyncio.to_thread(self.read)
            except RulesRefused as fault:
                log.error("rules refused, the old ones stay in force", file=str(self.file), mistakes=str(fault))  # noqa: TRY400
                refused()
            except OSError as why:  # an editor is about to write it anew, or the disk is full: it is tried again
                self._stamp = None
                self._unread.begin(why)
            else:
                self._unread.end()
                log.info("rules in force", version=self().version)
                changed(self())

    def _look(self) -> tuple[int, int]:
        try:
            seen = self.file.stat()
        except OSError:
            return (0, 0)
        return (seen.st_mtime_ns, seen.st_size)

    def _keep(self, version: str, text: bytes) -> None:
        """Keep this version's text beside the others, so that a call's trail can be read with the rules of its day.

        The newest file is the version in force, also if it was so before and others came between.
        """
        kept = self._kept / f"{version}.yaml"
        if not kept.exists():
            private.write(kept, text)
        elif kept_in(self._kept)[0] != kept:
            kept.touch()
