"""Public ids as forms send them: what cannot be one is of nothing, and no database is asked for it."""

import re

from flask import request


def public_ids_sent(name: str) -> list[str]:
    """All that was sent with this name, in that order."""
    return [sent for sent in request.form.getlist(name) if re.fullmatch(r"[\w-]{1,64}", sent, re.ASCII)]
