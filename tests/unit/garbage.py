"""What is let go of must be gone at once: what refers to itself in a circle stays until Python looks for garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_lying() -> Iterator[None]:
    """Python looks for no garbage until the block ends."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
