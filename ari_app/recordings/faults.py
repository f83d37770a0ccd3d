"""What could not be kept is told once: the sweep tries it again and again."""

import structlog

from ari_app.recordings.places import NothingRecorded, RecordingFault, StillWritten
from ari_app.recordings.tally import Tally
from premises.ids import call_of

log = structlog.get_logger()


class Faults:
    """An alarm in the log and in the metrics for each recording or message, until it is kept."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._told: set[str] = set()

    def tell(self, of: str, why: RecordingFault) -> None:
        """This one could not be kept."""
        if isinstance(why, StillWritten):
            log.info("recording left for the sweep", call=call_of(of), why=str(why))
        elif of not in self._told:
            if not isinstance(why, NothingRecorded):  # no sweep finds it, so it is never over
                self._told.add(of)
            self._tally.recording_failed()
            log.error("recording not kept", call=call_of(of), why=str(why))

    def over(self, of: str) -> None:
        """It is kept, or there is nothing to be kept."""
        self._told.discard(of)
