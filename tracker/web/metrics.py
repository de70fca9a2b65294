"""What is counted while the product runs, for a Prometheus that holds the token."""

import hmac
import os

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import REGISTRY, CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from tracker.errors import NotFound
from tracker.web.access import Access, access

pages = Blueprint("metrics", __name__)

FOREIGN_HITS = Counter("tracker_search_foreign_hits", "Hits of the index that the database refused to show.")
WITHOUT_INDEX = Counter("tracker_search_without_index", "Searches answered from titles, for want of an index.")


@pages.get("/metrics")
@access(Access.PUBLIC)
def page() -> ResponseReturnValue:
    """The counts of all processes together. Without the token there is no such page."""
    token = current_app.config["TRACKER"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        raise NotFound("There is no such page.")
    return Response(generate_latest(_registry()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
