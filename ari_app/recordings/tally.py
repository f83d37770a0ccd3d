"""Who counts what the archive does: `ari_app.metrics.Metrics`."""

from typing import Protocol


class Tally(Protocol):
    """Counts."""

    def recording_sealed(self, *, repaired: bool) -> None:
        """One recording was kept."""

    def recording_failed(self) -> None:
        """One recording or message could not be kept."""
