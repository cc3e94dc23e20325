"""A plant file is read whole, or every mistake in it is named with file, line, key and what is right."""

from datetime import date
from fractions import Fraction

import pytest

from app.domain.accounting.packml import WORDS
from app.domain.plant import keys
from app.domain.plant.equipment import Plant, StateMapping
from app.domain.plant.node import PlantFileErrors
from app.domain.plant.review import warnings
from app.domain.plant.signals import Counter, Signal
from app.plantyaml import parse_plant
from tests.makers import THREE_SHIFTS, a_line, a_plant, plant_from, utc_ms

GOOD = """\
version: 1
enterprise: Demo
sites:
  - id: leipzig
    timezone: Europe/Berlin
    shifts:
      - {name: early, start: 06:00, end: 14:00, days: [mon, tue], breaks: [{start: 10:00, minutes: 15}]}
      - {name: late, start: 14:00, end: 22:00, days: [mon, tue]}
    calendar:
      - {date: 2026-12-25, shifts: []}
    areas:
      - id: bottling
        lines:
          - id: line-1
            constraint: filler
            counts_at: packer
            topology: serial
            oee_target: 0.75
            setup: {default: 30min, "cola>water": 45min}
            machines:
              - {id: filler, template: rotary}
              - {id: packer, template: rotary, minor_stop: 60s, cycle: {cola: 450ms}}
templates:
  rotary:
    stale_after: 15s
    commissioning: false
    cycle: {cola: 500ms, water: 7200/h, default: [{from: 2026-01-01, cycle: 600ms}]}
    states: {"4": run, "17": {state: stop, reason: jam}}
    signals:
      temp: {unit: degC, range: [5, 60], max_rate: 6/min, every: 1s, owner: maintenance, meaning: "valve"}
      good: {owner: production, counter: {kind: cumulative, of: good, modulus: 65536, max_per_s: 20}}
products:
  cola: {name: "Cola 0.5 l", unit: pcs, value: 0.35 EUR}
  water: {name: Water, unit: kg, resolution: 0.001}
reasons:
  - {id: technical, children: [{id: jam, failure: true}]}
  - {id: changeover, setup: true}
sources:
  - {id: gw-1, gateway: opcua, url: "opc.tcp://plc:4840", machines: [line-1/filler, packer], mapping: {a: 1}}
profile: vorne
coverage_floor: 0.9
simulation: {seed: 7}
"""

MISTAKES = [
    ("version: 1", "version: 2", "version", "version: 1"),
    ("enterprise: Demo\n", "", "enterprise", "company"),
    ("enterprise: Demo", "enterprize: Demo", "enterprize", "did you mean `enterprise`?"),
    ("Europe/Berlin", "Europe/Berlim", "sites[0].timezone", "did you mean `Europe/Berlin`?"),
    ("timezone: Europe/Berlin", "timezone: ../etc", "sites[0].timezone", "Europe/Berlin"),
    ("id: bottling", "id: a/b", "sites[0].areas[0].id", "letters"),
    ("start: 06:00", "start: 6am", "sites[0].shifts[0].start", '"06:00"'),
    ("end: 14:00", "end: 15:00", "sites[0].shifts", "begins when the one before has ended"),
    ("name: late", "name: early", "sites[0].shifts", "one name a shift"),
    ("days: [mon, tue], breaks", "days: [mon, tues], breaks", "sites[0].shifts[0].days", "did you mean `tue`?"),
    ("start: 10:00", "start: 13:50", "sites[0].shifts[0].breaks[0].start", "inside 06:00 to 14:00"),
    ("minutes: 15", "minutes: 1.5", "sites[0].shifts[0].breaks[0].minutes", "whole number of minutes"),
    ("date: 2026-12-25", "date: 25.12.2026", "sites[0].calendar[0].date", "2026-12-25"),
    ("date: 2026-12-25", "date: 2026-02-30", "sites[0].calendar[0].date", "2026-12-25"),
    ("2026-12-25, shifts: []", "2026-12-25, shifts: [nigth]", "sites[0].calendar[0].shifts", "one of: early, late"),
    ("constraint: filler", "constraint: filer", "sites[0].areas[0].lines[0].constraint", "did you mean `filler`?"),
    ("counts_at: packer", "counts_at: x", "sites[0].areas[0].lines[0].counts_at", "one of: filler, packer"),
    ("topology: serial", "topology: ring", "sites[0].areas[0].lines[0].topology", "one of: serial, parallel"),
    ("oee_target: 0.75", "oee_target: 75", "sites[0].areas[0].lines[0].oee_target", "such as 0.75"),
    ("cola>water", "cola-water", "sites[0].areas[0].lines[0].setup.cola-water", "from>to"),
    ("cola>water", "cola>watr", "sites[0].areas[0].lines[0].setup.cola>watr", "did you mean `water`?"),
    ("default: 30min", "default: 30", "sites[0].areas[0].lines[0].setup.default", "1.5min"),
    ("id: packer, template", "id: filler, template", "sites[0].areas[0].lines[0].machines[1].id", "one id a machine"),
    (
        "filler, template: rotary",
        "filler, template: rotery",
        "sites[0].areas[0].lines[0].machines[0].template",
        "did you mean `rotary`?",
    ),
    ("minor_stop: 60s", "minor_stop: 60", "sites[0].areas[0].lines[0].machines[1].minor_stop", "2s"),
    ("{cola: 450ms}", "{cila: 450ms}", "sites[0].areas[0].lines[0].machines[1].cycle.cila", "did you mean `cola`?"),
    ("cola: 500ms", "cola: 500", "templates.rotary.cycle.cola", "500ms or a rate"),
    ("from: 2026-01-01", "from: 2026-13-01", "templates.rotary.cycle.default[0].from", "2026-12-25"),
    ("stale_after: 15s", "stale_after: 0s", "templates.rotary.stale_after", "above zero"),
    ("stale_after: 15s", "stale_afer: 15s", "templates.rotary.stale_afer", "did you mean `stale_after`?"),
    ("commissioning: false", "commissioning: maybe", "templates.rotary.commissioning", "until 2026-11-28T13:00:00Z"),
    ('"4": run', '"4": runing', "templates.rotary.states.4", "did you mean `run`?"),
    ("reason: jam", "reason: jamm", "templates.rotary.states.17.reason", "did you mean `jam`?"),
    ("every: 1s, owner: maintenance", "every: 1s", "templates.rotary.signals.temp.owner", "who answers"),
    ("range: [5, 60]", "range: [60, 5]", "templates.rotary.signals.temp.range", "[5, 60]"),
    ("max_rate: 6/min", "max_rate: 6", "templates.rotary.signals.temp.max_rate", "4/min"),
    ("kind: cumulative", "kind: total", "templates.rotary.signals.good.counter.kind", "cumulative, delta, pulse"),
    ("of: good", "of: god", "templates.rotary.signals.good.counter.of", "did you mean `good`?"),
    ("modulus: 65536", "modulus: 0", "templates.rotary.signals.good.counter.modulus", "65536"),
    ("value: 0.35 EUR", "value: 0.35", "products.cola.value", "0.35 EUR"),
    ("resolution: 0.001", "resolution: 0", "products.water.resolution", "0.001"),
    ("resolution: 0.001", "resolution: 1e99999999", "products.water.resolution", "0.001"),
    ("id: changeover", "id: jam", "reasons[1].id", "one id a reason"),
    ("failure: true", "failure: true, planned: true", "reasons[0].children[0].failure", "one of"),
    ("line-1/filler", "line-2/filler", "sources[0].machines", "did you mean `line-1/filler`?"),
    ("profile: vorne", "profile: vorn", "profile", "did you mean `vorne`?"),
    ("coverage_floor: 0.9", "coverage_floor: 90", "coverage_floor", "0.75"),
    ("simulation: {seed: 7}", "simulation: [7]", "simulation", "`key: value`"),
    ("profile: vorne", "profile: vorne\nprofile: vorne", "profile", "keep one"),
]


@pytest.mark.parametrize(("good", "bad", "key", "hint"), MISTAKES, ids=[f"{m[2]}-{i}" for i, m in enumerate(MISTAKES)])
def test_a_mistake_is_named_with_file_line_key_and_what_is_right(good: str, bad: str, key: str, hint: str) -> None:
    assert good in GOOD
    text = GOOD.replace(good, bad, 1)
    with pytest.raises(PlantFileErrors) as caught:
        parse_plant(text, "plants/mine.yaml")
    found = [m for m in caught.value.mistakes if m.key == key]
    assert found, str(caught.value)
    mistake = found[0]
    assert mistake.file == "plants/mine.yaml"
    assert hint in mistake.right
    assert mistake.wrong
    assert f"plants/mine.yaml:{mistake.line}: {key}: " in str(caught.value)


def test_the_line_is_the_one_to_edit() -> None:
    text = GOOD.replace("topology: serial", "topologie: serial").replace("kind: cumulative", "kind: total")
    with pytest.raises(PlantFileErrors) as caught:
        parse_plant(text)
    lines = text.splitlines()
    assert [lines[m.line - 1].strip().split(":")[0] for m in caught.value.mistakes] == ["topologie", "good"]


def test_every_mistake_is_reported_at_once() -> None:
    text, expected = GOOD, set()
    for good, bad, key, _ in MISTAKES[6:8] + MISTAKES[15:20] + MISTAKES[26:45]:
        if good in text and key not in expected:
            text = text.replace(good, bad, 1)
            expected.add(key)
    with pytest.raises(PlantFileErrors) as caught:
        parse_plant(text)
    assert len(expected) >= 20
    assert expected <= {m.key for m in caught.value.mistakes}


def test_what_the_file_says_is_what_the_plant_holds() -> None:
    plant = parse_plant(GOOD)
    line = plant.line("leipzig/bottling/line-1")
    filler, packer = line.machines
    assert (line.constraint, line.counts_at, line.oee_target) == (filler.path, packer.path, 0.75)
    assert line.setup_target_ms == {(None, None): 1_800_000, ("cola", "water"): 2_700_000}
    assert (filler.minor_stop_ms, packer.minor_stop_ms, packer.stale_after_ms) == (120_000, 60_000, 15_000)
    assert filler.states == {"4": StateMapping("run"), "17": StateMapping("stop", "jam")}
    assert filler.signals["temp"] == Signal("temp", "valve", "degC", "maintenance", 5, 60, 0.1, 1000)
    assert filler.signals["good"].counter == Counter("cumulative", "good", 65536, 20)
    assert plant.products["water"].resolution == Fraction(1, 1000)
    assert plant.sources[0].machines == (filler.path, packer.path)
    assert plant.sources[0].options == {"url": "opc.tcp://plc:4840", "mapping": {"a": 1}}
    assert plant.simulation == {"seed": 7}
    assert line.calendar.exceptions == {date(2026, 12, 25): ()}
    assert plant.reasons.by_id["jam"].path == ("technical", "jam")


def test_a_machine_overrides_any_key_of_its_template_entry_by_entry() -> None:
    common = {"minor_stop": "30s", "owner": "maintenance", "states": {"1": "run", "2": "stop", "3": "starved"}}
    own = {"id": "m", "template": "common", "minor_stop": "10s", "states": {"2": "setup", "3": None}}
    machine = a_line(traits=common, line={"machines": [own]}).machines[0]
    assert (machine.minor_stop_ms, machine.owner, machine.stale_after_ms) == (10_000, "maintenance", 90_000)
    assert machine.states == {"1": StateMapping("run"), "2": StateMapping("setup")}


def test_rates_hold_from_a_local_date_and_the_most_special_wins() -> None:
    cycle = {
        "cola": [{"from": "2026-07-01", "cycle": "400ms"}, {"from": "2026-01-01", "cycle": "7200/h"}],
        "default": "1s",
    }
    plant = a_plant(cycle=cycle, products={"cola": {}, "water": {"cycle": "2s"}, "juice": {}})
    machine, midnight = "site/area/line-1/machine", utc_ms("2026-07-01T00:00+02:00")

    def at(product: str | None, t: int) -> tuple[int, str] | None:
        rate = plant.rates.rate(machine, product, t)
        return None if rate is None else (rate.cycle_ns, rate.basis)

    assert at("cola", midnight) == (400_000_000, "machine-product")
    assert at("cola", midnight - 1) == (500_000_000, "machine-product")
    assert at("cola", utc_ms("2025-06-01")) == (1_000_000_000, "fallback")
    assert at("water", 0) == (2_000_000_000, "product")
    assert at("juice", 0) == at(None, 0) == (1_000_000_000, "fallback")


def test_a_rate_of_a_measured_product_is_per_real_unit() -> None:
    products = {
        "flour": {"unit": "kg", "resolution": "0.001"},
        "malt": {"unit": "kg", "resolution": "1/1000", "cycle": "4s"},
    }
    plant = a_plant(cycle="1s", products=products)
    for product, ns in (("flour", 1_000_000), ("malt", 4_000_000)):
        rate = plant.rates.rate("site/area/line-1/machine", product, 0)
        assert rate is not None
        assert rate.cycle_ns == ns


def test_the_lowest_calendar_wins() -> None:
    day = {"name": "day", "start": "08:00", "end": "16:00"}
    assert [p.name for p in a_line(line={"shifts": [day]}).calendar.patterns] == ["day"]
    closed = a_line(line={"calendar": [{"date": "2026-12-25", "shifts": []}]})
    assert closed.calendar.at(utc_ms("2026-12-25T12:00")) is None
    assert closed.calendar.at(utc_ms("2026-12-26T12:00")) is not None


def test_an_extra_shift_that_overlaps_its_neighbours_is_refused() -> None:
    long = {"name": "long", "start": "00:00", "end": "12:00", "days": []}
    crowded = {"shifts": [*THREE_SHIFTS, long], "calendar": [{"date": "2026-11-24", "shifts": ["long"]}]}
    with pytest.raises(PlantFileErrors, match="on 2026-11-24 the shifts `night` and `long` overlap"):
        a_line(line=crowded)


def test_children_of_a_reason_take_its_flags_unless_they_say_otherwise() -> None:
    children = [{"id": "meeting"}, {"id": "overrun", "planned": False}]
    reasons = a_plant(reasons=[{"id": "planned", "planned": True, "children": children}]).reasons.by_id
    assert (reasons["meeting"].planned, reasons["overrun"].planned) == (True, False)
    assert [r.is_leaf for r in reasons.values()] == [False, True, True]


def test_the_version_names_what_the_file_says_not_how() -> None:
    commented = "# a comment\n" + GOOD.replace("enterprise: Demo", 'enterprise: "Demo"')
    assert parse_plant(GOOD).version == parse_plant(commented).version
    assert parse_plant(GOOD).version != parse_plant(GOOD.replace("500ms", "501ms")).version


def test_state_words_are_those_the_accounting_knows() -> None:
    assert set(WORDS) == keys.STATES


def test_what_a_valid_plant_leaves_open_is_said() -> None:
    def said(plant: Plant) -> str:
        return "\n".join(warnings(plant))

    assert warnings(a_plant()) == []
    bare = {"id": "bare"}
    assert "no `stale_after` on bare" in said(a_plant(line={"machines": [bare]}))
    assert "line-1/bare: no ideal cycle" in said(a_plant(line={"machines": [bare]}))
    assert "no shifts" in said(a_plant(line={"shifts": []}))
    assert "commissioning" in said(a_plant(traits={"commissioning": True}))
    assert "reasons: none" in said(a_plant(reasons=[]))
    two = [{"id": "a", "cycle": {"cola": "1s"}}, {"id": "b", "cycle": {"cola": "1s", "water": "1s"}}]
    assert "no ideal cycle for water" in said(a_plant(line={"machines": two, "constraint": "a"}))


def test_an_empty_or_foreign_file_names_what_is_missing() -> None:
    nested: dict[str, object] = {"sites": [{"areas": [{"lines": [{}]}]}]}
    files: tuple[dict[str, object], ...] = ({}, {"sites": [{}]}, nested, {"sites": [None, 1, []]})
    for file in files:
        with pytest.raises(PlantFileErrors, match="enterprise"):
            plant_from(file)


def test_people_call_a_machine_by_the_names_of_everything_it_lies_in() -> None:
    plant = a_plant()
    line = next(plant.lines())
    site, machine = plant.sites[0], line.machines[0]
    assert plant.called(line.path) == f"{site.name} \u203a {site.areas[0].name} \u203a {line.name}"
    assert plant.called(machine.path) == f"{plant.called(line.path)} \u203a {machine.name}"
    assert plant.called("nowhere/at/all") == "nowhere/at/all"
