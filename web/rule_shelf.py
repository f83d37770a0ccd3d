"""The rule file and its earlier versions: read, checked, and changed so that nobody ever sees half of it.

A text is proved by the check that engines use before anything is written. Then it is kept beside the versions that were
in force, and replaces the rule file in one step; engines look at the file each second. Who brought what into force is
added to ``history.jsonl`` beside the versions.
"""

import datetime as dt
import difflib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from dialplan import private
from premises.checking import Checked, check_text
from premises.clock import now
from premises.installation import Installation
from premises.rulebooks import Rulebooks
from premises.settings import PROGRAM
from routing.facts import Person


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the history."""

    at: dt.datetime
    version: str
    replaced: str
    account: str
    note: str


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Rules that are, or were, in force."""

    version: str
    since: dt.datetime
    """When it was first kept."""
    in_force: bool
    changes: tuple[Change, ...]
    """When it was brought into force over the API, and by whom; none: by an editor."""


class NotReplaced(Exception):  # noqa: N818 - it is a fact
    """The rule file was not changed; the text says why, and what to do."""


class RuleShelf:
    """One installation's rules; any number of processes may change them, one after another."""

    def __init__(self, installation: Installation, rulebooks: Rulebooks) -> None:
        self._installation = installation
        self._rulebooks = rulebooks

    def text(self, version: str) -> bytes | None:
        """Rules of this version, in force or kept; None: they were never in force here."""
        try:
            return self._kept(version).read_bytes()
        except FileNotFoundError:
            text = self._installation.rule_file.read_bytes()
            return text if _version(text) == version else None

    def in_force(self) -> tuple[str, bytes]:
        """The version that is followed, and its text. Raises NoRules."""
        version = self._rulebooks.now().version
        return version, self.text(version) or b""

    def versions(self) -> tuple[Version, ...]:
        """Those that were kept, the latest first."""
        current, changes = self._rulebooks.now().version, tuple(self._history())
        kept = sorted(self._installation.rules.glob("*.yaml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        return tuple(
            Version(
                version=file.stem,
                since=dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC),
                in_force=file.stem == current,
                changes=tuple(change for change in changes if change.version == file.stem),
            )
            for file in kept
        )

    def check(self, text: bytes, staff: tuple[Person, ...]) -> Checked:
        """What is wrong with this text, if it were the rule file."""
        return check_text(text, self._installation.rule_file, staff)

    def difference(self, text: bytes) -> str:
        """How it differs from the rules in force, as `diff -u` shows it."""
        version, current = self.in_force()
        before, after = (part.decode(errors="replace").splitlines(keepends=True) for part in (current, text))
        return "".join(difflib.unified_diff(before, after, version, _version(text)))

    def replace(self, text: bytes, replaced: str, account: str, note: str) -> str:
        """Bring a text that was checked into force instead of ``replaced``; gives its version. Raises NotReplaced."""
        file = self._installation.rule_file
        if file.is_relative_to(PROGRAM):
            raise NotReplaced(
                f"{file} belongs to the program: name a file of this company's own (rules: in settings.yaml)"
            )
        with private.opened(self._installation.rules / ".lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._refuse_if_changed(file, replaced)
            version = _version(text)
            if not self._kept(version).exists():
                private.write(self._kept(version), text)
            try:
                _replace(file, text)
            except OSError as why:
                raise NotReplaced(f"{file} cannot be written ({why.strerror}): change it where it is kept") from why
            self._note(Change(at=now(), version=version, replaced=replaced, account=account, note=note))
        return version

    def _refuse_if_changed(self, file: Path, replaced: str) -> None:
        version = self._rulebooks.now().version
        if version != replaced:
            raise NotReplaced(f"{version} is in force, no longer {replaced}: look at what has changed, then try again")
        if _version(file.read_bytes()) != version:
            raise NotReplaced(f"{file} was changed by hand and is not in force: `switchboard check` says why")

    def _kept(self, version: str) -> Path:
        return self._installation.rules / f"{version}.yaml"

    @property
    def _history_file(self) -> Path:
        return self._installation.rules / "history.jsonl"

    def _history(self) -> Iterator[Change]:
        try:
            lines = self._history_file.read_bytes().splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            with suppress(ValueError):  # one that a power cut tore
                yield msgspec.json.decode(line, type=Change)

    def _note(self, change: Change) -> None:
        with private.opened(self._history_file) as history:
            history.write(msgspec.json.encode(change).decode() + "\n")


def _version(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:12]


def _replace(file: Path, text: bytes) -> None:
    """The new file or the old one, whole, whatever happens meanwhile; whoever may read and write it still may."""
    draft = file.with_name(f".{file.name}.new")
    with draft.open("wb") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    shutil.copymode(file, draft)
    draft.replace(file)
