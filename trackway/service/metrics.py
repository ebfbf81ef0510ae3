"""What is counted while we run, for /metrics."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one process; no label ever holds a number, a name or a secret of a customer."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("trackway_requests", "Requests answered.", ["route", "status"], registry=self.registry)
        self.seconds = Histogram(
            "trackway_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self.askings = Counter(
            "trackway_askings", "Numbers asked of a carrier.", ["connector", "outcome"], registry=self.registry
        )
        self.deliveries = Counter(
            "trackway_deliveries", "Attempts to deliver a message.", ["outcome"], registry=self.registry
        )
