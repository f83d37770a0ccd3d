"""What could not be sent, told for people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from db.outbox import Unsent


def alarms(unsent: Iterable[Unsent]) -> Iterator[str]:
    """A line for each department that was not told of something, with what to do."""
    by_department = defaultdict[tuple[str, bool], list[Unsent]](list)
    for letter in unsent:
        by_department[letter.department, letter.due is None].append(letter)
    for (department, given_up), letters in sorted(by_department.items()):
        told = f"{len(letters)} letters to {department} {'were given up' if given_up else 'could not be sent yet'}"
        end = "put it right, then ./switchboard outbox --again" if given_up else "they are tried again, for three days"
        yield f"{told} ({letters[-1].why}): {end}"
