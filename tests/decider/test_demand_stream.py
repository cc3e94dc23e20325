"""Demand by stream: each entry taken once whatever is killed, wrong ones put aside with why; on a real Valkey."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.commands.connections import ConnectionDesk
from app.decider.demand import LONGEST, DemandTaker
from app.domain.decisions.demand import Wanted
from app.domain.events import streams
from app.domain.interval import DAY_MS, HOUR_MS
from app.domain.roles import Identity, Role
from app.historian.demand import DemandBook
from app.streams.demand import DemandLog
from app.streams.quarantine import Quarantine
from tests.makers import a_plant
from tests.schedule_rig import NOW, Trail
from tests.web.parts import memory_database

pytestmark = pytest.mark.redis
SITE, STEWARD = "site", Identity("eve", Role.ENGINEER, ("*",))
PLANT = a_plant(timezone="UTC")


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Rig:
    client: Any
    database: Any = field(default_factory=memory_database)
    trail: Trail = field(default_factory=Trail)

    def __post_init__(self) -> None:
        self.log, self.book = DemandLog(self.client), DemandBook(self.database)
        self.part = DemandTaker(lambda: PLANT, self.log, self.database, self.trail)  # type: ignore[arg-type]

    def say(self, order: str, **more: object) -> None:
        row = {"order": order, "product": "cola", "quantity": 10, "due": NOW + DAY_MS, **more}
        self.log.append(SITE, json.dumps(row).encode())

    def step(self, now: int = NOW) -> None:
        self.part.step(now)

    def versions(self) -> dict[str, tuple[int, int]]:
        return {k.wanted.order: (k.wanted.quantity, k.version) for k in self.book.all()}

    def aside(self) -> list[str]:
        return [one.reason for one in reversed(Quarantine(self.client).list(SITE))]


@pytest.fixture
def rig(valkey) -> Rig:
    return Rig(valkey)


def test_orders_and_forecasts_of_a_stream_are_wanted_once(rig) -> None:
    rig.say("A")
    rig.say("F", kind="forecast", place="site/area")
    for _ in range(3):
        rig.step()
    assert rig.versions() == {"A": (10, 1), "F": (10, 1)}
    known = {k.wanted.order: (k.wanted.kind, k.wanted.place, k.wanted.source, k.by) for k in rig.book.all()}
    assert known == {"A": ("order", "site", "stream", "stream"), "F": ("forecast", "site/area", "stream", "stream")}
    assert [row[1:] for row in rig.trail.rows] == [("stream", "schedule.demand", SITE, "2 new, 0 changed, 0 refused")]


def test_the_newest_entry_of_an_order_counts(rig) -> None:
    rig.say("A")
    rig.say("A", quantity=20)
    rig.step()
    rig.say("A", quantity=30)
    rig.say("B")
    rig.say("B", state="cancelled")
    rig.step()
    assert rig.versions() == {"A": (30, 2)}


def test_wrong_entries_are_put_aside_with_the_reason_and_hold_up_nothing(rig) -> None:
    rig.say("A", product="milk")
    rig.log.append(SITE, b"not json")
    rig.log.append(SITE, b'[{"order": "A"}]')
    rig.log.append(SITE, b"\xff\xfe")
    rig.log.append(SITE, b"9" * (LONGEST + 1))
    rig.client.xadd(streams.demand(SITE), {"order": "A"})
    rig.say("B", place="elsewhere")
    rig.say("C")
    for _ in range(2):
        rig.step()
    assert list(rig.versions()) == ["C"]
    reasons = rig.aside()
    assert len(reasons) == 7
    assert reasons[0].startswith("product: ")
    assert all("JSON object" in reason for reason in reasons[1:4])
    assert reasons[4] == f"{LONGEST + 1} bytes: at most {LONGEST}"
    assert reasons[6].startswith("place: ")


def test_an_order_of_another_site_is_not_taken_away_from_it(rig) -> None:
    rig.book.put([Wanted("X", "cola", 5, NOW + DAY_MS, "far/away")], NOW, "ada")
    rig.say("X")
    rig.step()
    assert rig.book.get("X").wanted.place == "far/away"
    assert rig.aside() == ["order: is made at another site already"]


@pytest.mark.parametrize("at", ["refused", "told"])
def test_a_kill_between_putting_aside_and_keeping_repeats_nothing(rig, monkeypatch, at) -> None:
    rig.say("A")
    rig.say("B", quantity=-1)
    rig.say("C", quantity=-2)

    class Dying:
        def refuse(self, *said: object) -> bool:
            if at == "refused" and said[1].raw.endswith(b'"quantity": -2}'):  # type: ignore[attr-defined]
                raise Killed
            return rig.log.refuse(*said)  # type: ignore[arg-type]

        def read(self, *said: object) -> object:
            return rig.log.read(*said)  # type: ignore[arg-type]

        def trim(self, *said: object) -> int:
            raise Killed

    dying = DemandTaker(lambda: PLANT, Dying(), rig.database, rig.trail)  # type: ignore[arg-type]
    with pytest.raises(Killed):
        dying.step(NOW)
    rig.step()
    assert rig.versions() == {"A": (10, 1)}
    assert len(rig.aside()) == 2


def test_a_steward_mends_what_was_put_aside_and_it_is_taken(rig) -> None:
    rig.say("A", product="milk")
    rig.step()
    desk = ConnectionDesk(lambda: PLANT, NoHealth(), Quarantine(rig.client), rig.trail, lambda: NOW)  # type: ignore[arg-type]
    (group,) = desk.board(STEWARD, "refused").groups
    assert (group.line, group.count) == (SITE, 1)
    desk.mend(STEWARD, SITE, group.id, group.raw.replace("milk", "water"))
    rig.step()
    assert list(rig.versions()) == ["A"]
    assert rig.aside() == []


def test_what_was_taken_long_ago_leaves_the_stream(rig) -> None:
    for n in range(300):
        rig.say(f"A{n}")
    rig.step()
    assert rig.client.xlen(streams.demand(SITE)) == 300
    newest = int(rig.client.xinfo_stream(streams.demand(SITE))["last-generated-id"].split(b"-")[0])
    rig.say("Z")
    rig.step(newest + 8 * DAY_MS + HOUR_MS)
    assert rig.client.xlen(streams.demand(SITE)) < 300


class NoHealth:
    def read(self, role: str, now: int) -> list[object]:
        return []
