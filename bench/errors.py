"""What may go wrong with those who are measured."""


class NotServingError(Exception):
    """What was to be measured does not take calls, or not any more; the text says why."""
