"""A line that was signed off enters its area's rows from then on, in every cut of the API; before, it is in none."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from app.auth.tokens import issue
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.ledger import Ledger
from app.domain.interval import HOUR_MS, Interval
from app.domain.roles import Role
from app.historian.database import migrate, open_database
from app.streams.embedded import EmbeddedServer
from app.web.server import make_server
from app.web.standard import Stands, accounts_in, standard_parts
from tests.golden.story import NoPages
from tests.makers import THREE_SHIFTS, a_plant_file, plant_from, utc_ms
from tests.web.test_rest_history import LINE, START, WINDOW, Told, _tell, two_shifts
from tests.web.world import CONFIG, Clock

pytestmark = [pytest.mark.redis, pytest.mark.slow]
SINCE = utc_ms("2026-11-23T10:00")
AREA = "site/area"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder: Path = tmp_path_factory.mktemp("signed")
    traits = {"commissioning": "until 2026-11-23T10:20:00+01:00"}
    file = a_plant_file(machines=("filler", "packer"), traits=traits, line={"shifts": THREE_SHIFTS})
    plant = plant_from(file)
    database = open_database(None, folder)
    migrate(database)
    ledger = Ledger(plant.line(LINE), plant, NoPages())
    ledger.apply(sorted(two_shifts(), key=lambda event: event.t))
    _tell(ledger, database)
    with EmbeddedServer(folder) as valkey:
        secret = issue(accounts_in(database), "reader", Role.ADMIN, ("*",), WINDOW.end)
        web = make_server(CONFIG, standard_parts(Stands(plant, valkey.url, database, Clock(WINDOW.end))))
        yield Told(ledger, web, secret)
    database.dispose()


def same(rows: list[KpiRow]) -> list[KpiRow]:
    """The rows as if all were of one place."""
    return [msgspec.structs.replace(row, equipment="") for row in rows]


@pytest.mark.parametrize("by", ["total", "hour", "shift", "product", "hour,product", "shift,product"])
@pytest.mark.parametrize("place", [AREA, "site"])
def test_the_area_is_the_line_since_it_counts(told: Told, place: str, by: str) -> None:
    after = told.rows(equipment=LINE, by=by, **{"from": SINCE})
    assert same(told.rows(equipment=place, by=by)) == same(after)
    assert told.rows(equipment=place, by=by, to=SINCE) == []


@pytest.mark.parametrize("by", ["line", "machine", "hour,line"])
def test_places_told_apart_are_each_as_they_were_measured(told: Told, by: str) -> None:
    rows = told.rows(equipment=AREA, by=by)
    assert rows == told.rows(equipment=LINE, by=by)
    assert min(row.from_ for row in rows) == START


def test_equipment_says_since_when_it_counts(told: Told) -> None:
    [site] = told.ask("equipment").json["sites"]
    machines = site["areas"][0]["lines"][0]["machines"]
    assert {(m["commissioning"], m["counts_since"]) for m in machines} == {(False, SINCE)}


def test_parts_add_up_wherever_a_window_is_cut(told: Told) -> None:
    [whole] = told.rows(equipment=AREA)
    cuts = [WINDOW.start, SINCE - HOUR_MS, SINCE, SINCE + 3 * HOUR_MS, WINDOW.end]
    parts = [Interval(start, end) for start, end in pairwise(cuts)]
    rows = [row for p in parts for row in told.rows(equipment=AREA, **{"from": p.start, "to": p.end})]
    assert sum(row.good for row in rows) == whole.good
    assert sum(sum(row.buckets_ms.values()) for row in rows) == sum(whole.buckets_ms.values()) == WINDOW.end - SINCE
