"""A plant whose two machines speak Sparkplug, and what its simulators say without it."""

from app.domain.events.contract import Measured, StateChanged
from app.domain.interval import HOUR_MS
from app.plantyaml import parse_plant
from simulators.world import World

MONDAY_8 = 1_795_392_000_000 + 8 * HOUR_MS  # 2026-11-23 08:00 UTC: in a shift
LINE = "home/hall/line-1"
FILLER = f"{LINE}/filler"


def text(url: str) -> str:
    """The plant file of a line of a filler and a packer, both on one edge node."""
    return PLANT.replace("URL", url)


def a_plant(url: str):
    """The plant of `text`."""
    return parse_plant(text(url))


def said_directly(plant, length_ms: int) -> list:
    """What the simulated machines say when nothing is between them and us."""
    world = World(plant, 7, MONDAY_8, counters=True)
    said = world.advance(MONDAY_8 + length_ms) + world.finish()
    return [event for _, event in said if isinstance(event, Measured | StateChanged)]


_COUNTS = """
      good_total: {owner: maintenance, counter: {kind: cumulative, of: good, modulus: 4294967296}}
      reject_total: {owner: maintenance, counter: {kind: cumulative, of: reject, modulus: 4294967296}}
      temp: {owner: maintenance, unit: degC, range: [2, 60]}"""
PLANT = f"""
version: 1
enterprise: Test
sites:
  - id: home
    timezone: UTC
    shifts: [{{name: all, start: "00:00", end: "24:00"}}]
    areas:
      - id: hall
        lines:
          - id: line-1
            constraint: filler
            machines:
              - {{id: filler, template: machine, cycle: {{water: 7200/h}}, states: {{"4": run, "2": stop}}}}
              - {{id: packer, template: machine, cycle: {{water: 9000/h}}}}
templates:
  machine:
    owner: maintenance
    stale_after: 90s
    signals: {_COUNTS}
products:
  water: {{unit: pcs}}
reasons:
  - {{id: technical, children: [{{id: jam, failure: true}}, {{id: sensor, failure: true}}]}}
  - {{id: organisational, children: [{{id: no-material}}, {{id: break, planned: true}}]}}
  - {{id: changeover, setup: true}}
simulation:
  machines: {{default: {{minor_every: 4min, mtbf: 20min}}}}
sources:
  - id: gw-1
    gateway: sparkplug
    url: URL
    primary_host: lineside
    machines: [filler, packer]
    mapping:
      filler:
        state: "Hall/Line-1/Filler:Status/StateCurrent"
        reason: "Hall/Line-1/Filler:Status/StopReason"
        signals:
          good_total: "Hall/Line-1/Filler:Counts/Good"
          reject_total: "Hall/Line-1/Filler:Counts/Reject"
          temp: {{at: "Hall/Line-1/Filler:Temp", scale: 0.1, offset: -5}}
      packer:
        state: "Hall/Line-1/Packer:Status/StateCurrent"
        reason: "Hall/Line-1/Packer:Status/StopReason"
        signals: {{good_total: "Hall/Line-1/Packer:Total", reject_total: "Hall/Line-1/Packer:Rejects"}}
"""
