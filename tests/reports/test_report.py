"""Laws of the report: formats agree, bad lines lose nothing else, rows close, pages escape."""

import csv
import io
import json
import random

import pytest

from app.reports.run import BadQuestion, Question, make_report, run_report

START = 1_795_410_000_000
PLANT = """
version: 1
enterprise: Test
sites:
  - id: site
    timezone: Europe/Berlin
    shifts: [{name: early, start: "06:00", end: "14:00"}, {name: late, start: "14:00", end: "22:00"}]
    areas: [{id: area, lines: [{id: line-1, machines: [{id: press, cycle: 1s, stale_after: 90s}]}]}]
"""


def events(count: int = 1500) -> list[dict]:
    found = []
    for n in range(count):
        at = {"machine": "press", "t": START + n * 30_000, "source": "plc", "epoch": 1}
        found.append({"kind": "state", **at, "seq": 2 * n, "state": "stop" if n % 40 > 30 else "run"})
        found.append({"kind": "count", **at, "seq": 2 * n + 1, "good": n % 30, "reject": n % 3})
    return found


@pytest.fixture
def plant(tmp_path):
    path = tmp_path / "plant.yaml"
    path.write_text(PLANT)
    return path


def jsonl(path, told, *bad):
    lines = [json.dumps(event) for event in told]
    for at, line in bad:
        lines.insert(at, line)
    path.write_text("\n".join(lines))
    return path


def asked_json(question) -> dict:
    out = io.StringIO()
    run_report(question, "json", out)
    return json.loads(out.getvalue())


def test_jsonl_and_csv_give_the_same_rows(tmp_path, plant) -> None:
    told = events()
    log = tmp_path / "log.csv"
    with log.open("w", newline="") as file:
        writer = csv.DictWriter(file, list({key: 0 for event in told for key in event}))
        writer.writeheader()
        writer.writerows(told)
    rows = make_report(Question(jsonl(tmp_path / "log.jsonl", told), plant)).rows
    assert rows == make_report(Question(log, plant)).rows
    assert sum(row.good for row in rows) == sum(event.get("good", 0) for event in told)


def test_order_within_the_grace_does_not_matter(tmp_path, plant) -> None:
    told = events(300)
    mixed = told[:]
    for at in range(0, len(mixed) - 4, 4):
        part = mixed[at : at + 4]
        random.Random(at).shuffle(part)
        mixed[at : at + 4] = part
    rows = [make_report(Question(jsonl(tmp_path / f"{n}.jsonl", e), plant)).rows for n, e in enumerate((told, mixed))]
    assert rows[0] == rows[1]


def test_bad_lines_are_named_and_lose_nothing_else(tmp_path, plant) -> None:
    told = events(100)
    bad = [
        (3, "{"),
        (5, '{"kind":"count","machine":"nobody","t":1}'),
        (9, "[1]"),
        (11, '{"kind":"?","machine":"press"}'),
    ]
    clean = make_report(Question(jsonl(tmp_path / "a.jsonl", told), plant))
    report = make_report(Question(jsonl(tmp_path / "b.jsonl", told, *bad), plant))
    assert report.rows == clean.rows
    assert sorted(number for number, _ in report.refused) == [4, 6, 10, 12]


@pytest.mark.parametrize("by", ["hour", "shift", "product", "machine", "line"])
def test_rows_close_to_the_window(tmp_path, plant, by) -> None:
    report = make_report(Question(jsonl(tmp_path / "log.jsonl", events()), plant, by=by))
    assert report.total is not None
    assert report.losses is not None
    assert sum(sum(row.buckets_ms.values()) for row in report.rows) == report.window.length
    assert sum(report.losses) == sum(report.total.buckets_ms.values()) - sum(
        report.total.buckets_ms[name] for name in ("unscheduled", "planned_stop")
    )


def test_window_is_local_time_without_zone_and_exact(tmp_path, plant) -> None:
    log = jsonl(tmp_path / "log.jsonl", events())
    found = asked_json(Question(log, plant, "2026-11-23T06:10", "2026-11-23T07:00:01", "line"))
    (row,) = found["rows"]
    assert (row["from"], row["to"]) == (START + 600_000, START + 3_601_000)
    assert sum(row["buckets_ms"].values()) == 3_001_000
    with pytest.raises(BadQuestion, match="--by"):
        make_report(Question(log, plant, by="moon"))


def test_events_without_identity_get_the_line_number(tmp_path, plant) -> None:
    told = events(200)
    bare = [{k: v for k, v in event.items() if k not in ("source", "epoch", "seq")} for event in told]
    first = make_report(Question(jsonl(tmp_path / "a.jsonl", told), plant))
    second = make_report(Question(jsonl(tmp_path / "b.jsonl", [*bare, told[0]]), plant))
    assert first.rows == second.rows
    assert second.refused_count == 1


def test_pages_escape_what_the_log_says(tmp_path, plant) -> None:
    log = jsonl(tmp_path / "log.jsonl", events(10), (0, '{"kind":"state","machine":"<script>x</script>","t":1}'))
    out = io.StringIO()
    assert run_report(Question(log, plant), "html", out) == 1
    assert "&lt;script&gt;" in out.getvalue()
    assert "<script" not in out.getvalue()
    table = io.StringIO()
    run_report(Question(log, plant), "table", table)
    assert "<script>" in table.getvalue()
