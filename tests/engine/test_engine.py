"""The engine's laws against a real server: nothing counted twice, nothing lost, nobody writes who was overtaken."""

import random
import time
from itertools import count

import pytest
from structlog.testing import capture_logs

from app.domain.events.contract import Counted, Measured, StateChanged
from app.domain.interval import DAY_MS
from app.streams.commit import Commits
from app.streams.connection import ServerAway
from app.streams.health import Health
from app.streams.log import LineLog
from app.streams.quarantine import Quarantine
from tests.engine.rig import LINE, T0, HandClock, an_engine, drain, put, reference, some_events, told, totals
from tests.makers import a_plant

pytestmark = pytest.mark.redis


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


def test_what_is_told_is_what_one_ledger_finds(valkey):
    plant, clock = a_plant(), HandClock(T0 + 3_000_000)
    put(valkey, some_events(2_500))
    engine = an_engine(valkey, plant, clock)
    drain(engine)
    engine.finish()
    assert totals(told(valkey)) == totals(reference(valkey, plant, clock.now))
    assert told(valkey)[f"{LINE}/machine", T0 - T0 % 3_600_000]


def test_duplicates_never_matter(valkey):
    plant, clock, events = a_plant(), HandClock(T0 + 3_000_000), some_events(1_500)
    put(valkey, events)
    expected = totals(reference(valkey, plant, clock.now))
    put(valkey, random.Random(1).choices(events, k=1_000))
    engine = an_engine(valkey, plant, clock)
    drain(engine)
    assert next(iter(engine.owned.values())).ledger.duplicates() == 1_000
    engine.finish()
    assert totals(told(valkey)) == expected


@pytest.mark.parametrize("step", range(7))
def test_a_kill_at_any_step_changes_no_total(valkey, step, monkeypatch):
    plant, clock = a_plant(), HandClock(T0 + 3_000_000)
    put(valkey, some_events(2_000))
    doomed = an_engine(valkey, plant, clock)
    drain(doomed)
    put(valkey, some_events(500, source="late", epoch=2))
    clock.now += 31_000
    _kill_at(doomed, step)
    with pytest.raises(Killed):
        doomed.run(_never())
    clock.now += 60_000
    valkey.delete(f"lease:{{{LINE}}}")
    heir = an_engine(valkey, plant, clock, "engine-2")
    drain(heir)
    heir.finish()
    assert totals(told(valkey)) == totals(reference(valkey, plant, clock.now))


def _kill_at(engine, step):
    """Die before or after: reading, applying, settling, writing the commit, hearing its answer."""
    owned = engine.owned[LINE]
    places = [
        (engine._log, "read"),
        (owned, "take"),
        (owned.ledger, "settle"),
        (owned.ledger, "changed_pages"),
        (owned.ledger, "checkpoint"),
        (engine._commits, "write"),
        (owned, "committed"),
    ]
    holder, name = places[step]
    whole = getattr(holder, name)

    def dying(*arguments, **named):
        whole(*arguments, **named)
        raise Killed

    setattr(holder, name, dying)


def _never():
    class Never:
        def is_set(self):
            return False

        def wait(self, _seconds):
            return False

    return Never()


def test_the_freshest_event_is_said_after_a_backlog_and_after_a_restart(valkey):
    plant, clock = a_plant(), HandClock()
    events = some_events(400)
    put(valkey, events)
    clock.now = T0 + 500_000
    for owner in ("engine-1", "engine-2"):
        engine = an_engine(valkey, plant, clock, owner=owner)
        drain(engine)
        clock.now += 10_000
        engine.cycle()
        (said,) = Health(valkey).read("engine", clock.now)
        assert (said.owner, said.figures["freshest_ms"]) == (owner, events[-1].t)
        engine.finish()


def test_an_engine_that_was_overtaken_stops_writing_at_once(valkey):
    plant, clock = a_plant(), HandClock(T0 + 3_000_000)
    put(valkey, some_events(100))
    old = an_engine(valkey, plant, clock)
    drain(old)
    valkey.delete(f"lease:{{{LINE}}}")
    Health(valkey).gone("engine", "engine-1")
    new = an_engine(valkey, plant, clock, "engine-2")
    drain(new)
    written = LineLog(valkey).facts_info(LINE).last
    clock.now += 40_000
    old.commit(clock.now, last=True)
    assert old.owned == {}
    assert LineLog(valkey).facts_info(LINE).last == written
    assert set(new.owned) == {LINE}


def test_bad_events_are_put_aside_with_the_reason_and_the_good_ones_count(valkey):
    plant, clock, log = a_plant(), HandClock(T0 + 3_000_000), LineLog(valkey)
    good = some_events(200)
    put(valkey, good[:100])
    envelope = '"t":1774731600000,"source":"x","epoch":1,"seq":1'
    log.append_many(
        LINE,
        [
            b"{broken",
            b"\xff\xfe",
            b"[]",
            f'{{"kind":"count","machine":"{LINE}/nobody",{envelope},"good":1}}'.encode(),
            f'{{"kind":"count","machine":"{LINE}/machine",{envelope},"good":-5}}'.encode(),
            f'{{"kind":"count","machine":"{LINE}/machine","t":9999999999999,"source":"x","epoch":1,"seq":2}}'.encode(),
        ],
    )
    put(valkey, good[100:])
    expected = totals(reference_of(valkey, plant, clock, good))
    engine = an_engine(valkey, plant, clock)
    drain(engine)
    engine.finish()
    reasons = [refused.reason for refused in reversed(Quarantine(valkey).list(LINE))]
    assert [reason.split(":")[0] for reason in reasons] == [
        *["malformed"] * 3,
        "unknown machine",
        "malformed",
        "implausible",
    ]
    assert "`int` >= 0 - at `$.good`" in reasons[4]
    assert totals(told(valkey)) == expected


def reference_of(valkey, plant, clock, events):
    """The reference over `events` alone."""
    valkey.rename(f"events:{{{LINE}}}", f"aside:{{{LINE}}}")
    put(valkey, events)
    found = reference(valkey, plant, clock.now)
    valkey.rename(f"aside:{{{LINE}}}", f"events:{{{LINE}}}")
    return found


def test_an_event_older_than_what_is_kept_is_refused_and_changes_nothing_told(valkey):
    plant, clock = a_plant(), HandClock(T0 + 40 * DAY_MS)
    put(valkey, some_events(100, start=clock.now - 3 * DAY_MS))
    engine = an_engine(valkey, plant, clock, keep_days=2)
    drain(engine)
    clock.now += 61_000
    put(
        valkey,
        [*some_events(1, source="old", start=clock.now - 3 * DAY_MS), *some_events(5, source="new", start=clock.now)],
    )
    drain(engine)
    clock.now += 61_000
    put(valkey, some_events(1, source="older", start=clock.now - 3 * DAY_MS))
    drain(engine)
    engine.finish()
    (refused, *_) = Quarantine(valkey).list(LINE, 10)
    assert refused.reason == "too old: t is 3.0 days ago; inputs are kept for LINESIDE_KEEP_DAYS days"


@pytest.mark.parametrize(
    ("t", "said"),
    [
        (99, "t 99: lies before the year 2000; right are UTC milliseconds. Is the source's clock set?"),
        (946_684_800_000 + 3_600_000, "implausible: t is 9583.8 days ago; is the source's clock right?"),
        (T0 - 733 * DAY_MS, "implausible: t is 733.0 days ago; is the source's clock right?"),
    ],
)
def test_a_clock_that_lost_its_year_stops_no_line_and_begins_no_record_of_years(valkey, t, said):
    plant, clock, good = a_plant(), HandClock(T0 + 200_000), some_events(100)
    put(valkey, good)
    expected = totals(reference(valkey, plant, clock.now))
    lost = {"machine": f"{LINE}/machine", "t": t, "source": "rtc", "epoch": 1}
    put(valkey, [StateChanged(**lost, seq=1, state="run"), Counted(**lost, seq=2, good=7)])
    engine = an_engine(valkey, plant, clock)
    drain(engine)
    engine.finish()
    assert [refused.reason for refused in Quarantine(valkey).list(LINE)] == [said] * 2
    assert totals(told(valkey)) == expected


def test_a_line_that_was_not_read_for_weeks_forgets_nothing_of_what_waits(valkey):
    arrived = time.time_ns() // 1_000_000
    plant, clock = a_plant(), HandClock(arrived + 40 * DAY_MS)
    put(valkey, some_events(100, start=arrived - 100_000))
    engine = an_engine(valkey, plant, clock, keep_days=2, batch=10)
    drain(engine)
    engine.finish()
    assert Quarantine(valkey).list(LINE, 10) == []


def test_a_mended_event_counts_when_it_is_replayed(valkey):
    plant, clock = a_plant(), HandClock(T0 + 3_000_000)
    put(valkey, some_events(100))
    engine = an_engine(valkey, plant, clock)
    LineLog(valkey).append(LINE, b"{broken")
    drain(engine)
    clock.now += 31_000
    engine.commit(clock.now)
    (refused,) = Quarantine(valkey).list(LINE)
    before = totals(reference(valkey, plant, clock.now))[LINE][0]
    mended = f'{{"kind":"count","machine":"{LINE}/machine","t":{T0 + 50_500},"source":"m","epoch":1,"seq":0,"good":7}}'
    Quarantine(valkey).replay(LINE, refused, mended.encode())
    drain(engine)
    engine.finish()
    assert totals(told(valkey))[LINE][0] == before + 7


def test_while_redis_is_away_what_is_known_is_kept(valkey, valkey_server):
    plant, clock = a_plant(), HandClock(T0 + 3_000_000)
    put(valkey, some_events(600))
    engine = an_engine(valkey, plant, clock)
    drain(engine)
    valkey_server.kill()
    with pytest.raises(ServerAway):
        engine.cycle()
    valkey_server.restart()
    put(valkey, some_events(300, source="second", epoch=9))
    engine._say_away(ServerAway("test"))
    engine._prove()
    drain(engine)
    engine.finish()
    assert totals(told(valkey)) == totals(reference(valkey, plant, clock.now))


def test_an_engine_that_owns_nothing_does_not_say_that_an_absent_server_is_back(valkey, valkey_server):
    engine = an_engine(valkey, a_plant(), HandClock(T0))
    valkey_server.kill()
    try:
        with pytest.raises(ServerAway):
            engine.cycle()
        engine._say_away(ServerAway("test"))
        with capture_logs() as said, pytest.raises(ServerAway):
            engine._prove()
        assert said == []
    finally:
        valkey_server.restart()


def test_a_counter_in_the_plant_file_counts_over_a_restart(valkey):
    signal = {"total": {"unit": "pcs", "owner": "it", "meaning": "pieces", "counter": {"kind": "cumulative"}}}
    plant, clock = a_plant(traits={"signals": signal}), HandClock(T0 + 3_000_000)
    sequence = count()

    def readings(*values):
        common = {"machine": f"{LINE}/machine", "source": "plc", "epoch": 1, "signal": "total"}
        put(valkey, [Measured(t=T0 + (n := next(sequence)) * 1_000, seq=n, value=v, **common) for v in values])

    readings(100, 150, 170)
    first = an_engine(valkey, plant, clock)
    drain(first)
    first.finish()
    readings(180, 5, 9)
    second = an_engine(valkey, plant, clock, "engine-2")
    drain(second)
    second.finish()
    assert totals(told(valkey))[f"{LINE}/machine"] == (89, 0)
    assert Commits(valkey).read(LINE).counters is not None


def test_two_engines_share_lines_and_the_survivor_takes_all(valkey):
    plant, clock = a_plant(), HandClock(T0)
    first, second = (an_engine(valkey, plant, clock, owner) for owner in ("a", "b"))
    first.cycle()
    second.cycle()
    assert (len(first.owned), len(second.owned)) == (1, 0)
    first.finish()
    clock.now += 5_000
    second.cycle()
    assert set(second.owned) == {LINE}


def test_an_engine_that_stops_gives_its_connections_back(valkey):
    """A request for the next batch is under way whenever a line is read alone."""
    put(valkey, some_events(600))
    plant, clock = a_plant(), HandClock(T0 + 3_000_000)
    open_before = len(valkey.client_list())
    for _ in range(5):
        engine = an_engine(valkey, plant, clock)
        engine.cycle()
        engine.finish()
    assert len(valkey.client_list()) <= open_before + 1
