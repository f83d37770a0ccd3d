"""In which order files of tests are begun."""

from pathlib import Path

import pytest

LONGEST = (
    "asterisk/test_calls.py",
    "asterisk/test_standin.py",
    "asterisk/test_report.py",
    "asterisk/faults/test_asterisk_died.py",
    "asterisk/test_line.py",
)
"""They come first, so that nobody waits for one of them at the end; then the others, as they are found."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    name = item.path.relative_to(Path(__file__).parent).as_posix()
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)
