"""The only way tests about rules build rules and facts: a rules file in a few words, read by the real parser."""

import json
from pathlib import Path

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.alerts.facts import Facts, Series, stretches
from app.domain.alerts.place import Place, places_of
from app.domain.alerts.rule import Rule, RuleBook
from app.domain.alerts.rulefile import rulebook_of
from app.domain.interval import HOUR_MS, MINUTE_MS
from app.domain.plant.equipment import Plant
from app.plantyaml import yaml_node
from tests.makers import a_plant

T = 1_795_410_000_000
LINE = "site/area/line-1"
M1, M2 = f"{LINE}/m1", f"{LINE}/m2"
SIGNALS = {
    "vibration": {"owner": "maintenance", "unit": "mm/s", "range": [0, 25]},
    "good": {"owner": "production", "counter": {"kind": "cumulative", "of": "good"}},
}
PLANT: Plant = a_plant(machines=("m1", "m2"), traits={"signals": SIGNALS, "warm_up": "10min"})
COMMON = {
    "id": "r",
    "author": "ada",
    "title": {"en": "Title", "de": "Titel"},
    "consequence": {"en": "It stops"},
    "response": {"en": "Go there"},
    "owner": "operator",
    "priority": "low",
    "on_delay": "0s",
    "off_delay": "0s",
}
KINDS: dict[str, dict[str, object]] = {
    "state": {"states": ["unplanned_stop"], "for": "10min"},
    "stops": {"count": 3, "within": "60min"},
    "signal": {"signal": "vibration", "above": 10, "for": "5min", "deadband": 1},
    "trend": {"signal": "vibration", "above": 20, "within": "60min", "over": "60min"},
    "kpi": {"figure": "oee", "below": 0.5, "coverage": 0.9, "after": "1h"},
    "scrap": {"above": 0.05, "over": "1h", "units": 100},
    "andon": {"for": "5min"},
    "suggestion": {"flow": "maintenance", "confidence": 0.7},
}


def a_rule_of(kind: str, /, **keys: object) -> dict[str, object]:
    """Return a right rule with keys added or, where None, left out."""
    said = {**COMMON, "kind": kind, **KINDS[kind], **keys}
    return {key: value for key, value in said.items() if value is not None}


def a_book(tmp_path: Path, *rules: dict[str, object], plant: Plant = PLANT, **file: object) -> RuleBook:
    """Return the book of a file; raises PlantFileErrors. JSON is YAML."""
    path = tmp_path / "plant.rules.yaml"
    path.write_text(json.dumps({"version": 1, "rules": list(rules), **file}, indent=1), encoding="utf-8")
    return rulebook_of(*_swap(path, plant))


def _swap(path: Path, plant: Plant):
    node, mistakes = yaml_node(path)
    return node, plant, mistakes


def a_rule(tmp_path: Path, kind: str, **keys: object) -> Rule:
    return a_book(tmp_path, a_rule_of(kind, **keys)).rules["r"]


def place(rule: Rule, path: str = M1) -> Place:
    return next(found for found in places_of(rule, PLANT) if found.path == path)


def episode(
    machine: str, start_min: float, end_min: float | None, bucket: Bucket, reason: str | None = None
) -> Episode:
    end = None if end_min is None else T + round(end_min * MINUTE_MS)
    return Episode(machine, T + round(start_min * MINUTE_MS), end, bucket, reason=reason)


def time_of(*spans: tuple[float, float | None, Bucket] | tuple[float, float | None, Bucket, str]) -> Facts:
    """Facts of m1's episodes: (from minute, to minute, bucket, reason)."""
    return Facts(episodes={M1: stretches([episode(M1, *span) for span in spans])})


def values(*pairs: tuple[int, float]) -> Series:
    """(minute, value)."""
    return Series(tuple(T + minute * MINUTE_MS for minute, _ in pairs), tuple(value for _, value in pairs))


def at(minute: float) -> int:
    return T + round(minute * MINUTE_MS)


assert HOUR_MS == 60 * MINUTE_MS
assert T % HOUR_MS == 0
