"""A believable value for every kind of field, so that any form of the catalogue can be filled."""

from collections.abc import Iterable

from tests.cast import ESI_ID, Cast
from tests.make import TRAN_ID
from tracker.domain import fields as kinds
from tracker.domain.roles import Role

PLAYERS = {
    Role.ASSIGNEE: "bolt",
    Role.SECONDARY: "corp",
    Role.TDSP: "wires",
    Role.GAINING: "bolt",
    Role.LOSING: "acme",
}
"""Who of the cast plays a role that a form asks for."""


def filled(fields: Iterable[kinds.Field], cast: Cast, players: dict[Role, str] | None = None) -> dict[str, object]:
    """What a careful filer types into these fields."""
    return {field.name: sample(field, cast, PLAYERS | (players or {})) for field in fields}


def sample(field: kinds.Field, cast: Cast, players: dict[Role, str]) -> object:
    """What one field takes."""
    if field.repeat > 1:
        return [_one(field, cast, players)]
    return _one(field, cast, players)


def _one(field: kinds.Field, cast: Cast, players: dict[Role, str]) -> object:
    match field:
        case kinds.CompanyRef():
            return cast.duns(players[field.role])
        case kinds.OwnPerson() | kinds.OwnGroup():
            raise LookupError("These depend on who presses.")
        case kinds.EsiId():
            return ESI_ID
        case kinds.TransactionId():
            return TRAN_ID
        case kinds.Choice():
            return next(value for value in field.values if value != "Other")
        case kinds.YesNo():
            return "yes"
        case kinds.Day() | kinds.Moment():
            return "2026-04-01" if "Stop" in field.name or field.name == "ProposedRegainDate" else "2026-03-01"
        case kinds.Number():
            return "1204.5"
        case kinds.Whole():
            return "1"
        case kinds.Record():
            return filled(field.fields, cast, players)
        case kinds.Text():
            return "1" * max(field.min_length, 1)
    raise LookupError(type(field).__name__)
