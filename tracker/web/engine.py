"""The engine of the search, as the pages ask for it."""

from flask import current_app

from tracker.search import SearchBackend


def engine() -> SearchBackend:
    """The engine that the settings chose."""
    chosen: SearchBackend = current_app.extensions["search"]
    return chosen
