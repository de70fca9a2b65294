"""`with errors_into(form): action(…)`: a refusal finds its field by itself."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from wtforms import Form

from tracker.db import db
from tracker.errors import Invalid


@runtime_checkable
class TakesReasons(Protocol):
    """A form that puts the reasons of a refusal beside its fields itself."""

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Take the reasons, by field."""


@contextmanager
def errors_into(form: Form | TakesReasons) -> Iterator[None]:
    """Catch `Invalid`, undo what the action had begun, and put each reason beside its field or above the form."""
    try:
        yield
    except Invalid as refusal:
        db.session.rollback()
        if isinstance(form, TakesReasons):
            form.refuse(refusal.errors)
        else:
            _into_fields(form, refusal.errors)


def _into_fields(form: Form, errors: Mapping[str, str]) -> None:
    for name, reason in errors.items():
        if name in form:
            form[name].errors = [*form[name].errors, reason]
        else:
            form.form_errors.append(reason)
