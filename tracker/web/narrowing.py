"""The filters of the list and the text of the query are two faces of one thing: each is read off the other."""

from collections.abc import Mapping

from tracker.domain.query_language import QueryError, Term, Value, parse, parts_of, quoted, with_term, without
from tracker.domain.roles import ACTIVE_ROLES
from tracker.domain.search_keys import BY_NAME, slug

SIMPLE = ("subtype", "state", "status", "owner", "esiid", "tran")
"""Filters that are one value of the key of their name."""

STANDINGS = {"ours": "Ours", "theirs": "Another company’s", "ended": "Nobody’s: ended"}
DAYS = ("created", "updated")
COMPANY_KEYS = {"": "party", **{role.lower(): role.lower() for role in ACTIVE_ROLES if role.lower() in BY_NAME}}
"""The key of a company in a role; in any role for none."""


def narrowed(text: str, form: Mapping[str, str]) -> str:
    """The query with what the filters say in the place of what it said about these things. Raises `QueryError`."""
    for key in SIMPLE:
        text = with_term(text, key, *filter(None, [form.get(key, "").strip()]))
    standing = form.get("standing", "")
    text = with_term(text, "is", standing) if standing in STANDINGS else _without_standing(text)
    for key in COMPANY_KEYS.values():
        text = without(text, key)
    if form.get("company"):
        text = with_term(text, COMPANY_KEYS.get(form.get("role", ""), "party"), form["company"])
    for key in DAYS:
        text = _with_days(
            without(text, key), key, form.get(f"{key}_from", "").strip(), form.get(f"{key}_to", "").strip()
        )
    return text


def filters_of(text: str) -> dict[str, str]:
    """What the filters show for this query; empty for whatever they cannot say."""
    try:
        terms = [part for part in parts_of(parse(text)) if isinstance(part, Term) and len(part.values) == 1]
    except QueryError:
        return {}
    shown: dict[str, str] = {}
    for term in terms:
        shown |= _shown(BY_NAME[term.key].name if term.key in BY_NAME else term.key, term.values[0])
    return shown


def _shown(key: str, value: Value) -> dict[str, str]:
    if key in DAYS:
        return _shown_days(key, value)
    if value.operator != "=":
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
    first, last = ends.get(value.operator, ("", ""))
    return {f"{key}_from": first, f"{key}_to": last}


def _without_standing(text: str) -> str:
    standing = filters_of(text).get("standing")
    return without(text, "is") if standing else text


def _with_days(text: str, key: str, first: str, last: str) -> str:
    if not first and not last:
        return text
    days = f"{first}..{last}" if first and last else f">={first}" if first else f"<={last}"
    bounds = days if " " not in days else quoted(days)
    return f"{text} {key}:{bounds}".strip()
