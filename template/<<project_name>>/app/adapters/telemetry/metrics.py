"""Figures of this service for Prometheus, in a registry of their own.

They are pushed here when something happens, so they mean the same with one worker and with
several, which add theirs up in a shared folder: `/metrics` of any worker speaks for all of them.
"""

import os
import platform
from collections.abc import Callable
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

from .settings import SHARED_FOLDER, TelemetrySettings

ChildT = TypeVar("ChildT")

MOST = 500
"""Label sets a metric may have; labels come from small sets, and this is what holds if not."""

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def open_metrics(settings: TelemetrySettings) -> "Metrics":
    """Adds up with the other workers of this process when there are some."""
    return Metrics(settings.version, os.environ.get(SHARED_FOLDER))


class Children(Generic[ChildT]):
    """The label sets of one metric, each looked up once and then kept.

    What comes after `MOST` label sets is counted under `other`."""

    def __init__(self, make: Callable[..., ChildT], most: int = MOST) -> None:
        self._make = make
        self._most = most
        self._known: dict[tuple[str, ...], ChildT] = {}

    def of(self, *labels: str) -> ChildT:
        child = self._known.get(labels)
        return child if child is not None else self._meet(labels)

    def _meet(self, labels: tuple[str, ...]) -> ChildT:
        if len(self._known) >= self._most:
            return self._make(*("other" for _ in labels))
        return self._known.setdefault(labels, self._make(*labels))


class Metrics:
    """Label values come from small fixed sets: routes are templates, never paths."""

    def __init__(self, version: str = "unknown", shared_folder: str | None = None) -> None:
        self._shared_folder = shared_folder
        self._samples: list[Callable[[], None]] = []
        self._known_dropped = 0
        self._registry = registry = CollectorRegistry()
        requests = Counter(
            "http_requests", "Requests answered", ("method", "route", "status"), registry=registry
        )
        durations = Histogram(
            "http_request_duration_seconds",
            "From the first byte of the request to the last of the answer",
            ("method", "route"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._requests = Children(requests.labels)
        self._durations = Children(durations.labels)
        self._in_flight = self._gauge("http_requests_in_flight", "Requests being served")
        self._connections = self._gauge("database_connections_in_use", "Taken from the pool")
        self._lag = self._gauge(
            "outbox_lag_seconds", "Age of the oldest event that has not left", "livemax"
        )
        self._pending = self._gauge("outbox_pending", "Events that have not left", "livemax")
        self._queries = Histogram(
            "database_query_duration_seconds",
            "Statements, failed ones included",
            buckets=_SECONDS,
            registry=registry,
        )
        self._caches = self._counter(
            "cache_answers", "Where answers of each cache came from", "cache", "outcome"
        )
        self._wechat = self._counter(
            "wechat_calls", "Calls to WeChat; the outcome is ok, an errcode or a fault",
            "path", "outcome",
        )  # fmt: skip
        self._dropped = Counter(
            "audit_notes_dropped", "Notes lost to a full queue", registry=registry
        )
        self._say_what_runs(version)

    def request_began(self) -> None:
        self._in_flight.inc()

    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None:
        self._in_flight.dec()
        self._requests.of(method, route, str(status)).inc()
        self._durations.of(method, route).observe(seconds)

    def query_ended(self, seconds: float) -> None:
        self._queries.observe(seconds)

    def cache_asked(self, cache: str, outcome: str) -> None:
        self._caches.of(cache, outcome).inc()

    def wechat_answered(self, path: str, outcome: str) -> None:
        self._wechat.of(path, outcome).inc()

    def connections_in_use(self, count: int) -> None:
        self._connections.set(count)

    def outbox_looked_at(self, pending: int, lag_seconds: float) -> None:
        self._pending.set(pending)
        self._lag.set(lag_seconds)

    def audit_dropped(self, so_far: int) -> None:
        """`so_far` since this process started."""
        self._dropped.inc(max(so_far - self._known_dropped, 0))
        self._known_dropped = max(so_far, self._known_dropped)

    def before_each_look(self, sample: Callable[[], None]) -> None:
        """For what is not pushed: `sample` pushes it whenever the figures are read."""
        self._samples.append(sample)

    def exposition(self) -> tuple[bytes, str]:
        """Prometheus text and its media type; of all workers where there are several."""
        for sample in self._samples:
            sample()
        return generate_latest(self._readable()), CONTENT_TYPE_PLAIN_0_0_4

    def _readable(self) -> CollectorRegistry:
        if self._shared_folder is None:
            return self._registry
        together = CollectorRegistry()
        MultiProcessCollector(together, path=self._shared_folder)  # type: ignore[no-untyped-call]
        return together

    def _gauge(self, name: str, meaning: str, mode: str = "livesum") -> Gauge:
        return Gauge(name, meaning, registry=self._registry, multiprocess_mode=mode)  # type: ignore[arg-type]

    def _counter(self, name: str, meaning: str, *labels: str) -> Children[Counter]:
        counter = Counter(name, meaning, labels, registry=self._registry)
        make: Callable[..., Counter] = counter.labels
        return Children(make)

    def _say_what_runs(self, version: str) -> None:
        build = Gauge(
            "app_build_info",
            "Always 1; the labels say what is running",
            ("version", "python"),
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        build.labels(version, platform.python_version()).set(1)
