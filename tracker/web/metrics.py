"""What is counted while the product runs, for a Prometheus that holds the token."""

import hmac
import os
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import REGISTRY, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from tracker.errors import NotFound
from tracker.queries.clock import presses_held
from tracker.queries.letters import waiting_since
from tracker.web.access import Access, access

pages = Blueprint("metrics", __name__)

FOREIGN_HITS = Counter("tracker_search_foreign_hits", "Hits of the index that the database refused to show.")
WITHOUT_INDEX = Counter("tracker_search_without_index", "Searches answered from titles, for want of an index.")


@pages.get("/metrics")
@access(Access.PUBLIC)
def page() -> ResponseReturnValue:
    """The counts of all processes together, and what waits. Without the token there is no such page."""
    token = current_app.config["TRACKER"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        raise NotFound("There is no such page.")
    counted = generate_latest(_registry()) + generate_latest(_waiting())
    return Response(counted, content_type="text/plain; version=0.0.4; charset=utf-8")


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class _Letters(Collector):
    """Read from the database, so that it is one number for all processes."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        about = "Letters that are due and have not gone out."
        yield GaugeMetricFamily("tracker_letters_waiting", about, value=waiting_since().waiting)


class _Clock(Collector):
    """How many issues the clock would end, were it believed; none while it is."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        about = "Presses of the clock that wait until somebody confirms it."
        yield GaugeMetricFamily("tracker_clock_presses_held", about, value=presses_held())


def _waiting() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Letters())
    registry.register(_Clock())
    return registry
