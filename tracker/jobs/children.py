"""Filing the children of an LPA 1:1 issue, a batch at a time."""

from sqlalchemy import select

from tracker.actions.filing import file_child
from tracker.actions.jobs import promise
from tracker.alone import alone
from tracker.db import db
from tracker.domain.topics import Topic
from tracker.jobs.tools import Tools
from tracker.models import Issue, Job, Person

TOPIC = Topic.CHILDREN
BATCH = 25
"""So many children are filed in one transaction, so that other writers get their turn."""


def file_children(job: Job, tools: Tools) -> None:
    """File the next children that are not there yet; promise the rest.

    One that cannot be filed gets a job of its own, so that it is tried again and parked by itself.
    """
    parent = db.session.get_one(Issue, job.issue_id, with_for_update=True)
    actor = db.session.get_one(Person, job.details["person_id"])
    filed = set(db.session.scalars(select(Issue.esi_id).where(Issue.parent_id == parent.id)))
    left = [esi_id for esi_id in job.details["esi_ids"] if esi_id not in filed]
    for esi_id in left[:BATCH]:
        with alone("filing a child", parent=parent.id) as tried:
            file_child(actor, parent, esi_id)
        if tried.error and len(job.details["esi_ids"]) == 1:
            raise tried.error
        if tried.error:
            promise(TOPIC, parent, {**job.details, "esi_ids": [esi_id]})
    if left[BATCH:]:
        promise(TOPIC, parent, {**job.details, "esi_ids": left[BATCH:]})
