"""The ring that a form was sent with."""

from flask import request


def ring_sent() -> str:
    """Who was chosen to read it; empty, which no action takes, where nothing was chosen or more than one."""
    sent = request.form.getlist("ring")
    return sent[0] if len(sent) == 1 else ""
