"""How much the market registry holds, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from tracker.db import db
from tracker.models import MarketOrder, Premise
from tracker.queries.registry import registry_is_on


@dataclass(frozen=True, slots=True)
class RegistryState:
    """Whether look-ups run, what there is to find, and when something of it was last loaded."""

    is_on: bool
    premises: int
    orders: int
    loaded_at: datetime | None


def registry_state() -> RegistryState:
    """The registry as it stands; counts read every row, so this is for the command line."""
    premises, premises_at = db.session.execute(select(func.count(), func.max(Premise.loaded_at))).one()
    orders, orders_at = db.session.execute(select(func.count(), func.max(MarketOrder.loaded_at))).one()
    return RegistryState(
        registry_is_on(), premises, orders, max((at for at in (premises_at, orders_at) if at), default=None)
    )
