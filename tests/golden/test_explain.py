"""A number opened: the live board's own figures, down to the events, who changed what and what was there before."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.auth.guard import Forbidden, Invalid
from app.domain.accounting.buckets import BUCKETS, Components
from app.domain.accounting.figures import FIGURES
from app.domain.accounting.kpi import kpi_row
from app.domain.accounting.profiles import PROFILES, VORNE
from app.domain.events.contract import CountCorrected, StateChanged, StopClassified
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.domain.roles import Identity, Role
from app.streams.connection import client_of
from app.streams.raw import RawLog
from app.views.explain import MOST_EVENTS
from app.views.history import SqlHistory
from tests.golden.rig import NOW, ONE, START, TWO, Rig, a_morning

pytestmark = pytest.mark.redis


def shown(components: dict[str, object]) -> Components:
    return Components(**{**components, "buckets_ms": tuple(components["buckets_ms"])})  # type: ignore[arg-type]


def test_what_is_open_now_is_explained_by_the_live_board_s_figures_to_the_last_digit(rig: Rig) -> None:
    rig.say(ONE, *a_morning(ONE))
    rig.account()
    board = rig.board(ONE)
    tile = board.machines[0]
    rig.now += 20 * MINUTE_MS
    for path, figures, made in ((ONE, board.kpis, board.components), (tile.path, tile.kpis, tile.components)):
        window = Interval(board.shift.start, board.at)
        for kpi in ("oee", "availability", "performance", "quality", "coverage", "throughput_per_h"):
            found = rig.explain(kpi, path)
            assert dict(found.by_profile)[found.profile] == getattr(figures, kpi) is not None
            assert found.row == kpi_row(path, window, None, None, shown(made), VORNE)
            assert found.is_live
        assert sum(found.row.buckets_ms.values()) == window.length
    assert found.row.oee == tile.kpis.oee
    assert rig.explain("good", ONE).row.good == board.output.good > 0


def test_history_of_the_same_window_says_the_same(rig: Rig) -> None:
    rig.say(ONE, *a_morning(ONE))
    rig.account()
    board = rig.board(ONE)
    for path in (ONE, board.machines[1].path):
        live, told = rig.explain("oee", path), rig.explain("oee", path, Interval(board.shift.start, board.at))
        assert live.row == told.row
        assert (live.terms, live.by_profile, live.rates) == (told.terms, told.by_profile, told.rates)
        assert not told.is_live


def test_an_area_adds_each_line_s_own_shift_so_far(rig: Rig) -> None:
    for line in (ONE, TWO):
        rig.say(line, *a_morning(line))
    rig.account()
    one, two = rig.board(ONE), rig.board(TWO)
    assert two.shift.start == one.shift.start + HOUR_MS
    area = rig.services.area("site/area")
    for equipment in ("site/area", "site"):
        found = rig.explain("oee", equipment)
        assert found.row.oee == area.kpis.oee
        expected = [a + b for a, b in zip(*(shown(b.components).buckets_ms for b in (one, two)), strict=True)]
        assert [found.row.buckets_ms[b.key] for b in BUCKETS] == expected
        assert [(s.path, s.window, s.value) for s in found.shares] == [
            (b.line, Interval(b.shift.start, b.at), b.kpis.oee) for b in (one, two)
        ]


def test_a_number_opens_down_to_the_events_of_its_own_window_and_machine(rig: Rig) -> None:
    rig.say(ONE, *a_morning(ONE))
    rig.account()
    hour = Interval(START + HOUR_MS, START + 2 * HOUR_MS)
    found = rig.explain("good", f"{ONE}/filler", hour)
    assert [e.t for e in found.raw.events] == [hour.end - 30_000 * n for n in range(1, MOST_EVENTS + 1)]
    assert found.raw.word == "events.more"
    newest, before = found.raw.events[:2]
    assert newest.text == "filler count reject=1"
    assert before.text == "filler state state=stop"
    assert newest.source == "plc-filler 1/239"
    all_of_it = RawLog(rig.client).newest(ONE, hour, {f"{ONE}/filler"}, 200)
    assert (len(all_of_it.events), all_of_it.word) == (120, None)
    whole = rig.explain("good", ONE)
    assert whole.raw.word == "events.more"
    assert len({e.text.split()[0] for e in whole.raw.events}) == 2


def test_what_the_stream_no_longer_keeps_is_said(rig: Rig) -> None:
    rig.say(ONE, *a_morning(ONE))
    rig.account()
    entries = rig.client.xrange(f"events:{{{ONE}}}")
    rig.client.xtrim(f"events:{{{ONE}}}", minid=entries[400][0])
    window = Interval(START, START + HOUR_MS)
    assert rig.explain("good", f"{ONE}/filler", window).raw.word == "events.trimmed"
    rig.say(TWO)
    assert rig.explain("good", f"{TWO}/filler", window).raw.word == "events.none"


def test_events_that_arrived_in_bulk_long_after_are_found(rig: Rig) -> None:
    """Two weeks of the past on the stream before the day itself, as a backfill leaves them."""
    about = {"machine": f"{ONE}/filler", "source": "old", "epoch": 1}
    old = [StateChanged(**about, t=START - (20_000 - n) * MINUTE_MS, seq=n, state="run") for n in range(12_000)]
    rig.say(ONE, *old, *a_morning(ONE))
    for place in (50, 6_000, 11_900):
        window = Interval(old[place].t, old[place + 10].t)
        found = RawLog(rig.client).newest(ONE, window, {f"{ONE}/filler"}, 20)
        assert [e.t for e in found.events] == [e.t for e in reversed(old[place : place + 10])]
        assert found.word is None


def test_a_correction_shows_who_when_what_why_and_what_was_there_before(rig: Rig) -> None:
    rig.say(ONE, *a_morning(ONE))
    stop, machine = START + 25 * MINUTE_MS, f"{ONE}/filler"
    by = {"machine": machine, "epoch": 1, "from_": stop, "source": "person"}
    rig.say(
        ONE,
        StopClassified(**by, t=NOW - 3_000, seq=1, reason="jam", by="olga", note="belt was torn"),
        StopClassified(**by, t=NOW - 2_000, seq=2, reason="sensor", by="pavel"),
        CountCorrected(
            machine=machine,
            t=NOW - 1_000,
            source="person",
            epoch=1,
            seq=3,
            made_at=START,
            good=-3,
            reject=3,
            by="olga",
        ),
    )
    rig.account()
    first, second, third = rig.explain("quality", ONE).edits
    assert (first.at, first.by, first.what, first.note, first.begins) == (
        NOW - 3_000,
        "olga",
        "jam",
        "belt was torn",
        stop,
    )
    assert (first.original, second.original, third.original) == ("stop", "jam (olga)", None)
    assert (second.by, second.what) == ("pavel", "sensor")
    assert (third.kind, third.what, third.by) == ("correct", "good -3, reject +3", "olga")
    assert rig.explain("quality", TWO).edits == ()


def test_rules_versions_and_trust_are_named(rig: Rig) -> None:
    rig.say(ONE, *a_morning(ONE))
    rig.account()
    found = rig.explain("oee", ONE)
    assert (found.plant_version, found.profile) == (rig.plant.version[:8], "vorne@1")
    assert found.row.trust == found.trust.value
    relied = found.trust.pbt_ms - found.trust.unknown_ms - found.trust.doubtful_ms
    assert found.trust.value == relied / found.trust.pbt_ms
    assert {key for key, _ in found.by_profile} == {profile.key for profile in PROFILES}
    assert found.history_to == NOW


@pytest.mark.parametrize("kpi", FIGURES)
def test_every_number_opens_also_where_nothing_was_ever_said(rig: Rig, kpi: str) -> None:
    found = rig.explain(kpi, "site")
    assert found.row.oee is None
    assert found.episodes == ()
    assert (found.raw.events, found.raw.word) == ((), "events.none")


def test_a_number_is_opened_by_those_who_may_see_history_there(rig: Rig) -> None:
    for who in (Identity("tv", Role.DISPLAY, ("*",)), Identity("otto", Role.OPERATOR, (TWO,))):
        rig.who = who
        with pytest.raises(Forbidden):
            rig.explain("oee", ONE)
    assert rig.explain("oee", TWO).name == "line-2"
    with pytest.raises(Invalid, match="must be one of oee"):
        rig.explain("magic", TWO)


def test_raw_events_that_cannot_be_read_now_are_said_and_the_rest_is_shown(rig: Rig, tmp_path: Path) -> None:
    rig.say(ONE, *a_morning(ONE))
    rig.account()
    away = RawLog(client_of(f"unix://{tmp_path}/nobody.sock"))
    rig.services = replace(rig.services, history=SqlHistory(rig.database, rig.plant, away))
    found = rig.explain("oee", ONE)
    assert found.raw.word == "events.away"
    assert found.row.oee == rig.board(ONE).kpis.oee
