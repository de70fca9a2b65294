"""What has expired is forgotten."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.cast import Cast
from tracker.actions.housekeeping import forget_stale
from tracker.actions.links import create_link
from tracker.actions.sessions import begin_session
from tracker.actions.throttle import count_try
from tracker.clock import now
from tracker.db import db
from tracker.models import FailedSignIns, SignInLink, SignInSession


@pytest.mark.parametrize(
    ("model", "after"),
    [
        (SignInSession, timedelta(minutes=31)),
        (SignInLink, timedelta(minutes=61)),
        (FailedSignIns, timedelta(hours=25)),
    ],
)
def test_what_can_sign_nobody_in_any_more_goes(cast: Cast, model: Any, after: timedelta) -> None:
    begin_session(cast.acme, "password", address="127.0.0.1", browser="A test")
    create_link(cast.ercot_admin, cast.bolt)
    count_try(["account:x"])
    db.session.commit()
    for age, left in ((timedelta(minutes=29), 1), (after, 0)):
        with time_machine.travel(now() + age, tick=False):
            forget_stale()
            db.session.commit()
            assert db.session.query(model).count() == left


def test_a_session_ends_after_twelve_hours_whatever_it_does(cast: Cast) -> None:
    _, row = begin_session(cast.acme, "password", address="127.0.0.1", browser="A test")
    with time_machine.travel(now() + timedelta(hours=12, minutes=1), tick=False):
        row.seen_at = now()
        db.session.commit()
        forget_stale()
        db.session.commit()
        assert db.session.query(SignInSession).count() == 0
