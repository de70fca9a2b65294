"""Where the pages hash passwords: this process's places, shared by all its threads."""

from flask import current_app

from tracker.actions.hashing import Passwords


def passwords() -> Passwords:
    """The places of this process."""
    kept: Passwords = current_app.extensions["passwords"]
    return kept
