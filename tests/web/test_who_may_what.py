"""Every route x everybody, in one table. A route without a row fails; so does an answer that is not the table's."""

import json
from collections.abc import Callable
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient

from app.domain.roles import Role
from app.live.feed import NOTICES
from app.sitemap import PAGES, roles_of
from app.web.server import live_check
from tests.sample_boards import LINE, NOW
from tests.web.parts import OTHER_LINE
from tests.web.world import PASSWORD, SAME, World

WHO = ("anonymous", "operator", "supervisor", "manager", "engineer", "admin", "display", "elsewhere")
FRAME = "frame-page.children"


def a_callback(world: World, path: str = "/shifts") -> dict[str, object]:
    """What the browser posts when the address changes."""
    wired = world.web.pages.dash.callback_map[FRAME]
    component, prop = FRAME.split(".")
    return {
        "output": FRAME,
        "outputs": {"id": component, "property": prop},
        "inputs": [{**end, "value": path if end["property"] == "pathname" else ""} for end in wired["inputs"]],
        "state": [{**end, "value": ""} for end in wired["state"]],
        "changedPropIds": ["frame-url.pathname"],
    }


AT_FILLER = {"rule": "nothing", "equipment": f"{LINE}/filler"}
EVENT = {"kind": "heartbeat", "machine": f"{LINE}/filler", "t": NOW, "source": "s", "epoch": 1, "seq": 1}


class Row(NamedTuple):
    """rule and method as in Flask's url map; url: what is asked; statuses in the order of WHO."""

    rule: str
    method: str
    url: str
    statuses: tuple[int, ...]
    json: object = None
    form: dict[str, str] | None = None
    headers: dict[str, str] | None = None


def all_(status: int) -> tuple[int, ...]:
    return (status,) * len(WHO)


#                                                            anon oper supv mngr engr admn disp elsewhere
TABLE = (
    Row("/login", "GET", "/login", (200, 302, 302, 302, 302, 302, 200, 302)),
    Row("/login", "POST", "/login", all_(303), form={"username": "somebody", "password": PASSWORD}),
    Row("/logout", "GET", "/logout", (401, 200, 200, 200, 200, 200, 200, 200)),
    Row("/logout", "POST", "/logout", (401, 303, 303, 303, 303, 303, 303, 303)),
    Row("/logout/everywhere", "POST", "/logout/everywhere", (401, 303, 303, 303, 303, 303, 303, 303)),
    Row("/healthz", "GET", "/healthz", all_(200)),
    Row("/readyz", "GET", "/readyz", all_(200)),
    Row("/metrics", "GET", "/metrics", (401, 401, 401, 401, 200, 200, 401, 401)),
    Row("/", "GET", "/", all_(302)),
    Row("/<path:path>", "GET", f"/line/{LINE}", (302, 200, 200, 200, 200, 200, 200, 403)),
    Row("/<path:path>", "GET", "/area/leipzig/bottling", (302, 200, 200, 200, 200, 200, 200, 403)),
    Row("/<path:path>", "GET", "/area/leipzig", (302, 200, 200, 200, 200, 200, 200, 403)),
    Row("/<path:path>", "GET", "/shifts", (302, 200, 200, 200, 200, 200, 403, 200)),
    Row("/<path:path>", "GET", "/downtime", (302, 200, 200, 200, 200, 200, 403, 200)),
    Row("/<path:path>", "GET", "/reports", (302, 403, 200, 200, 200, 200, 403, 403)),
    Row("/reports/<form>", "GET", f"/reports/csv?of_place={LINE}", (401, 403, 200, 200, 200, 200, 403, 403)),
    Row("/reports/<form>", "GET", f"/reports/xlsx?of_place={LINE}", (401, 403, 200, 200, 200, 200, 403, 403)),
    Row("/reports/<form>", "GET", f"/reports/pdf?of_place={LINE}", (401, 403, 200, 200, 200, 200, 403, 403)),
    Row("/reports/files/<name>", "GET", "/reports/files/nothing", (401, 403, 404, 404, 404, 404, 403, 403)),
    Row("/<path:path>", "GET", "/decisions", (302, 200, 200, 200, 200, 200, 403, 200)),
    Row("/<path:path>", "GET", "/outcomes", (302, 403, 200, 200, 200, 200, 403, 403)),
    Row("/<path:path>", "GET", "/plant", (302, 403, 200, 200, 200, 200, 403, 403)),
    Row("/<path:path>", "GET", "/catalogue", (302, 403, 200, 200, 200, 200, 403, 403)),
    Row("/<path:path>", "GET", "/maintenance", (302, 200, 200, 200, 200, 200, 403, 200)),
    Row("/<path:path>", "GET", "/connections", (302, 403, 200, 200, 200, 200, 403, 403)),
    Row("/<path:path>", "GET", "/commissioning", (302, 403, 200, 200, 200, 200, 403, 403)),
    Row("/<path:path>", "GET", "/rules", (302, 403, 200, 200, 200, 200, 403, 403)),
    Row("/<path:path>", "GET", "/alerts", (302, 200, 200, 200, 200, 200, 403, 200)),
    Row("/<path:path>", "GET", "/quality", (302, 200, 200, 200, 200, 200, 403, 200)),
    Row("/<path:path>", "GET", "/messages", (302, 403, 403, 403, 200, 200, 403, 403)),
    Row("/<path:path>", "GET", "/admin", (302, 403, 403, 403, 403, 200, 403, 403)),
    Row("/<path:path>", "GET", "/handover", (302, 200, 200, 200, 200, 200, 403, 200)),
    Row("/<path:path>", "GET", "/practice", (302, 200, 200, 200, 200, 200, 403, 200)),
    Row("/<path:path>", "GET", "/skills", (302, 200, 200, 200, 200, 200, 403, 200)),
    Row("/<path:path>", "GET", "/schedule", (302, 200, 200, 200, 200, 200, 403, 200)),
    Row("/<path:path>", "GET", "/kiosk/hall", (302, 200, 200, 200, 200, 200, 200, 200)),
    Row("/<path:path>", "GET", "/nothing", (302, 404, 404, 404, 404, 404, 404, 404)),
    Row("/<path:path>", "GET", "/line/nothing", (302, 404, 404, 404, 404, 404, 404, 404)),
    Row("/assets/<path:filename>", "GET", "/assets/nothing.css", all_(404)),
    Row(
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "GET",
        "/_dash-component-suites/dash/dcc/dash_core_components.js",
        all_(200),
    ),
    Row("/_favicon.ico", "GET", "/_favicon.ico", all_(200)),
    Row("/_dash-layout", "GET", "/_dash-layout", (401, 200, 200, 200, 200, 200, 200, 200)),
    Row("/_dash-dependencies", "GET", "/_dash-dependencies", (401, 200, 200, 200, 200, 200, 200, 200)),
    Row("/_reload-hash", "GET", "/_reload-hash", all_(404)),
    Row(
        "/_dash-update-component",
        "POST",
        "/_dash-update-component",
        (401, 200, 200, 200, 200, 200, 200, 200),
        json=a_callback,
    ),
    Row(
        "/_dash-update-component",
        "POST",
        "/_dash-update-component",
        (401, 403, 403, 403, 403, 403, 403, 403),
        json={"output": "nobody-registered.this"},
    ),
    Row("/_dash-update-component", "POST", "/_dash-update-component", (401, *all_(403)[1:]), json=["odd"]),
    Row("/api/v1/events", "POST", "/api/v1/events", (401, 403, 403, 403, 200, 200, 403, 403), json=EVENT),
    Row("/api/v1/equipment", "GET", "/api/v1/equipment", (401, *all_(200)[1:])),
    Row("/api/v1/kpis", "GET", f"/api/v1/kpis?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)),
    Row("/api/v1/episodes", "GET", f"/api/v1/episodes?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)),
    Row("/api/v1/orders", "GET", f"/api/v1/orders?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)),
    Row("/api/v1/findings", "GET", f"/api/v1/findings?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)),
    Row("/api/v1/signals", "GET", f"/api/v1/signals?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)),
    Row("/api/v1/quality", "GET", f"/api/v1/quality?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)),
    Row("/api/v1/sources", "GET", "/api/v1/sources", (401, 200, 200, 200, 200, 200, 403, 200)),
    Row(
        "/api/v1/issues",
        "POST",
        "/api/v1/issues",
        (401, 201, 201, 201, 201, 201, 403, 403),
        json={"equipment": f"{LINE}/filler", "about": "oee", "from": 1, "to": NOW, "note": "two pallets are missing"},
    ),
    Row("/api/v1/quarantine", "GET", f"/api/v1/quarantine?line={LINE}", (401, 403, 200, 403, 200, 200, 403, 403)),
    *(
        Row(f"/api/v1/quarantine/{what}", "POST", f"/api/v1/quarantine/{what}", statuses, json={"line": LINE, **more})
        for what, statuses, more in (
            ("replay", (401, 403, 404, 403, 404, 404, 403, 403), {"group": "nothing"}),
            ("mend", (401, 403, 403, 403, 409, 409, 403, 403), {"id": "1-1", "event": json.dumps(EVENT)}),
        )
    ),
    Row(
        "/api/v1/plant-versions",
        "GET",
        f"/api/v1/plant-versions?equipment={LINE}",
        (401, 200, 200, 200, 200, 200, 403, 403),
    ),
    Row("/api/v1/issues", "GET", f"/api/v1/issues?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)),
    Row("/api/v1/alerts", "GET", "/api/v1/alerts", (401, *all_(200)[1:])),
    Row("/api/v1/alerts", "GET", f"/api/v1/alerts?equipment={LINE}", (401, 200, 200, 200, 200, 200, 200, 403)),
    *(
        Row(f"/api/v1/alerts/<alert>/{what}", "POST", f"/api/v1/alerts/1/{what}", statuses, json=json)
        for what, json, statuses in (
            ("acknowledge", {}, (401, 404, 404, 403, 404, 404, 403, 404)),
            ("shelve", {"until": NOW + 60_000, "reason": "x"}, (401, 403, 404, 403, 404, 404, 403, 403)),
            ("judge", {"verdict": "known"}, (401, 404, 404, 404, 404, 404, 403, 404)),
        )
    ),
    Row("/api/v1/alerts/ended", "GET", "/api/v1/alerts/ended", (401, 200, 200, 200, 200, 200, 403, 200)),
    Row(
        "/api/v1/alerts/ended",
        "GET",
        f"/api/v1/alerts/ended?equipment={LINE}",
        (401, 200, 200, 200, 200, 200, 403, 403),
    ),
    Row("/api/v1/alerts/hidden", "GET", f"/api/v1/alerts/hidden?equipment={LINE}", (401, *all_(200)[1:-1], 403)),
    *(
        Row(f"/api/v1/alerts/{what}", "POST", f"/api/v1/alerts/{what}", statuses, json=json | AT_FILLER)
        for what, json, statuses in (
            ("unshelve", {}, (401, 403, 409, 403, 409, 409, 403, 403)),
            ("out-of-service", {"reason": "x"}, (401, 403, 404, 403, 404, 404, 403, 403)),
            ("in-service", {}, (401, 403, 409, 403, 409, 409, 403, 403)),
        )
    ),
    Row("/api/v1/messages", "GET", "/api/v1/messages", (401, 403, 403, 403, 200, 200, 403, 403)),
    *(
        Row(
            f"/api/v1/messages/<key>/{what}",
            "POST",
            f"/api/v1/messages/nothing/{what}",
            (401, 403, 403, 403, 404, 404, 403, 403),
        )
        for what in ("again", "drop")
    ),
    Row("/api/v1/handovers", "GET", f"/api/v1/handovers?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)),
    Row(
        "/api/v1/episodes/<path:episode>",
        "PATCH",
        f"/api/v1/episodes/{LINE}/filler@{NOW - 60_000}",
        (401, 202, 202, 403, 202, 202, 403, 403),
        json={"reason": None},
        headers={"If-Match": '"~"'},
    ),
    Row(
        "/api/v1/episodes/merge",
        "POST",
        "/api/v1/episodes/merge",
        (401, 400, 400, 403, 400, 400, 403, 403),
        json={"episodes": [{"id": f"{LINE}/filler@{NOW - 60_000}", "etag": "~"}], "reason": "jam-infeed"},
    ),
    Row(
        "/api/v1/corrections", "GET", f"/api/v1/corrections?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)
    ),
    Row(
        "/api/v1/corrections",
        "POST",
        "/api/v1/corrections",
        (401, 403, 202, 403, 202, 202, 403, 403),
        json={"kind": "counts", "machine": f"{LINE}/filler", "made_at": NOW - 60_000, "good": 1, "note": "by hand"},
    ),
    Row("/api/v1/decisions", "GET", f"/api/v1/decisions?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)),
    Row(
        "/api/v1/decisions",
        "POST",
        "/api/v1/decisions",
        (401, *all_(404)[1:]),
        json={"key": "nothing", "verdict": "wrong"},
    ),
    Row("/api/v1/demand", "GET", "/api/v1/demand", (401, 200, 200, 200, 200, 200, 403, 200)),
    Row("/api/v1/demand", "POST", "/api/v1/demand", (401, 403, 200, 200, 200, 200, 403, 403), json=[]),
    Row("/api/v1/schedule", "GET", "/api/v1/schedule", (401, 200, 200, 200, 200, 200, 403, 200)),
    Row(
        "/api/v1/work-orders", "GET", f"/api/v1/work-orders?equipment={LINE}", (401, 200, 200, 200, 200, 200, 403, 403)
    ),
    Row(
        "/api/v1/work-orders",
        "POST",
        "/api/v1/work-orders",
        (401, 201, 201, 403, 201, 201, 403, 403),
        json={"machine": f"{LINE}/filler", "title": "oil it"},
    ),
    Row(
        "/api/v1/work-orders/<int(max=2147483647):number>",
        "PATCH",
        "/api/v1/work-orders/1",
        (401, 403, 409, 403, 409, 409, 403, 404),
        json={"do": "start", "version": 99},
    ),
    Row("/api/v1/openapi.json", "GET", "/api/v1/openapi.json", all_(200)),
)
AWAY = {"REMOTE_ADDR": "203.0.113.9"}  # probes say more on loopback


@pytest.fixture(scope="module")
def everybody(valkey: object) -> tuple[World, dict[str, Callable[[], FlaskClient]]]:
    world = World(valkey.url)  # type: ignore[attr-defined]
    world.redis.flushall()
    world.person(Role.OPERATOR, name="somebody")
    secret = world.token(Role.DISPLAY, name="hall")

    def display() -> FlaskClient:
        client = world.client()
        client.set_cookie("lineside_display", secret)
        return client

    makers: dict[str, Callable[[], FlaskClient]] = {
        role: lambda role=role: world.signed_in(Role(role)) for role in WHO[1:6]
    }
    makers |= {"anonymous": world.client, "display": display}
    world.person(Role.OPERATOR, OTHER_LINE, name="elsewhere")
    makers["elsewhere"] = lambda: _elsewhere(world)
    return world, makers


def _elsewhere(world: World) -> FlaskClient:
    client = world.client()
    client.post("/login", data={"username": "elsewhere", "password": PASSWORD}, headers=SAME)
    return client


@pytest.mark.redis
@pytest.mark.parametrize(
    "row", TABLE, ids=lambda row: f"{row.method} {row.url}{' ' + str(row.json)[:20] if row.json else ''}"
)
def test_everybody_gets_what_the_table_says(
    row: Row, everybody: tuple[World, dict[str, Callable[[], FlaskClient]]]
) -> None:
    world, makers = everybody
    body = a_callback(world) if row.json is a_callback else row.json
    found = {}
    for who in WHO:
        client = makers[who]()
        sent = {"json": body, "data": row.form, "headers": SAME | (row.headers or {})}
        answer = client.open(row.url, method=row.method, environ_overrides=AWAY, **sent)  # type: ignore[arg-type]
        found[who] = answer.status_code
    assert found == dict(zip(WHO, row.statuses, strict=True))


@pytest.mark.redis
def test_no_route_is_without_a_row(world: World) -> None:
    rules = {
        (rule.rule, method)
        for rule in world.web.server.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert rules == {(row.rule, row.method) for row in TABLE}


@pytest.mark.redis
def test_every_page_of_the_sitemap_is_in_the_table() -> None:
    assert all(any(page.pattern.fullmatch(row.url) for row in TABLE) for page in PAGES)


@pytest.mark.redis
def test_every_callback_belongs_to_a_page_somebody_may_open(world: World) -> None:
    dash, book = world.web.pages.dash, world.web.pages.book
    wired = [spec for spec in dash._callback_list if spec["clientside_function"] is None]
    pages = {book.page_of(spec["output"]) for spec in wired}
    assert pages
    assert None not in pages
    assert all(roles_of(page) for page in pages if page is not None)


@pytest.mark.redis
def test_every_callback_of_administration_is_refused_to_everybody_else(
    everybody: tuple[World, dict[str, Callable[[], FlaskClient]]],
) -> None:
    world, makers = everybody
    dash, book = world.web.pages.dash, world.web.pages.book
    wired = [spec["output"] for spec in dash._callback_list if spec["clientside_function"] is None]
    theirs = [output for output in wired if book.page_of(output) == "admin"]
    assert len(theirs) == 3
    for output in theirs:
        asked = {"output": output, "inputs": [], "state": []}
        found = {
            who: makers[who]().post("/_dash-update-component", json=asked, headers=SAME).status_code for who in WHO
        }
        refused = dict.fromkeys(WHO, 403) | {"anonymous": 401}
        assert found == refused | {"admin": 400}, "who may ask is told that this is no request of our pages"


@pytest.mark.redis
def test_live_topics_open_to_those_in_scope_only(world: World) -> None:
    check = live_check(world.web.server, world.config)
    area, site = LINE.rsplit("/", 1)[0], LINE.split("/")[0]
    secret = world.token(Role.DISPLAY, LINE, name="tv")

    def ask(topic: str, *headers: tuple[bytes, bytes]) -> int:
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/live/{topic}",
            "headers": [(b"host", b"localhost"), *headers],
        }
        return check(scope, topic)

    bearer = (b"authorization", f"Bearer {secret}".encode())
    assert [ask(LINE), ask(LINE, (b"host", b"evil.example"))] == [401, 400]
    assert [ask(t, bearer) for t in (LINE, area, site, OTHER_LINE, "nowhere")] == [200, 403, 403, 403, 403]
    assert [ask(NOTICES), ask(NOTICES, bearer)] == [401, 200]
    operator = world.signed_in(Role.OPERATOR, area)
    cookie = (b"cookie", f"lineside_session={operator.get_cookie('lineside_session').value}".encode())
    assert [ask(t, cookie) for t in (LINE, area, site, OTHER_LINE)] == [200, 200, 403, 403]
