"""The filters of the list and the text of the query are two faces of one thing: each is read off the other."""

from collections.abc import Collection, Mapping

from tracker.domain.query_language import QueryError, Term, Value, narrowed_by, parse, parts_of, quoted, without
from tracker.domain.roles import ACTIVE_ROLES
from tracker.domain.search_keys import BY_NAME, IS, slug
from tracker.domain.tables import known

SIMPLE = ("subtype", "state", "status", "owner", "esiid", "tran")
"""Filters that are one value of the key of their name."""

STANDINGS = {"ours": "Ours", "theirs": "Another company’s", "ended": "Nobody’s: ended"}
DAYS = ("created", "updated")
COMPANY_KEYS = {"": "party", **{role.lower(): role.lower() for role in ACTIVE_ROLES if role.lower() in BY_NAME}}
"""The key of a company in a role; in any role for none."""

known("keys of filters", (*SIMPLE, *DAYS, *COMPANY_KEYS.values(), "is", "turn"), BY_NAME)
known("standings of filters", STANDINGS, [choice.value for choice in IS])


def narrowed(text: str, form: Mapping[str, str]) -> str:
    """The query with what the filters say in the place of what they showed of it. Raises `QueryError`."""
    for key in SIMPLE:
        value = form.get(key, "").strip()
        text = _replaced(text, (key,), f"{key}:{quoted(value)}" if value else "")
    standing = form.get("standing", "")
    text = _replaced(text, ("is", "turn"), f"is:{standing}" if standing in STANDINGS else "")
    company, role = form.get("company", ""), COMPANY_KEYS.get(form.get("role", ""), "party")
    text = _replaced(text, COMPANY_KEYS.values(), f"{role}:{quoted(company)}" if company else "")
    for key in DAYS:
        text = _replaced(
            text, (key,), _days(key, form.get(f"{key}_from", "").strip(), form.get(f"{key}_to", "").strip())
        )
    return text


def _replaced(text: str, keys: Collection[str], term: str) -> str:
    """The query with a term in the place of those of these keys that the filters show; what they cannot say stays."""
    rest = without(text, lambda one: _name(one) in keys and bool(_shown_of(one)))
    return narrowed_by(rest, term) if term else rest


def _shown_of(term: Term) -> dict[str, str]:
    return _shown(_name(term), term.values[0]) if len(term.values) == 1 else {}


def _name(term: Term) -> str:
    """The key's own name, for whatever alias was typed."""
    return BY_NAME[term.key].name if term.key in BY_NAME else term.key


def filters_of(text: str) -> dict[str, str]:
    """What the filters show for this query; empty for whatever they cannot say."""
    try:
        terms = [part for part in parts_of(parse(text)) if isinstance(part, Term)]
    except QueryError:
        return {}
    shown: dict[str, str] = {}
    for term in terms:
        shown |= _shown_of(term)
    return shown


def _shown(key: str, value: Value) -> dict[str, str]:
    if key in DAYS:
        return _shown_days(key, value)
    if value.operator != "=" or value.prefix:
        return {}
    if key == "is":
        return {"standing": value.text} if value.text in STANDINGS else {}
    if key == "turn" and value.text == "@mycompany":
        return {"standing": "ours"}
    if key in COMPANY_KEYS.values():
        return {"company": slug(value.text), "role": "" if key == "party" else key}
    return {key: value.text} if key in SIMPLE else {}


def _shown_days(key: str, value: Value) -> dict[str, str]:
    ends = {
        "..": (value.text, value.upto),
        ">=": (value.text, ""),
        "<=": ("", value.text),
        "=": (value.text, value.text),
    }
    if value.operator not in ends:
        return {}
    first, last = ends[value.operator]
    return {f"{key}_from": first, f"{key}_to": last}


def _days(key: str, first: str, last: str) -> str:
    if not first and not last:
        return ""
    days = f"{first}..{last}" if first and last else f">={first}" if first else f"<={last}"
    return f"{key}:{days if ' ' not in days else quoted(days)}"
