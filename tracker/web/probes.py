"""What a load balancer asks: is the process alive, and may it be given work (security.md R22, decision 23).

It is answered before anything of a page begins: without a session, without a place, whatever `Host` names. Nobody's
work makes a process unready: what it needs itself does, and the rest stands in the notes.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from flask import Flask, Request, Response, jsonify

from tracker.queries.schema import Schema
from tracker.serving.leaving import LEAVING
from tracker.web import standing
from tracker.web.asking import Question
from tracker.web.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

MIGRATIONS = {
    Schema.MISSING: "not run yet: run flask --app wsgi db upgrade",
    Schema.OLDER: "older than this version: run flask --app wsgi db upgrade",
}
FOREIGN = "not mounted, or another market's: the log says why"
OK = "ok"


class Probes:
    """The application, with the addresses that a load balancer and a Prometheus ask before it."""

    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self._app, self._inner = app, inner
        self._answers = {"/healthz": _alive, "/readyz": Readiness(app).answer, "/metrics": Metrics(app).answer}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a probe; whatever else is asked is asked of the application."""
        answer = self._answers.get(environ["PATH_INFO"])
        if answer and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            with self._app.app_context():
                answered = answer(Request(environ))
            if answered is not None:
                return answered(environ, start_response)
        return self._inner(environ, start_response)


class Readiness:
    """What this process needs, each asked for a second."""

    def __init__(self, app: Flask) -> None:
        self._database = Question(app, standing.database)
        self._attachments = Question(app, standing.attachments)
        self._others = Question(app, standing.notes)
        self._logged = ""

    def answer(self, request: Request) -> Response:
        """Whether this process may be given work, and what is wrong when it may not."""
        schema = self._database.answer()
        checks = {"process": "is stopping" if LEAVING.is_set() else OK} | self._checks(schema)
        fine = all(reason == OK for reason in checks.values())
        answer = jsonify(status="ready" if fine else "not ready", checks=checks, notes=self._notes(schema))
        answer.status_code = 200 if fine else 503
        return answer

    def _checks(self, schema: Schema | None) -> dict[str, str]:
        if schema is None:
            return {"database": "does not answer"}
        if schema in MIGRATIONS:
            return {"database": OK, "migrations": MIGRATIONS[schema]}
        return {"database": OK, "migrations": OK, "attachments": self._attachments_are()}

    def _attachments_are(self) -> str:
        trouble = self._attachments.answer()
        if trouble is None:
            return "cannot be reached"
        self._log(trouble)
        return FOREIGN if trouble else OK

    def _log(self, trouble: str) -> None:
        """Paths and numbers are for the operator; said once, however often a balancer asks."""
        if trouble not in ("", self._logged):
            log.warning("the attachments are not as the database has them", trouble=trouble)
        self._logged = trouble

    def _notes(self, schema: Schema | None) -> dict[str, str]:
        notes = dict(self._others.answer() or {}) if schema else {}
        if schema is Schema.NEWER:
            notes["migrations"] = "newer than this version"
        return notes


def _alive(request: Request) -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="alive")
