"""The market of the bench: the demo's wires companies and 113 retailers whose activity follows Zipf's law."""

import random

from bench.words import words
from tracker.demo.market import OPERATOR, WIRES, Declared
from tracker.domain.roles import CompanyKind

RETAILERS = 112
ACTIVITY = 0.9

FIRST = words(
    "Agave Bison Caliche Dovetail Ember Ferncrest Gypsum Hickory Ironwood Jackrabbit Kestrel Limestone Mustang "
    "Nopal Ocotillo Persimmon Roadrunner Sotol Tallgrass Windmill"
)
SECOND = words("Energy Power Electric Light Utilities Supply")


def declared_companies(seed: str) -> list[Declared]:
    """ERCOT, the wires companies and the retailers, the most active first."""
    rng = random.Random(f"{seed}:companies")
    names = [f"{first} {second}" for first in FIRST for second in SECOND]
    rng.shuffle(names)
    return [OPERATOR, *WIRES, *(_retailer(rank, name) for rank, name in enumerate(names[:RETAILERS]))]


def _retailer(rank: int, name: str) -> Declared:
    share = round(10_000 / (rank + 1) ** ACTIVITY)
    return Declared(duns=f"99{7_000_000 + rank * 137:07d}", name=name, kind=CompanyKind.CR, share=share, people=4)
