"""A value is sent once (security.md S33): of two with one name nobody could say which was meant."""

from flask import request

from tracker.domain.sentence import Sentence
from tracker.errors import Invalid

SEVERAL = frozenset({"column", "columns", "kept", "notice", "number", "page", "purpose", "ring"})
"""What is sent for each of several things: columns, files, notices, rows. Two rings are refused where they are read."""

KEEPS_ALL = "replies.keep"
"""Nothing is done with what is only kept, and nothing that was typed is lost."""


def refuse_twice() -> None:
    """Raise `Invalid` for a request that holds two values with one name."""
    if request.endpoint == KEEPS_ALL:
        return
    for sent in (request.args, request.form):
        twice = next((name for name, values in sent.lists() if len(values) > 1 and name not in SEVERAL), None)
        if twice is not None:
            template = "“{name}” was sent twice, and nothing was done. Go back, reload the page and send it again."
            raise Invalid(Sentence("sent-twice", template, name=twice[:80]))
