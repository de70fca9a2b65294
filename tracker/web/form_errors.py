"""`with errors_into(form): action(…)`: a refusal finds its field by itself."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable

from wtforms import Form

from tracker.db import db
from tracker.errors import Invalid, TooMany


@runtime_checkable
class TakesReasons(Protocol):
    """A form that puts the reasons of a refusal beside its fields itself."""

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Take the reasons, by field."""


class Refused:
    """With what status and headers a refused form is shown again: unpacked after the page that a view returns."""

    def __init__(self) -> None:
        self.status = 422
        self.headers: dict[str, str] = {}

    def __iter__(self) -> Iterator[Any]:
        yield self.status
        yield self.headers


@contextmanager
def errors_into(form: Form | TakesReasons) -> Iterator[Refused]:
    """Catch a refusal, undo what the action had begun, and put each reason beside its field or above the form."""
    refused = Refused()
    try:
        yield refused
    except Invalid as refusal:
        _show(form, refusal.errors)
    except TooMany as refusal:
        refused.status, refused.headers = 429, {"Retry-After": str(refusal.seconds)}
        _show(form, {"": str(refusal)})


def _show(form: Form | TakesReasons, errors: Mapping[str, str]) -> None:
    db.session.rollback()
    if isinstance(form, TakesReasons):
        form.refuse(errors)
    else:
        _into_fields(form, errors)


def _into_fields(form: Form, errors: Mapping[str, str]) -> None:
    for name, reason in errors.items():
        if name in form:
            form[name].errors = [*form[name].errors, reason]
        else:
            form.form_errors.append(reason)
