"""Parts run at their own pace; one that fails stops no other; of two deciders one works."""

import pytest

from app.connectors.base import NotDelivered
from app.decider.process import Decider, Part
from app.historian.away import DatabaseAway
from app.streams.leases import Leases

pytestmark = pytest.mark.redis


class Clock:
    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


def a_decider(valkey, clock: Clock, owner: str = "a", **steps) -> tuple[Decider, list[str]]:
    ran: list[str] = []

    def step(name: str, how):
        def go(now: int) -> None:
            ran.append(name)
            if how:
                raise how

        return go

    parts = [Part(name, every, step(name, how)) for name, (every, how) in steps.items()]
    return Decider(parts, Leases(valkey, owner, 60_000), clock), ran


def test_each_part_runs_at_its_own_pace(valkey) -> None:
    clock = Clock()
    decider, ran = a_decider(valkey, clock, quick=(1_000, None), slow=(5_000, None))
    for _ in range(6):
        decider.go()
        clock.ms += 1_000
    assert (ran.count("quick"), ran.count("slow")) == (6, 2)
    assert decider.figures() == {"quick": 6.0, "slow": 2.0}
    clock.ms -= 3_600_000
    decider.go()
    assert (ran.count("quick"), ran.count("slow")) == (7, 3)


def test_a_part_that_fails_stops_no_other_and_is_told(valkey) -> None:
    clock = Clock()
    decider, ran = a_decider(
        valkey, clock, bad=(1_000, ValueError("odd")), away=(1_000, DatabaseAway("gone")), good=(1_000, None)
    )
    decider.go()
    assert ran == ["bad", "away", "good"]
    assert decider.problem() == "bad: ValueError: odd; away: gone"


def test_what_lies_outside_is_logged_in_words_once_and_again_when_it_changes(valkey, caplog) -> None:
    clock, wrong = Clock(), [NotDelivered("no answer"), NotDelivered("no answer"), ValueError("odd"), None]

    def step(now: int) -> None:
        error = wrong.pop(0)
        if error is not None:
            raise error

    decider = Decider([Part("outside", 1_000, step)], Leases(valkey, "x"), clock)
    caplog.set_level("INFO")
    for _ in range(4):
        decider.go()
        clock.ms += 1_000
    told = [(row.levelname, row.exc_info is not None) for row in caplog.records if row.name == "app.decider.process"]
    assert told == [("WARNING", False), ("ERROR", True), ("INFO", False)]


def test_of_two_deciders_one_works_and_the_other_takes_over(valkey) -> None:
    clock = Clock()
    first, ran_first = a_decider(valkey, clock, "a", part=(1, None))
    second, ran_second = a_decider(valkey, clock, "b", part=(1, None))
    first.go()
    second.go()
    assert (ran_first, ran_second) == (["part"], [])
    first.close()
    clock.ms += 10
    second.go()
    first.go()
    assert (ran_first, ran_second) == (["part"], ["part"])
