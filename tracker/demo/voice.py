"""What the people of the demo say, filled with the facts of the case."""

import random
from datetime import timedelta

from tracker.demo import likelihoods
from tracker.demo.answers import ANSWERS, BY_TONE
from tracker.demo.openings import ANY, BY_TYPE, OPENINGS
from tracker.demo.players import Player
from tracker.demo.tale import Tale
from tracker.demo.values import LENGTH, START
from tracker.domain.workflow import Transition

SAYS_SOMETHING_AT_FILING = 0.85


class MarketPeople:
    """The voice of analysts who know their trade."""

    def filing(self, tale: Tale, rng: random.Random) -> str:
        """The comment with which the issue is filed; empty for none."""
        needed = any(field.name == "CommentsText" and field.required for field in tale.subtype.fields)
        if not needed and rng.random() > SAYS_SOMETHING_AT_FILING:
            return ""
        texts = OPENINGS.get(tale.subtype.key) or BY_TYPE.get(tale.subtype.type) or ANY
        return rng.choice(texts).format_map(slots_of(tale))

    def press(self, tale: Tale, transition: Transition, player: Player, rng: random.Random, *, needed: bool) -> str:
        """What is said with a press; empty only where nothing is needed."""
        if not needed and rng.random() > likelihoods.SAID_WITH_A_PRESS:
            return ""
        texts = ANSWERS.get(transition.name) or BY_TONE[transition.tone]
        return rng.choice(texts).format_map(slots_of(tale))


def slots_of(tale: Tale) -> dict[str, str]:
    """The facts of a case under the names that the texts use."""
    case = tale.case
    first = case.day - timedelta(days=START - LENGTH)
    return {
        "esi_id": str(tale.values.get("EsiID") or case.site.esi_id),
        "tran_id": case.order.tran_id,
        "order_status": case.order.status,
        "street": case.site.street,
        "city": case.site.city,
        "status": case.site.status,
        "start": f"{case.order.scheduled:%B} {case.order.scheduled.day}",
        "day": f"{case.order.requested:%B} {case.order.requested.day}",
        "period": f"{first:%B} {first.day}",
        "tdsp": case.tdsp.name,
        "gaining": case.gaining.name,
        "losing": case.losing.name,
    }
