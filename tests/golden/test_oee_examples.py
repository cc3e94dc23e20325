"""Every worked example of the shared data: told to the real ledger as plant file and events, or to its formula.

docs/oee-examples.md says for each how it was translated, or why it does not apply.
"""

import json
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.boards.build_kpis import kpis
from app.domain.accounting import kpi
from app.domain.accounting.buckets import ZERO, Bucket
from app.domain.accounting.losses import losses, units
from app.domain.accounting.profiles import profile
from app.domain.events.totals import NOTHING_YET, CounterRule, Reading, take_reading
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from tests.golden.story import MONDAY, Story, cycle, one_shift
from tests.makers import a_plant_file, utc_ms

ROOT = Path(__file__).parents[2]
FILE = ROOT.parent / "shared" / "data" / "oee_examples.json"
TABLE = ROOT / "docs" / "oee-examples.md"
EXAMPLES: dict[str, Any] = (
    {e["id"]: e for e in json.loads(FILE.read_text(encoding="utf-8"))["examples"]} if FILE.exists() else {}
)
NOT_APPLICABLE = {"fabrico-simple-mean", "oeecoach-12"}
NS_PER_MIN = 60_000_000_000

pytestmark = pytest.mark.skipif(not EXAMPLES, reason="the shared examples are not beside this checkout")


def example(key: str) -> SimpleNamespace:
    """Return inputs, expected values and tolerance of an example; `all` has every input by name."""
    found = EXAMPLES[key]
    return SimpleNamespace(
        given=SimpleNamespace(**found["inputs"]),
        all=found["inputs"],
        want=found["expected"],
        tolerance=found["tolerance"],
    )


def close(got: float | None, want: float | None, tolerance: float) -> bool:
    return got is None if want is None else got is not None and abs(got - want) <= tolerance + 1e-12


def check(row: Any, want: dict[str, Any], tolerance: float, names: dict[str, str] | None = None) -> None:
    """Compare a row's KPIs with the expected ones of the same name (`names`: expected -> ours)."""
    aliases = {
        "utilization": "utilisation",
        "effectiveness": "performance",
        "quality_ratio": "quality",
        **(names or {}),
    }
    for key, value in want.items():
        got = getattr(row, aliases.get(key, key))
        assert close(got, value, tolerance), (key, got, value)


def counted(given: dict[str, Any]) -> Story:
    """Tell a shift of planned and run time in minutes (or seconds) with total and good counts."""
    per = 60 if given.get("time_unit") == "seconds" else 1
    planned, run = given["planned_production_time"] / per, given["run_time"] / per
    pause = given.get("all_time", planned) - planned
    ideal = given.get("ideal_cycle_time") or 1 / given["ideal_rate_per_min"]
    shift = one_shift(round(planned + pause), round(pause)) if float(planned).is_integer() else None
    story = Story.at(cycle(ideal), shift).say("run", run)
    good = given.get("good_count", given["total_count"])
    return story.make(good, given["total_count"] - good).say("stop", planned - run).say("stop", pause)


@pytest.mark.parametrize(
    "key", ["vorne-fast-guide", "reliamag-clean", "waycalc-1", "hand-round", "versalytics-b", "willmott-tpm"]
)
def test_a_shift_with_counts(key: str) -> None:
    case = example(key)
    row = counted(case.all).row()
    good_time = case.want.pop("good_time_min", None)
    check(row, case.want, case.tolerance)
    assert good_time is None or close(row.ideal_good_ms / MINUTE_MS, good_time, 0.02)


def test_nf_e60_182_worximity_where_teep_holds_trg() -> None:
    case = example("nf-e60-182-worximity")
    story = counted(case.all)
    row = story.row(convention="nf-e60-182")
    check(row, case.want, case.tolerance)
    assert close(kpi.ooe(story.components(), profile("nf-e60-182")), case.want["teep"], case.tolerance)


def test_rollup_vs_mean_adds_components_and_divides_once() -> None:
    case = example("rollup-vs-mean")
    naive = case.want.pop("naive_mean_oee")
    parts = [counted(part).components() for part in case.given.parts]
    both = sum(parts, ZERO)
    for name, want in case.want.items():
        assert close(getattr(kpi, name)(both), want, case.tolerance), name
    assert not close(kpi.oee(both), naive, case.tolerance)


def iso_timeline() -> Story:
    given = example("rhize-iso-1").given
    story = Story.at(cycle(Fraction(given.planned_run_time_per_unit_s, 60)))
    story.start = story.t = utc_ms("2024-09-03T09:00")
    words = {"APT": "run", "ADET": "stop"}
    for (state, start), (_, end) in zip(given.states, given.states[1:], strict=False):
        story.say(words[state], (utc_ms(end) - utc_ms(start)) / MINUTE_MS)
    return story.make(given.good_quantity, given.scrap_quantity)


def test_rhize_iso_1_is_not_capped() -> None:
    case = example("rhize-iso-1")
    story = iso_timeline()
    c = story.components()
    assert c.apt_ms == case.want.pop("APT_s") * 1000
    assert c.pbt_ms == case.want.pop("PBT_s") * 1000
    assert c.buckets_ms[Bucket.UNPLANNED_STOP] == case.want.pop("ADET_s") * 1000
    check(story.row(convention="iso22400"), case.want, case.tolerance)


def test_rhize_iso_1_capped_is_what_we_do_not_do() -> None:
    case = example("rhize-iso-1-capped")
    row = iso_timeline().row()
    assert not close(row.oee, case.want["oee_capped"], 0.01)
    assert row.performance is not None
    assert row.performance > case.want["performance_capped"]


@pytest.mark.parametrize("key", ["leanworx-teep-1", "elsmar-24x7"])
def test_teep_of_a_week(key: str) -> None:
    case = example(key)
    planned, calendar = case.given.planned_hours, case.given.calendar_hours
    days = ["mon", "tue", "wed", "thu", "fri", "sat"][: planned // 24]
    shifts = {"shifts": [{"name": "day", "start": "00:00", "end": "24:00", "days": days}]}
    story = Story.at(cycle(1), shifts).say("run", planned * 60)
    story.make(round(planned * 60 * case.given.oee)).say("stop", (calendar - planned) * 60)
    row = story.row()
    assert close(row.oee, case.given.oee, case.tolerance)
    check(row, case.want, case.tolerance)


def test_esotech_topline_good_pieces_over_ideal_pieces() -> None:
    case = example("esotech-topline")
    story = Story.at(cycle(Fraction(480, case.given.ideal_count)), one_shift(480)).say("run", 480)
    check(story.make(case.given.good_count).row(), case.want, case.tolerance)


@pytest.mark.parametrize("key", ["nakajima-worldclass", "advancedtech-factors", "trap-hidden-loss-1"])
def test_factors_multiply(key: str) -> None:
    case = example(key)
    given = case.given
    run = round(1000 * given.availability)
    produced = round(run * given.performance * 1000)
    good = round(produced * given.quality)
    story = Story.at(cycle(Fraction(1, 1000)), one_shift(1000)).say("run", run)
    story.make(good, produced - good).say("stop", 1000 - run)
    check(story.row(), {**case.want, **case.all}, case.tolerance)
    assert kpis(story.components()).check_standard is (given.performance > 1)


@pytest.mark.parametrize(
    ("key", "planned", "stops", "convention"),
    [
        ("openmes-unplanned-60", 480, [("stop", None, 60)], "vorne"),
        ("openmes-changeover-90", 480, [("setup", None, 90)], "vorne"),
        ("smrp-machine-d", 960, [("planned", None, 99.6), ("stop", None, 124.8)], "smrp"),
    ],
)
def test_availability(key: str, planned: int, stops: list[tuple[str, None, float]], convention: str) -> None:
    case = example(key)
    assert planned == case.given.shift_min
    assert sum(minutes for _, _, minutes in stops) == pytest.approx(case.given.loss_min)
    story = Story.at("1s", one_shift(planned)).say("run", planned - case.given.loss_min)
    for state, reason, minutes in stops:
        story.say(state, minutes, reason)
    c, chosen = story.components(), profile(convention)
    assert close(chosen.planned_ms(c) / MINUTE_MS, case.want["planned_min"], case.tolerance)
    assert close(chosen.run_ms(c) / MINUTE_MS, case.want["operating_min"], case.tolerance)
    assert close(kpi.availability(c, chosen), case.want["availability"], case.tolerance)


def test_oee_academy_mixed_day1_each_run_at_its_own_rate() -> None:
    case = example("oee-academy-mixed-day1")
    runs = dict(zip(("large", "small"), case.given.runs, strict=True))
    cycles = {name: cycle(Fraction(1, run["ideal_rate"])) for name, run in runs.items()}
    story = Story.at(cycles, products={"large": {}, "small": {}})  # type: ignore[arg-type]
    for name, run in runs.items():
        story.order(f"order-{name}", name).say("run", run["minutes"]).make(run["count"])
    check(story.row(), case.want, case.tolerance)


def test_oee_institute_line_has_the_constraint_rate_and_no_mean() -> None:
    case = example("oee-institute-line")
    slow, fast = (f"{seconds}s" for seconds in case.given.ideal_cycle_s)
    oees = []
    for constraint in ("slow", "fast"):
        rates = [{"id": "slow", "cycle": slow}, {"id": "fast", "cycle": fast}]
        machines = [{"template": "common", "stale_after": "400d", **machine} for machine in rates]
        line = {"machines": machines, "constraint": constraint, "counts_at": "fast"}
        story = Story(a_plant_file(line=line, timezone="UTC"))
        for machine in story.line.machines:
            story.machine, story.t = machine.path, story.start
            story.say("run", 100).make(100)
        oees.append(kpi.oee(story.components()))
        fast_oee = kpi.oee(story.components(equipment=story.line.machines[1].path))
        assert close(fast_oee, case.want["fast_machine_oee"], case.tolerance)
    assert close(oees[0], case.want["line_oee_bottleneck_ideal"], case.tolerance)
    assert close(oees[1], case.want["line_oee_fastest_ideal"], case.tolerance)
    assert not close(oees[0], case.want["mean_of_machines"], case.tolerance)


def test_six_losses_and_good_time_are_planned_time() -> None:
    case = example("six-losses")
    given = case.given
    story = Story.at(cycle(given.ideal_cycle_time), one_shift(given.planned)).say("setup", given.setup)
    run = given.planned - given.down
    story.say("run", run).make(0, given.startup_rejects, at=story.ms(given.setup + 5))
    story.make(given.total_count - given.reject_count, given.reject_count - given.startup_rejects)
    found = losses(story.say("stop", given.down - given.setup).components())
    got = {
        "breakdowns": found.breakdown,
        "setup_and_adjustments": found.setup,
        "minor_stops_and_reduced_speed": found.minor_stops + found.reduced_speed,
        "process_defects": found.production_rejects,
        "reduced_yield": found.startup_rejects,
        "fully_productive": found.good,
    }
    assert {key: ns / NS_PER_MIN for key, ns in got.items()} == pytest.approx(case.want, abs=case.tolerance)
    assert sum(got.values()) == given.planned * NS_PER_MIN


def test_parts_loss_counts_losses_in_units() -> None:
    case = example("parts-loss")
    given = case.given
    story = Story.at(f"{given.ideal_cycle_s}s", one_shift(given.planned_s // 60)).say("run", given.run_s / 60)
    c = story.make(given.good, given.reject).say("stop", (given.planned_s - given.run_s) / 60).components()
    found = losses(c)
    got = {
        "max_possible": units(c.pbt_ms * 1_000_000, c),
        "theoretical_in_run": units(c.apt_ms * 1_000_000, c),
        "lost_availability": units(found.breakdown, c),
        "lost_performance": units(found.minor_stops + found.reduced_speed, c),
        "lost_quality": units(found.startup_rejects + found.production_rejects, c),
    }
    assert got == case.want


@pytest.mark.parametrize("key", ["reliability-1", "reliability-none"])
def test_reliability(key: str) -> None:
    case = example(key)
    given = case.given
    rounds = max(1, given.failures)
    story = Story.at("1s")
    for _ in range(rounds):
        story.say("run", given.operating_time / rounds)
        story.say("stop", given.total_repair_time / rounds, "jam")
    c = story.components()
    for name, got in (("mtbf", kpi.mtbf_ms(c)), ("mttr", kpi.mttr_ms(c))):
        assert close(None if got is None else got / MINUTE_MS, case.want[name], case.tolerance), name
    assert close(kpi.availability(c), case.want["availability"], case.tolerance)


def test_fpy_yield() -> None:
    case = example("fpy-yield")
    given = case.given
    c = Story.at("1s").say("run", 10).make(given.good_first_pass, given.reject, given.rework).components()
    assert close(kpi.first_pass_yield(c), case.want["fpy"], case.tolerance)
    assert close(kpi.final_yield(c), case.want["yield_excluding_rework"], case.tolerance)


def test_rty() -> None:
    case = example("rty")
    assert close(kpi.rolled_yield(case.given.steps), case.want["rty"], case.tolerance)


def test_takt() -> None:
    case = example("takt")
    takt = kpi.takt_ms(case.given.available_time * MINUTE_MS, case.given.demand)
    assert takt is not None
    assert close(takt / MINUTE_MS, case.want["takt"], case.tolerance)
    assert close(case.given.cycle_time * MINUTE_MS / takt, case.want["utilization_needed"], case.tolerance)
    c = Story.at(cycle(case.given.cycle_time)).say("run", case.given.available_time).make(1).components()
    assert units(c.pbt_ms * 1_000_000, c) == case.want["max_output"]


def test_changeover_loss() -> None:
    case = example("changeover-loss")
    given = case.given
    story = Story.at("1s")
    for _ in range(given.count):
        story.say("setup", given.avg_min).say("run", given.planned_min / given.count - given.avg_min)
    c = story.components()
    setup = c.buckets_ms[Bucket.SETUP]
    assert setup == case.want["loss_min"] * MINUTE_MS == case.want["loss_h"] * HOUR_MS
    assert close(setup / c.pbt_ms, case.want["availability_loss"], case.tolerance)


def test_minor_stop_loss() -> None:
    case = example("minor-stop-loss")
    story = Story.at("1s")
    for _ in range(case.given.count):
        story.say("run", 3).say("stop", case.given.avg_min)
    story.say("run", 3)
    minor = story.components().buckets_ms[Bucket.MINOR_STOP]
    assert minor == case.want["loss_min"] * MINUTE_MS == case.want["loss_h"] * HOUR_MS


@pytest.mark.parametrize(
    ("key", "kind", "field"), [("counter-reset", "cumulative", "readings"), ("counter-pulse", "pulse", "samples")]
)
def test_counter(key: str, kind: Any, field: str) -> None:
    case = example(key)
    state, deltas = NOTHING_YET, []
    for t, value in enumerate(case.all[field]):
        state, step = take_reading(CounterRule(kind), state, Reading(t * 60_000, int(value), "plc", 1))
        deltas.append(step.units)
    assert deltas == case.want["deltas"]
    assert sum(deltas) == case.want["total"]


def test_night_shift_attribution() -> None:
    case = example("night-shift-attribution")
    start, end = case.given.shift
    night = {"shifts": [{"name": "night", "start": start, "end": end}]}
    story = Story.at("1s", night)
    story.start = story.t = utc_ms("2026-05-26T22:00")
    first, last = (utc_ms(t) for t in case.given.stop)
    story.say("run", (first - story.t) / MINUTE_MS).say("stop", (last - first) / MINUTE_MS).say("run", 40 * 60)
    for day in ("26", "27"):
        lost = story.components(shift=f"2026-05-{day}/night").buckets_ms[Bucket.UNPLANNED_STOP]
        assert lost == case.want[f"loss_min_{day}"] * MINUTE_MS
    assert case.want["shift_date"] == "2026-05-26"


def test_boundary_halfopen() -> None:
    case = example("boundary-halfopen")
    minutes, rate = case.given.shift_len_min, case.given.rate_per_min
    shifts = {
        "shifts": [{"name": "one", "start": "00:00", "end": "01:00"}, {"name": "two", "start": "01:00", "end": "02:00"}]
    }
    story = Story.at("1s", shifts).say("run", 2 * minutes)
    for minute in range(minutes):
        story.make(rate, at=story.ms(minute))
    story.make(case.given.extra_at_end, at=story.ms(minutes), made_at=story.ms(minutes))
    assert story.components(shift="2026-11-23/one").good == case.want["shift_quantity"]
    assert story.components(shift="2026-11-23/two").good == case.given.extra_at_end


def test_overlap_union() -> None:
    case = example("overlap-union")
    story = Story.at("1s").say("run", 12 * 60)
    for start, end in case.given.events:
        story.attest(story.ms(start * 60), story.ms(end * 60), "stop")
    assert story.components().buckets_ms[Bucket.UNPLANNED_STOP] == case.want["minutes"] * MINUTE_MS


def test_overlap_previous_day() -> None:
    case = example("overlap-previous-day")
    (start, end), (low, high) = case.given.events[0], case.given.window
    story = Story.at("1s").say("run", start * 60).say("stop", (end - start) * 60).say("run", (high - end) * 60)
    c = story.components(Interval(MONDAY + low * HOUR_MS, MONDAY + high * HOUR_MS))
    assert c.buckets_ms[Bucket.UNPLANNED_STOP] == case.want["minutes"] * MINUTE_MS


def test_break_accrual() -> None:
    case = example("break-accrual")
    (start, end), (pause, resume) = case.given.sample, case.given.breaks[0]
    length = (utc_ms(f"2026-11-23T{resume}") - utc_ms(f"2026-11-23T{pause}")) // MINUTE_MS
    shift = {"name": "day", "start": "00:00", "end": "24:00", "breaks": [{"start": pause, "minutes": length}]}
    story = Story.at("1s", {"shifts": [shift]}).say("run", 24 * 60)
    c = story.components(Interval(utc_ms(f"2026-11-23T{start}"), utc_ms(f"2026-11-23T{end}")))
    assert c.pbt_ms == case.want["minutes"] * MINUTE_MS


def test_gap_unknown() -> None:
    case = example("gap-unknown")
    story = Story.at("1s", traits={"stale_after": "90s"})
    for _, start, end in case.given.hour_states:
        story.t = story.ms(start)
        story.say("run", end - start)
        for minute in range(start, end + 1):
            story.beat(story.ms(minute))
    c = story.components()
    got = {
        "gap_min": c.buckets_ms[Bucket.UNKNOWN],
        "run_min": c.buckets_ms[Bucket.RUNNING],
        "planned_loss": c.buckets_ms[Bucket.PLANNED_STOP],
        "unplanned_loss": c.buckets_ms[Bucket.UNPLANNED_STOP],
    }
    assert {key: ms / MINUTE_MS for key, ms in got.items()} == case.want


def test_lost_pieces() -> None:
    case = example("lost-pieces")
    story = Story.at(cycle(Fraction(1, case.given.nameplate_per_min)))
    for segment in case.given.segments:
        story.say("stop" if segment["kind"] == "down" else "run", segment["minutes"]).make(segment["produced"])
    c = story.components()
    found = losses(c)
    assert units(found.breakdown, c) == case.want["down"]
    assert units(found.reduced_speed, c) == case.want["slow"] + case.want["run"]


def test_slow_is_not_down() -> None:
    case = example("slow-is-not-down")
    given = case.given
    story = Story.at(cycle(Fraction(1, given.nameplate_per_min))).say("run", given.minutes)
    row = story.make(given.actual_per_min * given.minutes).row()
    check(row, case.want, case.tolerance)
    assert row.availability == 1


def test_c8y_split_1() -> None:
    case = example("c8y-split-1")
    given = case.given
    per_unit = 1000
    ideal = Fraction(given.interval_s, given.ideal_per_interval * per_unit * 60)
    story = Story.at(cycle(ideal), traits={"minor_stop": "10s", "ignore_under": "0s"})
    for (start, is_on), end in zip(given.status, [310, 350, 480], strict=True):
        story.t = story.start + start * 1000
        story.say("run" if is_on else "stop", (end - start) / 60)
    for t, amount in given.amount:
        story.make(amount * per_unit, at=story.start + t * 1000)
    wanted = zip(*(case.want[k] for k in ("interval_end", "availability", "performance", "produced")), strict=True)
    for end, availability, performance, produced in wanted:
        end_ms = story.start + end * 1000
        c = story.components(Interval(end_ms - given.interval_s * 1000, end_ms))
        assert close(kpi.availability(c), availability, case.tolerance), end
        assert close(kpi.performance(c), performance, case.tolerance), end
        assert close(c.produced / per_unit, produced, case.tolerance), end


def test_sim_ideal_a80_is_a_convention_probe() -> None:
    case = example("sim-ideal-a80")
    given, want = case.given, case.want
    up = 60 * given.up_share
    ideal = cycle(Fraction(60, given.ideal_per_hour))
    while_up = round(given.ideal_per_hour * given.up_share)
    row = Story.at(ideal).say("run", up).make(while_up).say("stop", 60 - up).row()
    check(row, {"availability": want["availability"], "quality": want["quality"]}, case.tolerance)
    check(row, {"oee": want["oee_goal"], "performance": want["performance_goal"]}, case.tolerance)
    faster = Story.at(ideal).say("run", up).make(given.pieces_per_hour).say("stop", 60 - up)
    assert close(faster.row().performance, 1.25, 1e-9)
    assert kpis(faster.components()).check_standard


def test_erratum_npm_calculateoee() -> None:
    case = example("erratum-npm-calculateoee")
    want = dict(case.want)
    published = want.pop("published_oee")
    row = counted(case.all).row(Interval(MONDAY, MONDAY + case.given.planned_production_time * 1000))
    check(row, {key.removeprefix("correct_"): value for key, value in want.items()}, case.tolerance)
    assert not close(row.oee, published, 0.1)


def test_erratum_cavity_ideal_cycle_is_per_piece() -> None:
    case = example("erratum-cavity")
    for cavities in case.given.cavities:
        story = Story.at(f"{case.given.tact_s_per_piece}s").say("run", 60).make(cavities)
        assert story.row().ideal_ms / MINUTE_MS == case.want["minutes_per_unit"] * cavities


def test_zero_production() -> None:
    case = example("zero-production")
    story = Story.at("1s", one_shift(case.given.planned_min)).say("run", case.given.operating_min)
    check(story.row(), case.want, case.tolerance)
    assert kpi.why_null(story.components()) == "nothing_produced"


def test_missing_runtime() -> None:
    case = example("missing-runtime")
    story = Story.at("1s", one_shift(case.given.planned_min), traits={"stale_after": "90s"})
    story.t += case.given.planned_min * MINUTE_MS
    story.make(case.given.total_count, at=story.t, made_at=story.t - 1)
    check(story.row(), case.want, case.tolerance)
    assert kpi.why_null(story.components()) == "no_trusted_data"


def test_the_table_says_of_every_example_what_became_of_it() -> None:
    rows = [line.split("|")[1:-1] for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {cells[0].strip().strip("`"): [cell.strip() for cell in cells[1:]] for cells in rows}
    assert set(told) == set(EXAMPLES)
    assert all(kind == EXAMPLES[key]["kind"] for key, (kind, *_) in told.items())
    assert {key for key, cells in told.items() if cells[1] == "no"} == NOT_APPLICABLE
    assert all(cells[2] for cells in told.values())
