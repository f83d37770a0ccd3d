"""What is counted, for Prometheus; every number can be found again in the register or in the log."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """One engine's numbers."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._sealed = self._counter("recordings_sealed", "recordings kept", "repaired")
        self._failed = self._counter("recordings_failed", "recordings or messages that could not be kept")
        self._rules = self._counter("rules_changes", "changed rule files", "verdict")
        self._ended = self._counter("calls", "calls that ended", "end")
        self._open = Gauge("switchboard_calls_in_progress", "calls that are here now", registry=self._registry)
        self._waiting = Gauge("switchboard_register_rows_waiting", "rows not yet written", registry=self._registry)
        self._lost = Gauge("switchboard_register_rows_lost", "rows given up", registry=self._registry)

    def call_ended(self, end: str) -> None:
        """A call ended: `db.records.CallEnd`."""
        self._ended.labels(end).inc()

    def recording_sealed(self, *, repaired: bool) -> None:
        """One recording was kept."""
        self._sealed.labels(str(repaired).lower()).inc()

    def recording_failed(self) -> None:
        """One recording or message could not be kept."""
        self._failed.inc()

    def rules_accepted(self) -> None:
        """A changed rule file came into force."""
        self._rules.labels("accepted").inc()

    def rules_refused(self) -> None:
        """A changed rule file had mistakes."""
        self._rules.labels("refused").inc()

    def text(self, *, calls: int, waiting: int, lost: int) -> bytes:
        """Everything in Prometheus' text format, with what is known only at this moment."""
        self._open.set(calls)
        self._waiting.set(waiting)
        self._lost.set(lost)
        return generate_latest(self._registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"switchboard_{name}", text, labels, registry=self._registry)
