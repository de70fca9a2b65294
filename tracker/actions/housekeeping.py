"""What the worker clears away in the database: what can no longer sign anybody in, and who was where."""

from tracker.actions.presence import forget_presence
from tracker.actions.sessions import forget_expired


def forget_stale() -> None:
    """Forget what has expired."""
    forget_expired()
    forget_presence()
