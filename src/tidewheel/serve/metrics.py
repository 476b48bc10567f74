"""What Prometheus reads at /metrics."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from tidewheel.core.errors import TidewheelError

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """One registry per installation, so that several can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "tidewheel_request_seconds",
            "Time to answer a request",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.accepted = Counter(
            "tidewheel_events_accepted", "Events kept", ["project", "source"], registry=self.registry
        )
        self.rejected = Counter(
            "tidewheel_events_rejected", "Events refused", ["project", "source"], registry=self.registry
        )
        self.refused_batches = Counter(
            "tidewheel_batches_refused",
            "Requests with events refused as a whole",
            ["status"],
            registry=self.registry,
        )
        self.asked = Histogram(
            "tidewheel_question_seconds",
            "Time to answer a question",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self.deliveries = Counter(
            "tidewheel_alert_deliveries",
            "Attempts to send a message of an alert",
            ["channel", "outcome"],
            registry=self.registry,
        )
        self.listeners = Gauge("tidewheel_live_listeners", "Open live streams", registry=self.registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; addresses without a route are counted together."""
        self._requests.labels(method, route or "-", str(status or 499)).observe(seconds)

    @contextmanager
    def asking(self, kind: str) -> Iterator[None]:
        """Time one question."""
        started, outcome = time.perf_counter(), "failed"
        try:
            yield
            outcome = "answered"
        except TidewheelError as error:
            outcome = error.code
            raise
        finally:
            self.asked.labels(kind, outcome).observe(time.perf_counter() - started)

    def text(self) -> bytes:
        """Return the exposition format."""
        return generate_latest(self.registry)
