"""A request as the pages read it: within limits, and what cannot be read is said by a page before anything is done."""

from io import BytesIO
from urllib.parse import parse_qsl

from flask import Request, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property

from config import PLAIN_FORM, URL_ENCODED
from tracker.errors import TooLarge
from tracker.web.bodies import UNREADABLE, BoundedForms, require_few, too_long
from tracker.web.transactions import SAFE_METHODS

FORMS = {"", URL_ENCODED, "multipart/form-data"}
"""What is sent here. WTForms would take JSON for a form, with values that are no texts."""

LONGEST_QUERY = 8 * 1024
MOST_PARAMETERS = 200

Fault = HTTPException | TooLarge


class BoundedRequest(Request):
    """Reads nothing beyond its limits. What could not be read is empty, and `fault` says why."""

    form_data_parser_class = BoundedForms
    fault: Fault | None = None

    @property
    def want_form_data_parsed(self) -> bool:
        """Only what may change something brings a form; what else comes with a request is not looked at."""
        return super().want_form_data_parsed and self.method not in SAFE_METHODS

    def make_form_data_parser(self) -> FormDataParser:
        """The parser, which is told not to pass over what is no form."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The parameters of the address. What is wrongly encoded stays as it is: people type addresses."""
        try:
            if len(self.query_string) > LONGEST_QUERY:
                raise TooLarge(too_long(LONGEST_QUERY))
            require_few(self.query_string, MOST_PARAMETERS)
        except TooLarge as fault:
            self.fault = fault
            return self.parameter_storage_class()
        items = parse_qsl(_as_text(self.query_string), keep_blank_values=True, errors="werkzeug.url_quote")
        return self.parameter_storage_class(items)

    @cached_property
    def full_path(self) -> str:
        """The path with the parameters."""
        return f"{self.path}?{_as_text(self.query_string)}"

    def _load_form_data(self) -> None:
        """Read the body, once."""
        if self.mimetype == URL_ENCODED:
            self.max_content_length = PLAIN_FORM
        try:
            self._require_form()
            super()._load_form_data()
        except RequestEntityTooLarge as fault:
            self._leave_unread(TooLarge(too_long(PLAIN_FORM)) if self.mimetype == URL_ENCODED else fault)
        except (HTTPException, TooLarge) as fault:
            self._leave_unread(fault)
        except ValueError:
            self._leave_unread(BadRequest(UNREADABLE))

    def _require_form(self) -> None:
        if self.want_form_data_parsed and self.mimetype not in FORMS:
            raise BadRequest(UNREADABLE)

    def _leave_unread(self, fault: Fault) -> None:
        self.fault = fault
        nothing = self.parameter_storage_class()
        self.__dict__.update(stream=BytesIO(), form=nothing, files=nothing)


def refuse_unreadable() -> None:
    """Raise what is wrong with the request, its parameters and its body."""
    present = request._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(present, BoundedRequest)
    len(present.args), len(present.form)
    if present.fault:
        raise present.fault


def _as_text(query: bytes) -> str:
    return query.decode("utf-8", "replace")
