"""How many statements each page asks of the database: few, and no more when there is more to show."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.counting import counted
from tests.make import know_premise, press, rep_of_record
from tracker.actions.bulk import begin_act
from tracker.db import db
from tracker.models import Person

BUDGET = {
    "/": 10,
    "/issues": 5,
    "/issues?q=is:ours+sort:created": 5,
    "/issues?q=status:open+created:>%3D2026-01": 5,
    '/issues?q=assignee:222222222+state:"In+Progress"': 6,
    "/issues?q=serves": 10,
    "/issues/facets?q=is:theirs": 5,
    "/issues/{number}": 10,
    "/issues/{number}/print": 10,
    "/issues/{number}/claims": 8,
    "/issues/{number}/transitions/close": 6,
    "/issues/{number}/transitions/assign-owner": 6,
    "/issues/new": 2,
    "/issues/new/rep-of-record": 5,
    "/handed-over": 2,
    "/people": 6,
    "/account": 4,
    "/views": 5,
    "/inbox": 4,
    "/acts": 3,
    "/issues?choose=1": 5,
    "/suggest?q=26": 5,
    "/suggest/query?q=sta": 2,
    "/guide": 1,
}


@pytest.mark.usefixtures("stopped")  # what a session writes once a minute is not asked for again
@pytest.mark.parametrize(("address", "budget"), BUDGET.items())
def test_page_asks_little_and_not_more_for_more(
    cast: Cast, client_of: Callable[[Person | None], FlaskClient], address: str, budget: int
) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    press(cast.bolt, issue, "begin-working")
    begin_act(cast.acme_admin, [issue.number], "add-comment", {}, "The first act.")
    db.session.commit()
    client = client_of(cast.acme_admin)
    address = address.format(number=issue.number)
    client.get("/")  # the first page of a session writes its token
    with counted() as few:
        assert client.get(address).status_code == 200
    for index in range(6):
        press(cast.bolt, press(cast.acme, rep_of_record(cast), "submit"), "begin-working")
        press(cast.acme, issue, "add-comment", f"Comment {index}")
        begin_act(cast.acme_admin, [issue.number], "add-comment", {}, f"Act {index}")
    db.session.commit()
    with counted() as many:
        client.get(address)
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= budget, "\n".join(many)
