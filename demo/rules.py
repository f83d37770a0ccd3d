"""The sample rules as the demo needs them: open at any hour, one line where it is always night, and no long waits.

They are made out of the sample, so that there is one sample only. A sample that was rewritten too far is an error here,
not a demo that shows something else.
"""

import datetime as dt
import re

NIGHT = "+74950000009"
"""The line where it is always night."""
RING_SECONDS = 4
"""How long anybody is rung."""
WAIT_SECONDS = 12
"""How long a caller waits in line, and how long a message may be."""
KEY_SECONDS = 3
"""How long a menu waits for a key."""

_WEEKDAYS = "mon", "tue", "wed", "thu", "fri", "sat", "sun"


class UnlikeSample(ValueError):  # noqa: N818 - it says what the file is
    """The sample rules have changed so much that the demo cannot be made out of them."""


def demo_rules(sample: str, today: dt.date) -> str:
    """The text of `routing_rules.yaml` for a demo on this day.

    Raises:
        UnlikeSample: something is not in it that must be.
    """
    # A minute three days away, which no demo meets: hours that never open would be a mistake in the rules.
    never = f'{{{_WEEKDAYS[(today.weekday() + 3) % 7]}: "00:00-00:01"}}'
    changes = (
        (r"^  office: {mon.*$", f'  office: {{mon-sun: "00:00-24:00", holidays: open}}\n  night_desk: {never}'),
        (r"^  weekend: .*$", f"  weekend: {never}"),
        (r"^lines:$", f'lines:\n  "{NIGHT}": {{announce: welcome, menu: main}}'),
        (r"\{closed: office,", f'{{dialled: "{NIGHT}", closed: night_desk,'),
        (r"(?<= )\d+s(?=[\"\],])", f"{RING_SECONDS}s"),
        (r"(?<=at most: )\d+[sm]", f"{WAIT_SECONDS}s"),
        (r"(?<=offer: )\d+s", f"{RING_SECONDS}s"),
        (r"(?<=wait: )\d+s", f"{KEY_SECONDS}s"),
    )
    for pattern, instead in changes:
        sample, times = re.subn(pattern, instead, sample, flags=re.MULTILINE)
        if not times:
            raise UnlikeSample(f"nothing in the sample rules is like {pattern}")
    return sample
