"""Mentions: `@user.name` in what somebody writes."""

import re

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_NAME = re.compile(r"(?<![\w@./-])@([a-z0-9][a-z0-9._@-]{0,63})", re.IGNORECASE)
_TRAILING = "._@-"


def names_in(text: str) -> list[str]:
    """The names after an `@`, in small letters and once each: not in code, nor inside an e-mail address.

    A name ends before punctuation: `Ask @bob.` names `bob`.
    """
    prose = _CODE.sub(" ", text)
    return list(dict.fromkeys(match[1].rstrip(_TRAILING).lower() for match in _NAME.finditer(prose)))
