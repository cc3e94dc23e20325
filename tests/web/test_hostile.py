"""What people and machines write is text wherever it comes out: on pages, in tables, in files, in headers."""

import csv
import io
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from app.domain.events.codec import encode
from app.domain.events.contract import StateChanged
from app.domain.roles import Role
from app.reports.run import Question, run_report
from app.rest.table import as_csv
from app.sitemap import PAGES
from app.text.cells import safe_cell
from tests.web.test_who_may_what import TABLE
from tests.web.world import SAME, World, sign_in

ROOT = Path(__file__).parents[2]
HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"
RISKY = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|dangerously|DOMParser"
    r"|\beval\(|new Function|setTimeout\(\s*[\"'`]|allow_html|javascript:"
)


def test_no_page_makes_markup_or_code_from_text() -> None:
    files = [*ROOT.glob("assets/js/*.js"), *ROOT.glob("layouts/**/*.py"), *ROOT.glob("callbacks/**/*.py")]
    assert len(files) > 20
    found = [
        f"{path.name}: {line.strip()}" for path in files for line in path.read_text().splitlines() if RISKY.search(line)
    ]
    assert found == []


def test_templates_escape_what_they_show() -> None:
    for template in ROOT.glob("app/web/templates/*.html"):
        text = template.read_text()
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape false" not in text


@pytest.mark.redis
def test_a_name_typed_at_the_door_comes_back_as_text(world: World) -> None:
    answer = sign_in(world.client(), HOSTILE, "wrong password", target=f"/shifts?x={HOSTILE}")
    page = BeautifulSoup(answer.data, "html.parser")
    assert page.select_one("input[name=username]")["value"] == HOSTILE
    assert page.find_all("img") == []
    assert all("alert(" not in (script.string or "") for script in page.find_all("script"))


@pytest.mark.redis
def test_odd_addresses_are_answered_as_text(world: World) -> None:
    client = world.signed_in(Role.ADMIN)
    for path in (f"/{HOSTILE}", f"/line/{HOSTILE}", f"/api/v1/{HOSTILE}", f"/api/v1/kpis?equipment={HOSTILE}"):
        answer = client.get(path)
        assert answer.status_code in (400, 404)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "<img src=x" not in answer.text or answer.content_type == "application/problem+json"


@pytest.mark.redis
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_every_page_comes_with_a_policy_that_runs_nothing_inline(world: World, page: object) -> None:
    [url, *_] = [row.url for row in TABLE if page.pattern.fullmatch(row.url)]  # type: ignore[attr-defined]
    answer = world.signed_in(Role.ADMIN).get(url, follow_redirects=True)
    assert answer.status_code == 200
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    sources = policy["script-src"].split()
    assert sources[0] == "'self'"
    assert all(re.fullmatch(r"'sha256-[A-Za-z0-9+/]+={0,2}'", source) for source in sources[1:])
    assert policy["default-src"] == "'self'"
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'",) * 3
    assert policy["connect-src"] == policy["form-action"] == "'self'"
    markup = BeautifulSoup(answer.data, "html.parser")
    handlers = [name for tag in markup.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert handlers == []
    assert all(not (tag.get("href") or "").startswith("javascript:") for tag in markup.find_all("a"))


@pytest.mark.redis
def test_no_answer_takes_a_header_from_a_question(world: World) -> None:
    evil = "x\r\nSet-Cookie: stolen=1"
    client = world.signed_in(Role.ADMIN)
    asked = [
        client.get("/login", query_string={"next": evil}),
        client.get("/shifts", query_string={"token": evil, "kiosk": evil}),
        client.post("/login", data={"username": evil, "password": evil, "next": evil}, headers=SAME),
        client.get("/api/v1/episodes", query_string={"equipment": "filler", "limit": 1, "shift": evil}),
        client.get("/api/v1/kpis", query_string={"equipment": evil}, headers={"Accept": "text/csv"}),
    ]
    for answer in asked:
        assert all("\r" not in value and "\n" not in value for _, value in answer.headers)
        assert not any(cookie.startswith("stolen") for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "  ="])
def test_a_cell_never_begins_a_formula(start: str) -> None:
    note = f"{start}cmd|' /C calc'!A0"
    (row,) = csv.DictReader(io.StringIO(as_csv([{"note": note, "minutes": -3}]), newline=""))
    assert row == {"note": f"'{note}", "minutes": "-3"}
    assert safe_cell(f"{start}1") == f"'{start}1"
    assert safe_cell(-3) == -3


def test_a_report_page_shows_what_a_machine_said_as_text(tmp_path: Path) -> None:
    log, plant = tmp_path / "log.jsonl", ROOT / "plants" / "minimal.yaml"
    about = {"machine": "home/hall/line-1/filler", "source": HOSTILE, "epoch": 1}
    events = [StateChanged(**about, t=1_795_420_800_000 + n * 60_000, seq=2 * n, state=HOSTILE) for n in range(9)]
    log.write_bytes(b"\n".join(encode(event) for event in events))
    with (tmp_path / "report.html").open("w+", encoding="utf-8") as out:
        run_report(Question(log, plant, by="shift"), "html", out)
        out.seek(0)
        text = out.read()
    assert "&lt;img src=x" in text
    page = BeautifulSoup(text, "html.parser")
    assert page.find_all("img") == []
    assert all("alert(" not in (script.string or "") for script in page.find_all("script"))
