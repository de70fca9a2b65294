"""Acts on many issues, a batch at a time."""

from tracker.actions import bulk
from tracker.jobs.tools import Tools
from tracker.models import Job

TOPIC = bulk.TOPIC


def carry_on(job: Job, tools: Tools) -> None:
    """Press the next buttons of the act."""
    bulk.carry_on(job.details["act_id"])
