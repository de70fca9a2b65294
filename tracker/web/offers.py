"""The options of lists to choose from, rendered once for each thing that can be chosen among them."""

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape

Offers = tuple[tuple[str, str], ...]


def options(offers: Offers, chosen: Iterable[str]) -> Markup:
    """The `<option>` elements of (value, label) pairs, those chosen marked."""
    return _options(offers, frozenset(chosen))


@lru_cache(maxsize=2048)
def _options(offers: Offers, chosen: frozenset[str]) -> Markup:
    return Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value in chosen else "", escape(label)
        )
        for value, label in offers
    )
