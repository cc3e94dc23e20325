"""Laws of the line board: it closes, it adds up, and keeping what is closed never changes what is shown."""

from collections import Counter
from datetime import date
from itertools import pairwise
from random import Random

import pytest

from app.boards.build_area import area_board
from app.boards.build_line import LineBoardBuilder, line_board
from app.boards.build_shift import after_planned, local_hours, planned_ms, shift_head
from app.boards.build_stops import likely
from app.boards.build_timeline import timeline
from app.boards.codec import BadBoard, components_of, decode_area, decode_line, encode
from app.boards.line import LineBoard
from app.domain.accounting import kpi
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from tests.golden.story import Story
from tests.makers import THREE_SHIFTS, a_line, a_plant_file, plant_from, utc_ms
from tests.sample_boards import sample_area_board, sample_line_board

START = utc_ms("2026-11-23T05:00")
MACHINES = ("filler", "packer")


def the_plant_file(timezone: str = "Europe/Berlin") -> dict[str, object]:
    line = {"shifts": THREE_SHIFTS, "constraint": "filler", "counts_at": "packer", "oee_target": 0.75}
    return a_plant_file(machines=MACHINES, line=line, timezone=timezone)


def a_shift_so_far(minutes: int, plant: dict[str, object] | None = None, start: int = START) -> Story:
    """Tell `minutes` of a two-machine line: stops with and without reason, starving, counts each half minute."""
    random = Random(7)
    story = Story(plant or the_plant_file(), start)
    story.order("4711", "cola")
    for machine in story.line.machines:
        story.machine, story.t = machine.path, start
        while story.t < story.ms(minutes):
            story.say("run", random.randint(2, 9))
            state, reason = random.choice([("stop", None), ("stop", "jam"), ("starved", None), ("setup", None)])
            story.say(state, random.choice([0.5, 1, 4]), reason)
        for half in range(2 * minutes):
            story.make(25, 1 if machine.id == "filler" else 0, at=story.ms(half / 2))
    story.events.sort(key=lambda event: event.t)
    story.events = [type(e)(**{**_fields(e), "seq": i}) for i, e in enumerate(story.events)]
    story.t = story.ms(minutes)
    return story


def _fields(event: object) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}  # type: ignore[attr-defined]


def the_board(minutes: int = 125) -> LineBoard:
    story = a_shift_so_far(minutes)
    return line_board(story.ledger(), story.t)


def test_buckets_sum_to_the_shift_so_far_and_losses_to_planned_busy_time() -> None:
    board = the_board()
    c = components_of(board)
    assert c.calendar_ms == board.at - board.shift.start == 125 * MINUTE_MS
    assert sum(loss.ms for loss in board.losses) == c.pbt_ms
    assert board.kpis.oee == kpi.oee(c)
    assert board.lost_ms == c.pbt_ms - next(loss.ms for loss in board.losses if loss.key == "good")


def test_hours_add_up_to_the_output_of_the_shift() -> None:
    board = the_board()
    begun = [row for row in board.hours if row.start < board.at]
    assert [row.label for row in board.hours] == ["06", "07", "08", "09", "10", "11", "12", "13"]
    assert sum(row.actual for row in begun) == board.output.good > 0
    assert sum(row.target or 0 for row in begun) == pytest.approx(board.output.target, abs=len(begun))
    assert [row.now for row in board.hours].index(True) == 2


def test_bands_cover_the_shift_exactly_however_few_they_are() -> None:
    story = a_shift_so_far(240)
    window = Interval(story.start, story.t)
    episodes = story.ledger().episodes(story.line.constraint, window, story.t)
    for most in (1, 5, 17, 500):
        bands = timeline(episodes, window, most)
        assert len(bands) <= most
        assert (bands[0].start, bands[-1].end) == window
        assert all(a.end == b.start for a, b in pairwise(bands))


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata"])
def test_what_is_kept_between_seconds_changes_nothing_that_is_shown(zone: str) -> None:
    story = a_shift_so_far(150, the_plant_file(zone), START - 30 * MINUTE_MS)
    ledger = Story(story.file, story.start).ledger()
    builder = LineBoardBuilder(ledger)
    events, at = story.events, 0
    for now in range(story.start, story.t, 89_000):
        upto = next((i for i in range(at, len(events)) if events[i].t > now), len(events))
        ledger.apply(events[at:upto])
        at = upto
        builder.note(ledger.settle(now))
        kept, fresh = builder.board(now), line_board(ledger, now)
        for name in ("kpis", "components", "hours", "timeline", "stops", "losses", "state", "unclassified_ms"):
            assert getattr(kept, name) == getattr(fresh, name), (now, name)
        assert kept.output.good == fresh.output.good


def test_a_stop_leaves_the_list_as_soon_as_somebody_says_why() -> None:
    story = a_shift_so_far(125)
    before = line_board(story.ledger(), story.t)
    card = before.stops[0]
    story.machine = card.machine
    story.attest(card.start, card.end or story.t, "stop")
    after = line_board(story.ledger(), story.t)
    assert card.id in {stop.id for stop in before.stops}
    assert card.id not in {stop.id for stop in after.stops}
    assert after.unclassified_ms < before.unclassified_ms


def test_a_correction_of_the_open_hour_shows_in_the_next_board_of_the_same_builder() -> None:
    story = a_shift_so_far(125)
    ledger = story.ledger()
    builder = LineBoardBuilder(ledger)
    builder.note(ledger.settle(story.t))
    card = next(stop for stop in builder.board(story.t).stops if stop.end)
    told = len(story.events)
    story.machine = card.machine
    story.attest(card.start, card.end or story.t, "run")
    ledger.apply(story.events[told:])
    builder.note(ledger.settle(story.t + 1000))
    kept, fresh = builder.board(story.t + 1000), line_board(ledger, story.t + 1000)
    assert card.id not in {stop.id for stop in kept.stops}
    assert (kept.stops, kept.components, kept.hours) == (fresh.stops, fresh.components, fresh.hours)


def test_likely_reasons_are_the_reported_category_then_the_machines_past_then_the_tree() -> None:
    reasons = plant_from(the_plant_file()).reasons
    stop = Episode("m", 0, None, Bucket.UNPLANNED_STOP)
    past = Counter({"no-material": 2})
    assert [c.id for c in likely(stop, Counter(), reasons)][:3] == ["jam", "sensor", "no-material"]
    assert likely(stop, past, reasons)[0].id == "no-material"
    reported = Episode("m", 0, None, Bucket.UNPLANNED_STOP, reason="technical")
    assert [c.id for c in likely(reported, past, reasons)][:3] == ["jam", "sensor", "no-material"]


def test_an_area_adds_components_and_divides_once() -> None:
    boards = [the_board(60), the_board(200)]
    area = area_board("site/area", "Area", "Europe/Berlin", boards, boards[1].at)
    both = components_of(boards[0]) + components_of(boards[1])
    assert components_of(area) == both
    assert area.kpis.oee == kpi.oee(both)
    assert [row.lost_ms for row in area.lines] == sorted((b.lost_ms for b in boards), reverse=True)
    assert area_board("site/area", "Area", "UTC", [], 0).kpis.why_null == "no_planned_time"


def test_boards_survive_the_wire_and_another_schema_is_refused() -> None:
    for line in (the_board(), sample_line_board()):
        assert decode_line(encode(line)) == line
    assert decode_area(encode(sample_area_board())) == sample_area_board()
    with pytest.raises(BadBoard, match="schema 2"):
        decode_line(b'{"schema": 2}')
    with pytest.raises(BadBoard, match="not JSON"):
        decode_area(b"{")


def test_outside_shifts_the_board_says_so_and_counts_from_the_last_shift() -> None:
    line = a_line(line={"shifts": THREE_SHIFTS})
    saturday = utc_ms("2026-11-28T05:00")
    head = shift_head(line.calendar, saturday)
    assert (head.name, head.key) == (None, None)
    assert head.start == utc_ms("2026-11-27T21:00")
    assert head.end == utc_ms("2026-11-29T21:00")


def test_the_night_of_a_clock_change_has_seven_or_nine_hours() -> None:
    calendar = a_line(line={"shifts": THREE_SHIFTS}).calendar
    for day, hours in ((date(2026, 3, 29), 7), (date(2026, 10, 25), 9)):
        night = {**THREE_SHIFTS[2], "days": ["sat"]}
        shift = a_line(line={"shifts": [night]}).calendar.at(utc_ms(f"{day}T00:30"))
        assert shift is not None
        found = local_hours(Interval(shift.start, shift.end), calendar.zone)
        assert len(found) == hours
        assert sum(hour.length for hour, _ in found) == shift.end - shift.start == hours * HOUR_MS


def test_planned_time_walks_around_breaks_and_free_days() -> None:
    shift = {"name": "day", "start": "06:00", "end": "14:00", "breaks": [{"start": "10:00", "minutes": 30}]}
    calendar = a_line(line={"shifts": [shift]}, timezone="UTC").calendar
    nine = utc_ms("2026-11-23T09:00")
    assert planned_ms(calendar, Interval(nine, nine + 24 * HOUR_MS)) == 7 * HOUR_MS + 30 * MINUTE_MS
    assert after_planned(calendar, nine, 2 * HOUR_MS) == utc_ms("2026-11-23T11:30")
    assert after_planned(calendar, nine, 5 * HOUR_MS) == utc_ms("2026-11-24T06:30")
    assert after_planned(calendar, nine, 1000 * HOUR_MS) is None
