"""What a person is told, with what it was made of: a program reads the code and the values, a person the words."""

from collections.abc import Mapping
from typing import Self


class Sentence(str):
    """Words for a person, made of a template; `code` names what they say, `values` what they say it of.

    It is a text like any other wherever only the words are wanted.
    """

    code: str
    values: Mapping[str, object]

    def __new__(cls, code: str, template: str, **values: object) -> Self:
        """`Sentence("too-long", "A name takes {most} characters; this has {given}.", most=80, given=93)`."""
        made = super().__new__(cls, template.format(**values))
        made.code, made.values = code, values
        return made
