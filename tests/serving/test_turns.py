"""Connections are shared by the processes of a server, before and after one of them is lost."""

import os
import signal
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.serving.running import Server, asked, running
from tracker.serving.turns import MOST, SILENCE, SLACK, Turns

MANY = 40
FEWEST = 10
"""Of `MANY` kept connections no process of two may hold fewer."""


def test_whoever_holds_hardly_more_than_the_fewest_is_next() -> None:
    turns = Turns()
    busy, idle = turns.take_seat(), turns.take_seat()
    busy.say(7)
    idle.say(3)
    assert [held for held in range(10) if turns.is_next(held)] == list(range(3 + SLACK + 1))
    idle.say(7)
    assert turns.is_next(7 + SLACK)


def test_one_alone_is_always_next() -> None:
    turns = Turns()
    turns.take_seat().say(5)
    assert turns.is_next(5)


def test_nobody_waits_for_one_that_leaves_or_says_nothing() -> None:
    turns = Turns()
    ours, other = turns.take_seat(), turns.take_seat()
    ours.say(9)
    other.say(0, leaving=True)
    assert turns.is_next(9)
    other.say(0)
    assert not turns.is_next(9)
    other.at -= SILENCE + 1
    assert turns.is_next(9)


def test_who_is_to_begin_is_waited_for_and_who_ended_is_replaced() -> None:
    turns = Turns()
    turns.expect(2)
    first = turns.take_seat()
    first.say(4)
    assert not turns.is_next(4), "the second has not begun yet"
    second = turns.take_seat()
    second.say(4)
    assert turns.is_next(4)
    turns.leave_seat(second)
    assert not turns.is_next(4), "another begins where the second ended"


def test_all_answer_when_the_last_does_and_whoever_ended_is_replaced() -> None:
    turns = Turns()
    turns.expect(3)
    seats = [turns.take_seat() for _ in range(3)]
    for seat in seats[:2]:
        seat.answers = True
        assert not turns.all_answer()
    turns.leave_seat(seats[0])
    seats[2].answers = True
    assert not turns.all_answer(), "one has ended, and the next has not begun"
    turns.take_seat().answers = True
    assert turns.all_answer()


def test_more_processes_than_seats_count_none_the_less() -> None:
    turns = Turns()
    seats = [turns.take_seat() for _ in range(MOST + 1)]
    seats[-1].say(0)
    for seat in seats[:-1]:
        seat.say(5)
    assert turns.is_next(5)


def test_all_leave_only_where_nobody_stays_or_follows() -> None:
    turns = Turns()
    one, two = turns.take_seat(), turns.take_seat()
    one.say(1, leaving=True)
    assert not turns.all_leave()
    two.say(0, leaving=True)
    assert turns.all_leave()
    turns.hand_over()
    assert not turns.all_leave(), "a new master lives, and serves the same address"


def kept(server: Server) -> list[HTTPConnection]:
    """Connections that stay, each after an answer."""
    connections = [server.connect() for _ in range(MANY)]
    for connection in connections:
        assert asked(connection, "/healthz").status == 200
    return connections


def ask_again(server: Server, connections: list[HTTPConnection]) -> list[HTTPConnection]:
    """As clients do: whose connection is gone makes another and asks there."""
    again = []
    for connection in connections:
        try:
            asked(connection, "/healthz")
        except (HTTPException, OSError):
            connection.close()
            connection = server.connect()
            asked(connection, "/healthz")
        again.append(connection)
    return again


@pytest.mark.parametrize("lost", [0, 1])
def test_kept_connections_are_shared_also_after_a_crash(data: Path, lost: int) -> None:
    """Asked at once after the start, and at once after the crash, before the new process has begun."""
    with running(data) as server:
        connections = kept(server)
        assert sum(server.connections().values()) == MANY
        assert min(server.connections().values()) >= FEWEST, server.connections()
        os.kill(server.workers()[lost], signal.SIGKILL)
        connections = ask_again(server, connections)
        assert sum(server.connections().values()) == MANY
        assert len(server.connections()) == 2
        assert min(server.connections().values()) >= FEWEST, server.connections()
        for connection in connections:
            connection.close()


def test_a_process_that_is_stuck_keeps_nobody_out(data: Path) -> None:
    with running(data) as server:
        for connection in kept(server):
            connection.close()
        stuck = server.workers()[0]
        os.kill(stuck, signal.SIGSTOP)
        connections = [server.connect() for _ in range(5)]
        assert [asked(connection, "/healthz").status for connection in connections] == [200] * 5
        os.kill(stuck, signal.SIGCONT)
        for connection in connections:
            connection.close()
