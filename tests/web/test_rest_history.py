"""The API over real SQL says what the report says: rows by any grouping, episodes, orders and findings page by page."""

import csv
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from sqlalchemy import create_engine

from app.auth.guard import Invalid
from app.auth.tokens import issue
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.ledger import Ledger
from app.domain.accounting.profiles import profile
from app.domain.events.contract import Counted, Event, OrderChanged, StateChanged
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.domain.roles import Role
from app.historian.database import Database, migrate, open_database
from app.historian.writer import write
from app.reports.figures import ReportBy, report_of
from app.rest.openapi import document
from app.streams.embedded import EmbeddedServer
from app.views.groupings import grouped_rows
from app.web.run import Running, listen
from app.web.server import Web, make_server
from app.web.standard import Stands, accounts_in, standard_parts
from tests.golden.story import NoPages
from tests.makers import THREE_SHIFTS, a_plant, utc_ms
from tests.web.world import CONFIG, Clock

pytestmark = [pytest.mark.redis, pytest.mark.slow]
START = utc_ms("2026-11-23T05:00")
WINDOW = Interval(START, START + 16 * HOUR_MS)
PLANT = a_plant(machines=("filler", "packer"), line={"shifts": THREE_SHIFTS})
LINE = "site/area/line-1"
NOT_READ = create_engine("sqlite://")


def two_shifts() -> Iterator[Event]:
    """An early and a late shift: two products in turn, a stop with and one without a reason every hour, a gap."""
    for n, order in enumerate(range(START, WINDOW.end, 3 * HOUR_MS)):
        product = ("cola", "water")[n % 2]
        about = {"machine": LINE, "source": "erp", "epoch": 1, "seq": n + 1}
        yield OrderChanged(**about, t=order, action="start", order=f"47{n}", product=product, quantity=9_000)
    for machine in ("filler", "packer"):
        about = {"machine": f"{LINE}/{machine}", "source": f"plc-{machine}", "epoch": 1}
        seq = 0
        for minute in range(WINDOW.length // MINUTE_MS):
            t, at = START + minute * MINUTE_MS, minute % 60
            state = "stop" if at in range(10, 15) or at in range(20, 30) else "run"
            reason = "jam" if at in range(10, 15) else None
            seq += 10 if minute in (300, 425, 545, 665, 785) else 1
            yield StateChanged(**about, t=t, seq=seq, state=state, reason=reason)
            if state == "run":
                seq += 1
                yield Counted(**about, t=t + 40_000, seq=seq, good=30 + minute % 20, reject=minute % 7 // 6)


@dataclass
class Told:
    """History told by a real ledger, and a server that answers from it."""

    ledger: Ledger
    web: Web
    secret: str

    def client(self) -> FlaskClient:
        client = self.web.server.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.secret}"
        return client

    def ask(self, path: str, accept: str = "application/json", **query: object) -> Any:
        asked = {"equipment": LINE, "from": WINDOW.start, "to": WINDOW.end} | query
        answer = self.client().get(f"/api/v1/{path}", query_string=asked, headers={"Accept": accept})
        assert answer.status_code == 200, answer.text
        return answer

    def rows(self, **query: object) -> list[KpiRow]:
        return msgspec.convert(self.ask("kpis", **query).json["rows"], list[KpiRow])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder: Path = tmp_path_factory.mktemp("told")
    database = open_database(None, folder)
    migrate(database)
    ledger = Ledger(PLANT.line(LINE), PLANT, NoPages())
    ledger.apply(sorted(two_shifts(), key=lambda event: event.t))
    _tell(ledger, database)
    with EmbeddedServer(folder) as valkey:
        secret = issue(accounts_in(database), "reader", Role.ADMIN, ("*",), WINDOW.end)
        web = make_server(CONFIG, standard_parts(Stands(PLANT, valkey.url, database, Clock(WINDOW.end))))
        yield Told(ledger, web, secret)
    database.dispose()


def _tell(ledger: Ledger, database: Database) -> None:
    entry = 0
    while facts := ledger.settle(WINDOW.end, open_hours=True if not entry else None):
        write(database, LINE, b"%d-0" % entry, facts, b"%d-0" % (entry + 1), WINDOW.end)
        entry += 1
        if entry > 20:
            break


@pytest.mark.parametrize(("by", "same"), [("hour", "hour"), ("shift", "shift"), ("product", "product"),
                                          ("machine", "machine"), ("line", "line"), ("line,shift", "shift"),
                                          ("hour,line", "hour")])  # fmt: skip
def test_rows_are_those_of_the_report(told: Told, by: str, same: ReportBy) -> None:
    report = report_of([told.ledger], WINDOW, WINDOW.end, same, profile(PLANT.profile))
    key = lambda row: (row.from_, row.equipment, row.product or "")  # noqa: E731 (a sort key)
    mine, theirs = (sorted(rows, key=key) for rows in (told.rows(by=by), report.rows))
    assert mine == theirs
    assert mine


@pytest.mark.parametrize("equipment", [LINE, f"{LINE}/filler", "site/area", "site"])
def test_every_grouping_adds_up_to_the_whole(told: Told, equipment: str) -> None:
    (whole,) = told.rows(equipment=equipment)
    for by in ("shift,product", "hour,product,line", "product,machine", "machine,shift,hour,product", "total"):
        rows = told.rows(equipment=equipment, by=by)
        counted = equipment if equipment.endswith("filler") else f"{LINE}/packer"
        kept = [r for r in rows if "machine" not in by or r.equipment == counted]
        assert sum(row.good for row in kept) == whole.good > 0
        keys = [(r.from_, r.equipment, r.shift, r.product) for r in rows]
        assert len(keys) == len(set(keys))
    products = {(row.shift.name, row.product) for row in told.rows(by="shift,product") if row.shift}
    assert products == {("early", "cola"), ("early", "water"), ("late", "cola"), ("late", "water")}


def test_csv_holds_the_same_rows(told: Told) -> None:
    rows = list(csv.DictReader(io.StringIO(told.ask("kpis", "text/csv", by="shift,product").text)))
    assert [(row["product"], int(row["good"])) for row in rows] == [
        (row.product, row.good) for row in told.rows(by="shift,product")
    ]


def test_more_rows_than_anyone_reads_are_refused_before_they_are_read(told: Told) -> None:
    big = a_plant(machines=tuple(f"m{n}" for n in range(12)))
    three_years = Interval(WINDOW.end - 1_096 * DAY_MS, WINDOW.end)
    with pytest.raises(Invalid, match="shorter window"):
        grouped_rows(NOT_READ, big, ("site", three_years), ("hour", "machine"), profile("vorne"))
    answer = told.client().get("/api/v1/kpis?equipment=site&by=magic,machine")
    assert (answer.status_code, "some of hour, shift" in answer.json["detail"]) == (400, True)


@pytest.mark.parametrize("path", ["episodes", "orders", "findings"])
@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_pages_follow_one_another_without_gap_or_repetition(told: Told, path: str, accept: str) -> None:
    whole = told.ask(path, limit=10_000).json
    assert whole["next"] is None
    found, cursor, link = [], None, None
    for _ in range(len(whole[path]) + 2):
        answer = told.ask(path, accept, limit=3, **({"cursor": cursor} if cursor else {}))
        page = answer.json[path] if accept.endswith("json") else list(csv.DictReader(io.StringIO(answer.text)))
        found += page
        link = answer.headers.get("Link")
        if link is None:
            break
        cursor = dict(part.split("=", 1) for part in urlsplit(link[1 : link.index(">")]).query.split("&"))["cursor"]
        assert 'rel="next"' in link
    assert len(whole[path]) > 3
    assert [str(row["from"]) for row in found] == [str(row["from"]) for row in whole[path]]


def test_episodes_are_filtered_by_reason_bucket_shift_product_and_machine(told: Told) -> None:
    all_of_them = told.ask("episodes").json["episodes"]

    def found(**query: object) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = told.ask("episodes", **query).json["episodes"]
        assert rows
        return rows

    assert found(reason="jam") == [e for e in all_of_them if e["reason"] == "jam"]
    assert {e["reason"] for e in found(reason="unclassified")} == {None}
    assert {e["bucket"] for e in found(reason="unclassified")} <= {"unplanned_stop", "minor_stop"}
    assert found(bucket="running") == [e for e in all_of_them if e["bucket"] == "running"]
    assert found(shift="late") == found(shift="2026-11-23/late")
    assert {e["shift"] for e in found(shift="early")} == {"2026-11-23/early"}
    assert {e["product"] for e in found(product="water")} == {"water"}
    assert {e["machine"] for e in found(equipment=f"{LINE}/packer")} == {f"{LINE}/packer"}
    assert told.ask("episodes", reason="a%", shift="%").json["episodes"] == []


def test_orders_and_findings_say_what_ran_and_what_is_odd(told: Told) -> None:
    orders = told.ask("orders").json["orders"]
    assert [(o["order"], o["product"]) for o in orders[:2]] == [("470", "cola"), ("471", "water")]
    assert [o["to"] for o in orders] == [o["from"] for o in orders[1:]] + [None]
    findings = told.ask("findings").json["findings"]
    assert {f["rule"] for f in findings} >= {"sequence_gap"}
    assert {f["equipment"] for f in told.ask("findings", equipment=f"{LINE}/filler").json["findings"]} <= {
        f"{LINE}/filler"
    }


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=10001", "limit=x", "cursor=x", "cursor=WzFd", "cursor=WyJhIiwiYiJd", "cursor=%00",
     "cursor=WzEsImFcdTAwMDAiXQ", "bucket=moon", "reason=" + "x" * 121, "shift=%00"],
)  # fmt: skip
def test_a_wrong_page_or_filter_is_answered_with_what_would_be_right(told: Told, query: str) -> None:
    answer = told.client().get(f"/api/v1/episodes?equipment={LINE}&{query}")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert query.split("=")[0] in answer.json["detail"]


def test_what_is_put_into_a_question_never_reaches_a_header(told: Told) -> None:
    evil = "x\r\nSet-Cookie: a=b"
    answer = told.ask("episodes", limit=1, bucket="running", product="", profile=evil, **{evil: evil})
    assert "\r" not in answer.headers["Link"]
    assert answer.headers.getlist("Set-Cookie") == []


CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]


def test_the_whole_description_is_true_of_a_real_server(told: Told) -> None:
    running = Running(told.web, listen(CONFIG))
    up, port = threading.Event(), []
    thread = threading.Thread(target=running.run, args=(lambda p: (port.append(p), up.set()),))
    thread.start()
    assert up.wait(30)
    try:
        _check(f"http://127.0.0.1:{port[0]}", told.secret)
    finally:
        running.stop()
        thread.join(30)


def _check(address: str, secret: str) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
    for path, methods in document()["paths"].items():
        for method in methods:

            @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(case=schema[path][method].as_strategy())
            def answers_as_described(case: schemathesis.Case) -> None:
                case.call_and_validate(headers=headers, checks=CHECKS)

            answers_as_described()
    assert httpx.get(f"{address}/healthz").status_code == 200
