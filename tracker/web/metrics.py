"""What is counted while the product runs, for a Prometheus that holds the token."""

import hmac
import os
from collections.abc import Iterator

from flask import Flask, Request, Response, current_app
from prometheus_client import REGISTRY, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from tracker.clock import now
from tracker.queries.schema import Schema
from tracker.web import standing
from tracker.web.asking import Question

FOREIGN_HITS = Counter("tracker_search_foreign_hits", "Hits of the index that the database refused to show.")
WITHOUT_INDEX = Counter("tracker_search_without_index", "Searches answered from titles, for want of an index.")


class Metrics:
    """The counts of all processes together, and how far the work is. Without the token there is no such page."""

    def __init__(self, app: Flask) -> None:
        self._database, self._work = Question(app, standing.database), Question(app, standing.work)

    def answer(self, request: Request) -> Response | None:
        """None for whoever does not hold the token."""
        token = current_app.config["TRACKER"].metrics_token
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(token.encode(), given.encode()):
            return None
        schema = self._database.answer()
        gauges = _Gauges(schema, self._work.answer() if schema else None)
        counted = generate_latest(_registry()) + generate_latest(_registry_of(gauges))
        return Response(counted, content_type="text/plain; version=0.0.4; charset=utf-8")


class _Gauges(Collector):
    """One number for all processes each. What the database did not say in time is not there."""

    def __init__(self, schema: Schema | None, work: standing.Work | None) -> None:
        self._schema, self._work = schema, work

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _gauge("tracker_database_answers", "Whether the database answers within a second.", bool(self._schema))
        if self._schema:
            newer = self._schema is Schema.NEWER
            yield _gauge("tracker_schema_newer", "Whether the tables are those of a newer version.", newer)
        if self._work:
            yield from _work_gauges(self._work)


def _work_gauges(work: standing.Work) -> Iterator[GaugeMetricFamily]:
    age = (now() - work.oldest_job).total_seconds() if work.oldest_job else 0
    yield _gauge("tracker_oldest_job_seconds", "How long the job waits that is due for longest.", age)
    yield _gauge("tracker_letters_waiting", "Letters that are due and have not gone out.", work.letters)
    held = "Presses of the clock that wait until somebody confirms it."
    yield _gauge("tracker_clock_presses_held", held, work.presses_held)
    yield _gauge("tracker_index_whole", "Whether the index of the search is whole.", work.index_is_whole)
    yield _gauge("tracker_disk_free_ratio", "The part of the disk of TRACKER_DATA that is free.", work.free)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=float(value))


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _registry_of(collector: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry
