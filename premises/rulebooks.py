"""The rules that are in force as whoever is no engine sees it: the stand-in, and the HTTP API.

An engine proves a rule file before it follows it and keeps each version that it followed. So a file that was changed
since, which no engine has looked at, does not count while there is a kept version.
"""

from pathlib import Path

from premises.installation import Installation
from routing import BadRules, load
from routing.rulebook import Rulebook

_Stamp = tuple[tuple[str, int], ...]


class NoRules(Exception):  # noqa: N818 - it says what happened
    """There are no rules to go by: the folder has none that were ever in force, and the rule file has mistakes."""


class KeptVersions:
    """Every version that was in force, in a folder with a file for each: a call's trail is read by that of its day.

    The one that was asked for last is compiled once, for all calls that began with it: each time takes 20 ms.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last: Rulebook | None = None

    def of(self, version: str) -> Rulebook | None:
        """The rules of that version; None: they were not kept, or cannot be read any more."""
        if self._last is not None and self._last.version == version:
            return self._last
        found = _compiled(self._folder / f"{Path(version).name}.yaml")
        self._last = found or self._last
        return found


class Rulebooks:
    """One installation's rules, compiled once and again after a change."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._stamp: _Stamp | None = None
        self._now: Rulebook | None = None
        self._earlier = KeptVersions(installation.rules)

    def now(self) -> Rulebook:
        """The rules in force: of the rule file, if an engine kept them, else the version kept last. Raises `NoRules`.

        Raises BadSettings.
        """
        file, kept = self._installation.rule_file, self._kept()
        stamp = tuple((str(path), path.stat().st_mtime_ns) for path in (file, *kept) if path.exists())
        if self._now is None or stamp != self._stamp:
            self._now, self._stamp = in_force(file, kept), stamp
        return self._now

    def of(self, version: str) -> Rulebook | None:
        """The rules of that version; None: they were not kept, or cannot be read any more."""
        if self._now is not None and self._now.version == version:
            return self._now
        return self._earlier.of(version)

    def _kept(self) -> list[Path]:
        return kept_in(self._installation.rules)


def kept_in(folder: Path) -> list[Path]:
    """The versions kept there, the newest first."""
    return sorted(folder.glob("*.yaml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)


def in_force(file: Path, kept: list[Path]) -> Rulebook:
    """Of the rule file, if an engine kept it, else the version kept last. Raises `NoRules`."""
    current = _compiled(file)
    if current is not None and (not kept or f"{current.version}.yaml" in {one.name for one in kept}):
        return current
    found = next((rulebook for one in kept if (rulebook := _compiled(one))), None)
    if found is None:
        raise NoRules(f"{file} has mistakes, or is not there: ./switchboard check")
    return found


def _compiled(file: Path) -> Rulebook | None:
    try:
        return load(file.read_bytes())
    except (OSError, BadRules):
        return None
