"""Metrics: what Prometheus reads of this service."""

from pathlib import Path

import pytest
from prometheus_client import Gauge

from app.adapters.telemetry.metrics import Children, Metrics, open_metrics
from app.adapters.telemetry.settings import SHARED_FOLDER, TelemetrySettings


def lines_of(metrics: Metrics) -> list[str]:
    body, _ = metrics.exposition()
    return body.decode().splitlines()


def test_a_request_is_counted_by_method_route_and_status() -> None:
    metrics = Metrics()
    metrics.request_began()
    metrics.request_ended("GET", "/orders/{id}", 404, 0.02)

    lines = lines_of(metrics)

    assert 'http_requests_total{method="GET",route="/orders/{id}",status="404"} 1.0' in lines
    assert (
        'http_request_duration_seconds_bucket{le="0.025",method="GET",route="/orders/{id}"} 1.0'
        in lines
    )


def test_requests_in_flight_go_up_and_down() -> None:
    metrics = Metrics()
    metrics.request_began()
    metrics.request_began()
    metrics.request_ended("GET", "/healthz", 200, 0.001)

    assert "http_requests_in_flight 1.0" in lines_of(metrics)


def test_caches_wechat_and_statements_are_counted() -> None:
    metrics = Metrics()
    metrics.cache_asked("standings", "near")
    metrics.wechat_answered("/sns/jscode2session", "errcode_40029")
    metrics.query_ended(0.004)

    lines = lines_of(metrics)

    assert 'cache_answers_total{cache="standings",outcome="near"} 1.0' in lines
    assert 'wechat_calls_total{outcome="errcode_40029",path="/sns/jscode2session"} 1.0' in lines
    assert "database_query_duration_seconds_count 1.0" in lines


def test_what_is_not_pushed_is_sampled_when_somebody_looks() -> None:
    metrics = Metrics()
    dropped = iter([2, 5, 5])
    metrics.before_each_look(lambda: metrics.audit_dropped(next(dropped)))
    metrics.before_each_look(lambda: metrics.outbox_looked_at(7, 1.5))
    metrics.before_each_look(lambda: metrics.connections_in_use(4))

    looks = [lines_of(metrics) for _ in range(3)]

    counted = [
        line for look in looks for line in look if line.startswith("audit_notes_dropped_total")
    ]
    assert counted == [f"audit_notes_dropped_total {count}" for count in ("2.0", "5.0", "5.0")]
    assert {"outbox_pending 7.0", "outbox_lag_seconds 1.5"} <= set(looks[0])
    assert "database_connections_in_use 4.0" in looks[0]


def test_what_runs_is_said() -> None:
    metrics = open_metrics(TelemetrySettings(version="1.2.3"))

    [line] = [line for line in lines_of(metrics) if line.startswith("app_build_info{")]

    assert 'version="1.2.3"' in line


def test_two_services_in_one_process_do_not_share_figures() -> None:
    first, second = Metrics(), Metrics()
    first.request_ended("GET", "/healthz", 200, 0.001)

    assert [line for line in lines_of(second) if "/healthz" in line] == []


def test_several_workers_read_from_the_shared_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SHARED_FOLDER, str(tmp_path))

    metrics = open_metrics(TelemetrySettings())

    # Nobody wrote into the folder, and what this process counts alone is not read.
    assert lines_of(metrics) == []


def test_labels_beyond_the_most_are_counted_as_other() -> None:
    gauge = Gauge("calls", "Calls", ("path",), registry=None)
    children = Children(gauge.labels, most=2)
    for path in ("/a", "/b", "/c", "/d"):
        children.of(path).inc()

    [family] = gauge.collect()
    assert {sample.labels["path"]: sample.value for sample in family.samples} == {
        "/a": 1,
        "/b": 1,
        "other": 2,
    }
