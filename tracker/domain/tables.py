"""Tables that are joined by names: what one of them lacks is said when it is loaded, not when somebody asks for it."""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def complete(what: str, names: Iterable[K], table: Mapping[K, V]) -> Mapping[K, V]:
    """The table, which holds each of these names and no other. Raises `LookupError` that says in what it differs."""
    wanted = known(what, names, table)
    strangers = sorted(str(name) for name in table if name not in wanted)
    if strangers:
        raise LookupError(f"{what}: nothing asks for {', '.join(strangers)}.")
    return table


def known(what: str, names: Iterable[K], table: Collection[K]) -> Collection[K]:
    """The names, each of which the table holds. Raises `LookupError` that says which it lacks."""
    wanted = list(dict.fromkeys(names))
    missing = sorted(str(name) for name in wanted if name not in table)
    if missing:
        raise LookupError(f"{what}: there is nothing for {', '.join(missing)}.")
    return wanted
