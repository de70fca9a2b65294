"""How much somebody may still store: counted over what the own person and the own company stored, and nothing else."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from tracker.clock import now
from tracker.db import db
from tracker.domain.quotas import (
    MOST_FILES,
    OF_A_COMPANY,
    OF_A_FORM,
    OF_A_PERSON,
    OF_THE_UNSENT,
    TOO_MANY,
    TOO_MANY_AT_ONCE,
    Quota,
)
from tracker.domain.sentence import Sentence
from tracker.errors import TooLarge
from tracker.models import Attachment, Draft, DraftFile, LetGo, Person, Reply
from tracker.queries.draft_files import kept_in

DAY = timedelta(hours=24)
Whose = Callable[[InstrumentedAttribute[int]], ColumnElement[bool]]


class Room:
    """What is left of each quota, file by file. Who sends twice at one moment may go over by one sending."""

    def __init__(self, used: Sequence[tuple[Quota, int]], files: int = 0, too_many: Sentence = TOO_MANY) -> None:
        self._used, self._files, self._too_many = dict(used), files, too_many

    def require(self, name: str, size: int) -> None:
        """Raise `TooLarge` when there is no room for the file."""
        if self._files >= MOST_FILES:
            raise TooLarge(self._too_many)
        for quota, used in self._used.items():
            if used + size > quota.most:
                raise TooLarge(quota.refusal(name, used))

    def count(self, size: int) -> None:
        """A file was taken."""
        self._used = {quota: used + size for quota, used in self._used.items()}
        self._files += 1


def room_of(actor: Person) -> Room:
    """What the actor may still attach."""
    return Room(_of_a_day(actor), too_many=TOO_MANY_AT_ONCE)


def room_in(actor: Person, form: Draft | Reply | None) -> Room:
    """The same for a form that keeps its files until it is sent; one that is not kept yet has none."""
    files, size = kept_with(form)
    unsent = db.session.scalar(select(_sum(DraftFile.size)).where(DraftFile.person_id == actor.id)) or 0
    return Room([(OF_A_FORM, size), (OF_THE_UNSENT, unsent), *_of_a_day(actor)], files)


def kept_with(form: Draft | Reply | None) -> tuple[int, int]:
    """How many files a form keeps, and their bytes."""
    if form is None:
        return 0, 0
    count, size = db.session.execute(select(func.count(), _sum(DraftFile.size)).where(kept_in(form))).one()
    return count, size


def _of_a_day(actor: Person) -> list[tuple[Quota, int]]:
    colleagues = select(Person.id).where(Person.company_id == actor.company_id)
    return [
        (OF_A_PERSON, _stored(lambda person_id: person_id == actor.id)),
        (OF_A_COMPANY, _stored(lambda person_id: person_id.in_(colleagues))),
    ]


def _stored(whose: Whose) -> int:
    """The bytes that were stored in the last day: attached, kept with a form, or let go again."""
    since = now() - DAY
    each = union_all(
        select(_sum(Attachment.size).label("size")).where(whose(Attachment.person_id), Attachment.at > since),
        select(_sum(DraftFile.size)).where(whose(DraftFile.person_id), DraftFile.at > since),
        select(_sum(LetGo.size)).where(whose(LetGo.person_id), LetGo.stored_at > since),
    ).subquery()
    return int(db.session.scalar(select(_sum(each.c.size))) or 0)


def _sum(column: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)
