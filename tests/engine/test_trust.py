"""A counter that breaks its rules makes figures doubtful: told, shown, its owner named; kills or not."""

import pytest

from app.boards.signals import decode_states
from app.domain.accounting.facts import FindingFact
from app.domain.events.contract import Event, Measured, StateChanged
from app.domain.interval import HOUR_MS, MINUTE_MS
from app.streams.boards import RedisBoards
from app.streams.facts import FactLog
from tests.engine.rig import LINE, T0, HandClock, an_engine, drain, put, told
from tests.makers import a_plant

pytestmark = pytest.mark.redis
SIGNALS = {"total": {"unit": "pcs", "range": [0, 1_000_000], "every": "10s", "owner": "production"}}
SIGNALS["total"]["counter"] = {"kind": "cumulative", "max_per_s": 10}
PLANT = a_plant(traits={"signals": SIGNALS, "stale_after": "2h"})
BAD = range(600, 900)


def an_hour(of: range) -> list[Event]:
    """A machine that runs and counts one unit a second; for five minutes the source calls the reading bad."""
    about = {"machine": f"{LINE}/machine", "source": "gw", "epoch": 1}
    said: list[Event] = [StateChanged(**about, t=T0, seq=0, state="run")] if of.start == 0 else []
    for second in of[::10]:
        status = "bad" if second in BAD else "good"
        said.append(
            Measured(**about, t=T0 + second * 1_000, seq=1 + second // 10, signal="total", value=second, status=status)  # type: ignore[arg-type]
        )
    return said


def findings(client) -> list[FindingFact]:
    found = FactLog(client).read({LINE: b"0-0"}, 1_000_000).get(LINE, [])
    return [fact for entry in found for fact in entry.facts if isinstance(fact, FindingFact)]


@pytest.mark.parametrize("cut", [400, 700, 1_500])
def test_bad_readings_of_a_counter_are_doubtful_time_whenever_the_engine_is_killed(valkey, cut):
    clock = HandClock(T0 + cut * 1_000)
    put(valkey, an_hour(range(cut)))
    first = an_engine(valkey, PLANT, clock)
    drain(first)
    clock.now += 31_000
    first.commit(clock.now)
    valkey.delete(f"lease:{{{LINE}}}")
    put(valkey, an_hour(range(cut, 3_600)))
    clock.now = T0 + HOUR_MS
    heir = an_engine(valkey, PLANT, clock, "engine-2")
    drain(heir)
    heir.finish()
    for equipment in (f"{LINE}/machine", LINE):
        cells = [c for (path, _), cells in told(valkey).items() if path == equipment for _, c in cells]
        assert sum(c.doubtful_ms for c in cells) == 5 * MINUTE_MS
        assert sum(c.good for c in cells) == 3_590
    last = {(f.rule, f.since): f for f in findings(valkey)}
    assert [(f.rule, f.owner, f.until - f.since) for f in last.values()] == [
        ("status:total", "production", 5 * MINUTE_MS)
    ]


def test_what_signals_say_is_left_for_the_screens(valkey):
    clock = HandClock(T0 + 700_000)
    put(valkey, an_hour(range(700)))
    engine = an_engine(valkey, PLANT, clock)
    drain(engine)
    engine.commit(clock.now)
    raw = RedisBoards(valkey).signals(LINE)
    assert raw is not None
    (state,) = decode_states(raw).signals
    assert (state.how, state.broken, state.value) == ("broken", "status", 690)
    assert state.score == pytest.approx(1 - 100 / 700, abs=0.02)
    engine.finish()
