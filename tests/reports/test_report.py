"""Laws of the report: formats agree, bad lines lose nothing else, rows close, pages escape."""

import csv
import gzip
import io
import json
import random
import re

import pytest

from app.reports.readlog import UnreadableLog
from app.reports.run import BadQuestion, Question, make_report, run_report
from tests.makers import a_plant_file

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


@pytest.mark.parametrize(("cycle", "is_said"), [({"cola": "1s"}, True), ({"default": "1s"}, False)])
def test_units_without_an_ideal_cycle_time_are_named_with_what_would_be_right(tmp_path, cycle, is_said) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(json.dumps(a_plant_file(cycle=cycle, traits={"stale_after": "1d"})), encoding="utf-8")
    run = {"kind": "state", "machine": "machine", "t": START, "state": "run"}
    count = {"kind": "count", "machine": "machine", "t": START + 600_000, "good": 300}
    out = io.StringIO()
    assert run_report(Question(jsonl(tmp_path / "log.jsonl", [run, count]), file), out=out) == 0
    assert (
        "without ideal cycle time: 300 units of site/area/line-1: no P and OEE" in " ".join(out.getvalue().split())
    ) is is_said


def test_a_compressed_log_of_several_parts_is_read_as_one_and_half_of_one_is_named(tmp_path, plant) -> None:
    log = jsonl(tmp_path / "log.jsonl", events())
    lines = log.read_bytes().splitlines(keepends=True)
    parts, cut = tmp_path / "parts.jsonl.gz", tmp_path / "cut.jsonl.gz"
    parts.write_bytes(b"".join(gzip.compress(b"".join(lines[at : at + 400])) for at in range(0, len(lines), 400)))
    assert asked_json(Question(parts, plant))["rows"] == asked_json(Question(log, plant))["rows"]
    cut.write_bytes(parts.read_bytes()[:-9])
    with pytest.raises(UnreadableLog, match="ended before"):
        make_report(Question(cut, plant))


def test_a_packed_csv_is_read_like_the_csv_itself(tmp_path, plant) -> None:
    text = "kind,machine,t,good\n" + "".join(f"count,press,{START + n * 30_000},3\n" for n in range(50))
    plain, packed = csv_log(tmp_path / "log.csv", text), tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert make_report(Question(packed, plant)).rows == make_report(Question(plain, plant)).rows
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(UnreadableLog, match="ended before"):
        make_report(Question(packed, plant))


def test_a_time_beyond_all_calendars_is_refused_and_loses_nothing_else(tmp_path, plant) -> None:
    told = events(100)
    far = (5, '{"kind":"count","machine":"press","t":"9999-12-31T23:59:59Z","good":1}')
    clean = make_report(Question(jsonl(tmp_path / "a.jsonl", told), plant))
    report = make_report(Question(jsonl(tmp_path / "b.jsonl", told, far), plant))
    assert (report.rows, report.window) == (clean.rows, clean.window)
    assert [(number, "2100" in why) for number, why in report.refused] == [(6, True)]
    for end in ("9999-12-31", "99999999999999999999", "2101-01-01T00:00Z"):
        with pytest.raises(BadQuestion, match="--to"):
            make_report(Question(tmp_path / "a.jsonl", plant, end=end))


@pytest.mark.parametrize(("every_ms", "is_said"), [(30_000, False), (600_000, True)])
def test_a_log_that_is_mostly_silence_says_how_little_is_known(tmp_path, plant, every_ms, is_said) -> None:
    told = [
        {"kind": "state", "machine": "press", "t": START + t, "state": "run"} for t in range(0, 7_200_000, every_ms)
    ]
    out = io.StringIO()
    run_report(Question(jsonl(tmp_path / "log.jsonl", told), plant), "table", out)
    assert ("of the planned time is known" in out.getvalue()) is is_said


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


def test_a_time_in_seconds_is_said_to_be_one(tmp_path, plant) -> None:
    told = events(10)
    log = jsonl(tmp_path / "log.jsonl", [*told, told[-1] | {"t": START // 1000, "seq": 99}])
    (refused,) = make_report(Question(log, plant)).refused
    said = f"t {START // 1000} looks like seconds since 1970; right are milliseconds: {START}"
    assert refused == (len(told) + 1, said)
    with pytest.raises(BadQuestion, match=f"--from {START // 1000} looks like seconds.*: {START}"):
        make_report(Question(log, plant, str(START // 1000)))


def test_a_window_far_longer_than_any_log_is_refused_at_once(tmp_path, plant) -> None:
    log = jsonl(tmp_path / "log.jsonl", events(10))
    with pytest.raises(BadQuestion, match=r"longer than three years.* from 2026-11-23 to 2026-11-23"):
        make_report(Question(log, plant, "0"))


def test_events_without_identity_get_their_place_in_the_log(tmp_path, plant) -> None:
    told = events(200)
    bare = [{k: v for k, v in event.items() if k not in ("source", "epoch", "seq")} for event in told]
    first = make_report(Question(jsonl(tmp_path / "a.jsonl", told), plant))
    second = make_report(Question(jsonl(tmp_path / "b.jsonl", [*bare, told[0]]), plant))
    assert first.rows == second.rows
    assert second.refused_count == 1


def test_pages_escape_what_the_log_says(tmp_path, plant) -> None:
    log = jsonl(
        tmp_path / "log.jsonl",
        events(10),
        (0, '{"kind":"state","machine":"<script>x</script>","t":1795410000000}'),
    )
    out = io.StringIO()
    assert run_report(Question(log, plant), "html", out) == 1
    assert "&lt;script&gt;" in out.getvalue()
    assert "<script" not in out.getvalue()
    table = io.StringIO()
    run_report(Question(log, plant), "table", table)
    assert "<script>" in table.getvalue()


def csv_log(path, text: str):
    path.write_bytes(text.encode("utf-8"))
    return path


HEAD = "kind,machine,t,state,good"


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{HEAD}\r\nstate,press,{START},run,\r\ncount,press,{START + 60_000},,7\r\n",
        f"kind;machine;t;state;good\nstate;press;2026-11-23T06:00:00+01:00;run;\ncount;press;{START + 60_000};;7\n",
        f"good\tt\tmachine\tkind\tstate\n\t{START}\tpress\tstate\trun\n7\t{START + 60_000}\tline-1/press\tcount\n",
        f'{HEAD},note\nstate,press,{START},run,,\ncount,"press",{START + 60_000},,7,\n\n',
    ],
    ids=["excel's mark and line ends", "semicolons and local time", "tabs in another order", "quotes and a blank line"],
)
def test_a_csv_as_people_have_it_is_read(tmp_path, plant, text) -> None:
    report = make_report(Question(csv_log(tmp_path / "log.csv", text), plant, by="line"))
    assert (report.rows[0].good, report.refused_count, report.events) == (7, 0, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the first line must name the columns, at least kind, machine, t; it names none"),
        ("a,b\n1,2\n", "it names a, b"),
        (f"{HEAD},shift\n", "unknown column shift; there are action, by"),
        (f"{HEAD}\n", "no event in this log"),
    ],
    ids=["empty", "no names", "an unknown column", "names only"],
)
def test_a_csv_that_is_no_log_says_what_would_be_right(tmp_path, plant, text, said) -> None:
    with pytest.raises(UnreadableLog, match=re.escape(said)):
        make_report(Question(csv_log(tmp_path / "log.csv", text), plant))


@pytest.mark.parametrize("name", ["log.csv", "log.jsonl", "log.csv.gz"])
def test_a_log_saved_as_utf_16_is_told_so_in_words(tmp_path, plant, name) -> None:
    raw = f"{HEAD}\n".encode("utf-16")
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    with pytest.raises(UnreadableLog, match=r"UTF-16, not UTF-8 text\. Right: save the file as UTF-8"):
        make_report(Question(tmp_path / name, plant))


def test_bad_csv_rows_are_named_by_line_and_lose_nothing_else(tmp_path, plant) -> None:
    rows = [
        f"state,press,{START},run,",
        "count,press,yesterday,,3",
        f"count,press,{START + 1000},,3,4,5",
        f"count,press,{START + 2000},,many",
        f"count,press,{START + 60_000},,7",
    ]
    report = make_report(Question(csv_log(tmp_path / "log.csv", "\n".join([HEAD, *rows])), plant, by="line"))
    assert report.rows[0].good == 7
    assert [number for number, _ in report.refused] == [3, 4, 5]
    assert "must be UTC ms, or ISO 8601 with zone" in report.refused[0][1]
    assert report.refused[1][1] == "7 values for 5 columns"


COUNTED = PLANT.replace(
    "stale_after: 90s",
    "stale_after: 90s, signals: {total: {unit: pcs, owner: production, counter: {kind: cumulative, max_per_s: 2}}}",
)


def test_what_is_odd_about_the_data_stands_at_the_end(tmp_path) -> None:
    plant = tmp_path / "plant.yaml"
    plant.write_text(COUNTED)
    at = {"machine": "press", "source": "plc", "epoch": 1}
    told = [{"kind": "state", **at, "t": START, "seq": 1, "state": "run"}]
    readings = [100, *range(200, 200 + 60 * 74, 74), 9_000_000, 10]
    told += [
        {"kind": "value", **at, "t": START + n * 60_000, "seq": n + 1, "signal": "total", "value": value}
        for n, value in enumerate(readings, 1)
    ]
    told += [{"kind": "state", **at, "t": START + n * 60_000, "seq": n + 9, "state": "??"} for n in range(70, 130)]
    report = make_report(Question(jsonl(tmp_path / "log.jsonl", told), plant, by="line"))
    rules = {finding.rule for finding in report.findings}
    assert {"check_standard", "counter_implausible", "counter_reset", "unknown_state"} <= rules
    assert report.rows[0].good == 100 + 59 * 74 + 10


def test_a_stretch_that_ends_before_it_begins_is_refused(tmp_path, plant) -> None:
    bad = json.dumps({"kind": "classify", "machine": "press", "t": START, "from": START, "to": START - 1,
                      "source": "p", "epoch": 1, "seq": 1})  # fmt: skip
    report = make_report(Question(jsonl(tmp_path / "log.jsonl", events(10), (3, bad)), plant))
    assert report.refused == ((4, "implausible: `to` is not after `from`; a stretch of time is [from, to)"),)
