"""The search for the highest rate that is held cleanly: upward in steps, doubling first, then halving what is left."""

from collections.abc import Callable


def highest(is_clean: Callable[[int], bool], *, step: int, most: int) -> int:
    """The highest multiple of ``step``, up to ``most``, at which calls are served cleanly; 0: not even the first.

    Whoever cannot hold a rate is taken not to hold a higher one either. A rate is given a second chance: a pause of the
    machine makes one run unclean, a limit makes both.
    """
    good, bad = 0, most // step + 1
    place = 1
    while good + 1 < bad:
        place = min(place, bad - 1)
        if is_clean(place * step) or is_clean(place * step):
            good = place
            place = 2 * good if bad == most // step + 1 else (good + bad) // 2
        else:
            bad = place
            place = (good + bad) // 2
    return good * step
