"""The companies and people of a made market as its stories meet them, and their rows."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.demo.ledger import Ledger
from tracker.demo.market import FULL_NAMES, GROUPS, RANKS, Declared
from tracker.domain.names import key_of, legal_key_of
from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind
from tracker.models import Company, EsiIdPrefix, Person, WorkGroup


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a company."""

    id: int
    user_name: str
    full_name: str
    rank: Rank


@dataclass(frozen=True, slots=True, eq=False)
class Player:
    """A company with its people and its queues (id and name)."""

    id: int
    duns: str
    name: str
    kind: CompanyKind
    share: int
    left_on: date | None
    prefixes: tuple[tuple[str, int], ...]
    members: tuple[Member, ...]
    groups: tuple[tuple[int, str], ...]

    @property
    def workers(self) -> tuple[Member, ...]:
        """Those who may file and press."""
        return tuple(member for member in self.members if member.rank in (Rank.ANALYST, Rank.ADMINISTRATOR))


@dataclass(eq=False)
class Market:
    """All companies, and the person that acts for the product itself."""

    players: Sequence[Player]
    clock: Member
    by_duns: dict[str, Player] = field(init=False)
    operator: Player = field(init=False)
    wires: list[Player] = field(init=False)
    retailers: list[Player] = field(init=False)
    shares: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.by_duns = {player.duns: player for player in self.players}
        self.operator = next(player for player in self.players if player.kind is CompanyKind.ERCOT)
        self.wires = [player for player in self.players if player.kind is CompanyKind.TDSP]
        self.retailers = [player for player in self.players if player.kind is CompanyKind.CR and not player.left_on]
        self.shares = [player.share for player in self.retailers]

    @property
    def who_left(self) -> list[Player]:
        """The retailers that are in the market no more."""
        return [player for player in self.players if player.left_on]

    def some_retailer(self, rng: random.Random, *besides: Player | None) -> Player:
        """An active retailer by its share of the market, none of those named."""
        while True:
            player = rng.choices(self.retailers, self.shares)[0]
            if player not in besides:
                return player


def make_market(ledger: Ledger, declared: Sequence[Declared], founded: datetime, left_on: date) -> Market:
    """The rows of companies, people, queues and prefixes; `left_on` is when those that left did."""
    names = _user_names()
    players = [_player(ledger, company, names, founded, left_on) for company in declared]
    operator = next(player for player in players if player.kind is CompanyKind.ERCOT)
    clock = _member(ledger, operator.id, operator.duns, ("clock", "Tracker"), Rank.SYSTEM, founded)
    return Market(players, clock)


def _player(
    ledger: Ledger, company: Declared, names: Iterator[tuple[str, str]], founded: datetime, left_on: date
) -> Player:
    left = left_on if company.left else None
    legal_name = company.legal_name or company.name
    row = {
        "duns": company.duns,
        "name": company.name,
        "legal_name": legal_name,
        "legal_key": legal_key_of(legal_name),
        "kind": company.kind,
        "left_on": left,
        "created_at": founded,
    }
    company_id = ledger.number(Company, row)
    for prefix, length in company.prefixes:
        ledger.add(EsiIdPrefix, {"prefix": prefix, "length": length, "company_id": company_id})
    return Player(
        id=company_id,
        duns=company.duns,
        name=company.name,
        kind=company.kind,
        share=company.share,
        left_on=left,
        prefixes=company.prefixes,
        members=tuple(_members(ledger, company_id, company, names, founded)),
        groups=tuple(_groups(ledger, company_id, company)),
    )


def _members(
    ledger: Ledger, company_id: int, company: Declared, names: Iterator[tuple[str, str]], founded: datetime
) -> Iterator[Member]:
    for rank in _ranks(company):
        yield _member(ledger, company_id, company.duns, next(names), rank, founded)


def _ranks(company: Declared) -> Iterable[Rank]:
    ranks = RANKS[: company.people]
    if company.kind is CompanyKind.ERCOT:
        return (rank if rank is not Rank.READER else Rank.ANALYST for rank in ranks)
    return ranks


def _member(ledger: Ledger, company_id: int, duns: str, name: tuple[str, str], rank: Rank, founded: datetime) -> Member:
    user_name, full_name = name
    row = {
        "company_id": company_id,
        "user_name": user_name,
        "full_name": full_name,
        "email": f"{user_name}@{duns}.example",
        "rank": rank,
        "password_hash": None,
        "created_at": founded,
    }
    return Member(ledger.number(Person, row), user_name, full_name, rank)


def _groups(ledger: Ledger, company_id: int, company: Declared) -> Iterator[tuple[int, str]]:
    for name in GROUPS[company.kind][: max(1, company.people - 1)]:
        row = {"company_id": company_id, "name": name, "name_key": key_of(name), "closed_at": None}
        yield ledger.number(WorkGroup, row), name


def _user_names() -> Iterator[tuple[str, str]]:
    """User name and full name of one person after another; when the names run out they are numbered."""
    turn = 0
    while True:
        turn += 1
        for full_name in FULL_NAMES:
            user_name = re.sub(r"[^a-z]+", ".", full_name.lower())
            yield (user_name, full_name) if turn == 1 else (f"{user_name}{turn}", f"{full_name} {turn}")
