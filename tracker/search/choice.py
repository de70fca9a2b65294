"""Which engine serves: decided by configuration alone."""

from config import Config
from tracker.search import SearchBackend
from tracker.search.postgres import PostgresBackend
from tracker.search.whoosh_backend import WhooshBackend


def backend_of(config: Config) -> SearchBackend:
    """The engine that the settings ask for."""
    if config.search == PostgresBackend.name:
        return PostgresBackend()
    folder, on_postgres = config.data / "search", not config.is_sqlite
    return WhooshBackend(folder, config.secret_key, on_postgres=on_postgres, earlier=config.earlier_keys)
