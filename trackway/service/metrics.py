"""What is counted while we run, for /metrics."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from trackway.domain.asking.ledger import Call

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
            "trackway_askings",
            "Numbers asked of a carrier.",
            ["connector", "outcome", "reason"],
            registry=self.registry,
        )
        self.calls = Counter("trackway_calls", "Calls to a carrier.", ["connector", "outcome"], registry=self.registry)
        self.call_seconds = Histogram(
            "trackway_call_seconds", "Time of a call.", ["connector"], buckets=_SECONDS, registry=self.registry
        )
        self.day_left = Gauge(
            "trackway_day_left", "Calls left of the day's budget.", ["connector"], registry=self.registry
        )
        self.deliveries = Counter(
            "trackway_deliveries", "Attempts to deliver a message.", ["outcome"], registry=self.registry
        )

    def call(self, call: Call) -> None:
        """Count one call to a carrier."""
        outcome = "limited" if call.limited else "failed" if call.failed else "answered"
        self.calls.labels(call.connector, outcome).inc()
        self.call_seconds.labels(call.connector).observe(call.took_ms / 1000)
        if call.left is not None:
            self.day_left.labels(call.connector).set(call.left)
