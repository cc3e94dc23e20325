"""The only way tests build plants and lines: a plant file in a few words, read by the real parser.

>>> plant = a_plant(machines=("filler", "packer"), cycle="500ms")
>>> plant.line("site/area/line-1").counts_at
'site/area/line-1/packer'
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from app.domain.plant.equipment import Plant, WorkCenter
from app.plantyaml import parse_plant

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
THREE_SHIFTS: tuple[Mapping[str, object], ...] = (
    {"name": "early", "start": "06:00", "end": "14:00", "days": WEEKDAYS},
    {"name": "late", "start": "14:00", "end": "22:00", "days": WEEKDAYS},
    {"name": "night", "start": "22:00", "end": "06:00", "days": ["sun", "mon", "tue", "wed", "thu"]},
)
ALWAYS: tuple[Mapping[str, object], ...] = ({"name": "day", "start": "00:00", "end": "24:00"},)
REASONS: tuple[Mapping[str, object], ...] = (
    {"id": "technical", "children": [{"id": "jam", "failure": True}, {"id": "sensor", "failure": True}]},
    {"id": "organisational", "children": [{"id": "no-material"}, {"id": "break", "planned": True}]},
    {"id": "changeover", "setup": True},
)
PRODUCTS: Mapping[str, object] = {"cola": {"value": "0.35 EUR"}, "water": {}}


def a_plant(**plant: object) -> Plant:
    """Return the plant of `a_plant_file(...)`; takes what it takes."""
    return plant_from(a_plant_file(**plant))  # type: ignore[arg-type]


def a_plant_file(
    *,
    machines: Sequence[str] = ("machine",),
    cycle: object = "1s",
    traits: Mapping[str, object] | None = None,
    line: Mapping[str, object] | None = None,
    **file: object,
) -> dict[str, object]:
    """Return a plant file with the line `site/area/line-1`, Europe/Berlin, working always, products cola and water.

    traits: keys every machine has (`{"minor_stop": "60s"}`); line: keys of the line (`{"shifts": THREE_SHIFTS}`);
    file: keys of the file (`products=...`, `reasons=...`, `timezone="UTC"` for the site).
    """
    zone = file.pop("timezone", "Europe/Berlin")
    common = {"cycle": cycle, "stale_after": "90s", **(traits or {})}
    whole_line = {
        "id": "line-1",
        "machines": [{"id": name, "template": "common"} for name in machines],
        **(line or {}),
    }
    site = {
        "id": "site",
        "timezone": zone,
        "shifts": ALWAYS,
        "areas": [{"id": "area", "lines": [whole_line]}],
    }
    return {
        "version": 1,
        "enterprise": "Test",
        "sites": [site],
        "templates": {"common": common},
        "products": PRODUCTS,
        "reasons": REASONS,
        **file,
    }


def a_line(**plant: object) -> WorkCenter:
    """Return the line of `a_plant(...)`; takes what `a_plant` takes."""
    return next(a_plant(**plant).lines())  # type: ignore[arg-type]


def plant_from(file: Mapping[str, object]) -> Plant:
    """Return the plant of a plant file given as plain data (JSON is YAML)."""
    return parse_plant(json.dumps(file, ensure_ascii=False))


def utc_ms(text: str) -> int:
    """Return UTC ms of an ISO time such as `2026-11-23T06:00`; UTC unless it says an offset."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
