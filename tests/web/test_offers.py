"""What is offered in a list to choose from is text, whatever it holds."""

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.cast import Cast
from tracker.db import db
from tracker.models import Person
from tracker.web.offers import options

MARKUP = '<b onclick="x()">Bolt</b> & "Co"'
ESCAPED = "&lt;b onclick=&#34;x()&#34;&gt;Bolt&lt;/b&gt; &amp; &#34;Co&#34;"


def test_labels_and_values_are_escaped_once() -> None:
    assert options(((MARKUP, MARKUP),), []) == f'<option value="{ESCAPED}">{ESCAPED}</option>'
    assert options(((MARKUP, MARKUP),), [MARKUP]) == f'<option value="{ESCAPED}" selected>{ESCAPED}</option>'


def test_a_company_is_called_what_it_likes(cast: Cast, client_of: Callable[[Person | None], FlaskClient]) -> None:
    cast.bolt.company.name = MARKUP
    db.session.commit()
    page = client_of(cast.acme).get("/issues").text
    assert MARKUP not in page
    assert f">{ESCAPED}</option>" in page
