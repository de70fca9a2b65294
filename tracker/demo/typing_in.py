"""What people type into the form of a button."""

import random

from tracker.actions.moving import EDIT, fields_of
from tracker.demo.players import Member, Player
from tracker.demo.stage import Option, Stage
from tracker.demo.tale import Tale
from tracker.demo.values import USUALLY_GIVEN, value_of
from tracker.domain.fields import CompanyRef, Field, Value
from tracker.domain.roles import Role
from tracker.domain.workflow import Effect, Transition


def others(player: Player, owner: Member | None) -> list[Member]:
    """Who could become owner in a company instead of the one who is."""
    return [member for member in player.workers if member is not owner]


def typed(stage: Stage, rng: random.Random, tale: Tale, option: Option) -> dict[str, Value]:
    """What somebody types into the form of a button."""
    fields = fields_of(tale.subtype, option.transition)
    if option.transition.key == EDIT:
        return _edited(rng, tale, fields)
    return {field.name: _typed_one(stage, rng, tale, option, field) for field in fields}


def _edited(rng: random.Random, tale: Tale, fields: tuple[Field, ...]) -> dict[str, Value]:
    """The fields as they stand, with one of those changed that are not looked up by."""
    given = {one.name: tale.values.get(one.name) for one in fields}
    loose = [one for one in fields if one.name not in ("EsiID", "OrigTrxnID") and not isinstance(one, CompanyRef)]
    for changed in rng.sample(loose, min(1, len(loose))):
        given[changed.name] = value_of(changed, tale.case, rng)
    return given


def _typed_one(stage: Stage, rng: random.Random, tale: Tale, option: Option, field: Field) -> Value:
    if field.name == "NewOwner":
        return rng.choice(others(option.player, tale.owner_at(option.player))).user_name
    if field.name == "GroupName":
        return rng.choice(option.player.groups)[1]
    if isinstance(field, CompanyRef):
        return _named(stage, rng, tale, option.transition, field)
    if Effect.MAKES_CHILDREN in option.transition.effects and field.repeat > 1:
        return [rng.choice(stage.registry.sites).esi_id for _ in range(rng.randint(3, 5))]
    if not field.required and rng.random() > USUALLY_GIVEN:
        return None
    return value_of(field, tale.case, rng)


def _named(stage: Stage, rng: random.Random, tale: Tale, transition: Transition, field: CompanyRef) -> Value:
    """The company that a button brings in; a new one where somebody is to be replaced."""
    case, fitting = tale.case, tale.case.party(field.role)
    if field.role in (Role.TDSP, Role.GAINING, Role.LOSING):
        return fitting.duns
    held = [part.player for part in tale.parts if part.role is field.role] + [case.filer]
    likely = [case.site.rep, fitting, case.tdsp, case.gaining, case.losing]
    free = [player for player in likely if player and player not in held and not player.left_on]
    if free:
        return free[0].duns
    return stage.market.some_retailer(rng, *held).duns
