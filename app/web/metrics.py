"""What this web worker counts about itself, for Prometheus."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest


class Metrics:
    """The figures of one web worker, in a registry of its own."""

    def __init__(self, subscribers: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._wires = Histogram(
            "lineside_wire_seconds", "Time of a page callback", ["wire", "outcome"], registry=self._registry
        )
        self.events = Counter(
            "lineside_ingest_events", "Events at the HTTP door by outcome", ["outcome"], registry=self._registry
        )
        open_streams = Gauge("lineside_live_subscribers", "Open live connections", registry=self._registry)
        open_streams.set_function(subscribers)

    def wire(self, name: str, seconds: float, outcome: str) -> None:
        """Take the duration of one page callback."""
        self._wires.labels(name, outcome).observe(seconds)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)
