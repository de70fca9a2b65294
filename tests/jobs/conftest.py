"""An issue whose story begins."""

import pytest
from sqlalchemy import update

from tests.cast import Cast
from tests.mailbox import tell
from tests.make import know_premise, rep_of_record
from tracker.db import db
from tracker.models import Issue, Mail


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt."""
    know_premise(cast)
    issue = rep_of_record(cast)
    tell()
    db.session.execute(update(Mail).values(dropped_because="The story begins here."))
    db.session.commit()
    return issue
