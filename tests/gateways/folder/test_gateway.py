"""Exported files: taken once, whole, in order; what is wrong with one row or file stops no other."""

import asyncio
import csv
import gzip
import json
from pathlib import Path

import pytest

from app.domain.plant.equipment import Source
from gateways.base import Away, BadSource
from gateways.folder import gateway as folder_gateway
from gateways.folder.gateway import make
from tests.gateways.listening import Heard, listening, wait_for

T = 1_795_420_800_000
GOOD = f"t,total,temp\n2026-11-23T08:00:00+00:00,100,20.5\n{T + 60_000},110,\n"


def source(folder: Path, **more) -> Source:
    mapping = {"filler": {"state": "state", "signals": {"total": "total", "temp": "temp"}}}
    return Source(
        "erp",
        "folder",
        ("filler",),
        {"path": str(folder), "settle": "20ms", "poll": "10ms", "mapping": mapping, **more},
    )


def told(heard) -> list[tuple]:
    return [(s.address, s.value, s.t) for s in heard.samples]


def test_a_wide_file_is_told_row_by_row_and_moved_away(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(GOOD)
    with listening(make(source(tmp_path))) as heard:
        wait_for((tmp_path / "done" / "a.csv").exists)
    assert told(heard) == [("total", 100, T), ("temp", 20.5, T), ("total", 110, T + 60_000)]
    assert all(s.stored and s.status == "good" for s in heard.samples)
    assert not (tmp_path / "a.csv").exists()
    assert heard.signs == 0


def test_a_long_german_file_with_local_times_is_read(tmp_path: Path) -> None:
    text = "address;value;t;status\ntemp;20,5;2026-11-23T09:00:00;\nstate;läuft;2026-11-23T09:00:01;uncertain\n"
    (tmp_path / "a.csv").write_bytes(text.encode("cp1252"))
    asked = source(tmp_path, delimiter=";", decimal=",", timezone="Europe/Berlin", encoding="cp1252")
    with listening(make(asked)) as heard:
        wait_for((tmp_path / "done" / "a.csv").exists)
    assert told(heard) == [("temp", 20.5, T), ("state", "läuft", T + 1_000)]
    assert heard.samples[1].status == "uncertain"


def test_lines_of_json_packed_or_not_are_read(tmp_path: Path) -> None:
    rows = [{"address": "state", "value": "run", "t": T}, {"address": "temp", "value": 9, "t": T, "status": "bad"}]
    text = "\n".join(map(json.dumps, rows)) + "\n"
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    with listening(make(source(tmp_path))) as heard:
        wait_for((tmp_path / "done" / "a.jsonl.gz").exists)
    assert [(s.value, s.status) for s in heard.samples] == [("run", "good"), (None, "bad")]


def test_bad_rows_are_kept_with_why_and_stop_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"t,total\nyesterday,1\n{T},2\n{T},3,4\n2026-11-23T08:00:00,5\n{T},6\n")
    with listening(make(source(tmp_path))) as heard:
        wait_for((tmp_path / "done" / "a.csv").exists)
    assert [s.value for s in heard.samples] == [2, 6]
    with (tmp_path / "refused" / "a.csv.rows.csv").open() as stream:
        kept = list(csv.DictReader(stream))
    assert [row["row"] for row in kept] == ["2", "4", "5"]
    assert [part in row["why"] for part, row in zip(("must be such as", "3 columns", "no offset"), kept, strict=True)]


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("a.csv", b"total,temp\n1,2\n", "the first row must name the columns, t among them"),
        ("b.csv", b"\xff\xfe\x00", "utf-8"),
        ("c.csv.gz", b"not packed", "gzip"),
        ("d.csv", b"", "is empty"),
        ("e.csv", b't,total\n1,"' + b"x" * 200_000, "is no table: field larger"),
        ("f.csv.gz", gzip.compress(GOOD.encode() * 99)[:-9], "end-of-stream"),
    ],
)
def test_a_file_that_cannot_be_read_is_put_aside_with_why(tmp_path: Path, name: str, raw: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(raw)
    (tmp_path / "z.csv").write_text(GOOD)
    with listening(make(source(tmp_path))) as heard:
        wait_for((tmp_path / "done" / "z.csv").exists)
    assert why in (tmp_path / "refused" / f"{name}.why.txt").read_text()
    assert (tmp_path / "refused" / name).read_bytes() == raw
    assert len(heard.samples) == 3


def test_a_file_that_still_grows_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    with listening(make(source(tmp_path, settle="300ms"))) as heard, file.open("w") as out:
        out.write("t,total\n")
        for n in range(50):
            out.write(f"{T + n},{n}\n")
            out.flush()
        wait_for((tmp_path / "done" / "a.csv").exists)
    assert [s.value for s in heard.samples] == list(range(50))


class Killed(BaseException):
    pass


@pytest.mark.parametrize("was_kept", [False, True])
def test_after_a_kill_the_rest_of_a_file_is_told_and_nothing_twice(tmp_path: Path, monkeypatch, was_kept) -> None:
    """Killed before a piece was kept with its place, or after it was."""
    monkeypatch.setattr(folder_gateway, "PIECE", 10)
    (tmp_path / "a.csv").write_text("t,total\n" + "".join(f"{T + n},{n}\n" for n in range(35)))
    first = Heard()

    def hear(samples, place=None, /) -> None:
        if len(first.samples) == 20 and not was_kept:
            raise Killed
        first.take(samples, place)
        if len(first.samples) > 20:
            raise Killed

    with pytest.raises(Killed):
        asyncio.run(make(source(tmp_path)).listen(hear))
    again = make(source(tmp_path))
    again.go_on(first.hearings[-1][1])
    with listening(again) as rest:
        wait_for((tmp_path / "done" / "a.csv").exists)
    assert [s.value for s in [*first.samples, *rest.samples]] == list(range(35))
    assert len(rest.samples) == (5 if was_kept else 15)


def test_a_file_told_to_its_end_before_a_kill_is_only_moved_away(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(GOOD)
    first = Heard()

    def hear(samples, place=None, /) -> None:
        first.take(samples, place)
        raise Killed

    with pytest.raises(Killed):
        asyncio.run(make(source(tmp_path)).listen(hear))
    again = make(source(tmp_path))
    again.go_on(first.hearings[-1][1])
    with listening(again) as rest:
        wait_for((tmp_path / "done" / "a.csv").exists)
    assert not rest.samples


def test_a_file_that_was_mended_and_put_back_is_taken_from_its_beginning(tmp_path: Path) -> None:
    gateway = make(source(tmp_path))
    for n, text in enumerate((GOOD, GOOD.replace("110", "111")), 1):
        (tmp_path / "a.csv").write_text(text)
        with listening(gateway) as heard:
            wait_for(lambda n=n: len(list((tmp_path / "done").glob("*a.csv"))) == n)
        assert len(heard.samples) == 3


def test_a_place_that_cannot_be_read_is_as_none(tmp_path: Path) -> None:
    gateway = make(source(tmp_path))
    gateway.go_on("{")
    (tmp_path / "a.csv").write_text(GOOD)
    with listening(gateway) as heard:
        wait_for((tmp_path / "done" / "a.csv").exists)
    assert heard.samples


def test_a_file_renamed_into_place_is_taken_at_once(tmp_path: Path) -> None:
    gateway, half = make(source(tmp_path, settle="1h")), tmp_path / "a.csv.part"
    (tmp_path / "b.csv").write_text(GOOD)
    half.write_text(GOOD)
    with listening(gateway):
        wait_for(lambda: "a.csv" in gateway._parts)
        half.rename(tmp_path / "a.csv")
        wait_for((tmp_path / "done" / "a.csv").exists)
    assert (tmp_path / "b.csv").exists()


def test_a_file_renamed_between_two_looks_of_one_round_is_taken_at_once(tmp_path: Path) -> None:
    """The first look sees the half, the second the file: neither round saw both."""
    gateway, half = make(source(tmp_path, settle="1h")), tmp_path / "a.csv.part"
    half.write_text(GOOD)
    look = gateway._halves

    def renamed_after_the_look() -> dict[str, int]:
        found = look()
        half.replace(tmp_path / "a.csv")
        return found

    gateway._halves = renamed_after_the_look
    assert [file.name for file in gateway._whole()] == ["a.csv"]


def test_rows_are_told_by_time_a_reason_before_its_state_and_words_stay_text(tmp_path: Path) -> None:
    mapping = {"filler": {"state": "state", "reason": "why", "order": "order", "signals": {"total": "total"}}}
    (tmp_path / "a.CSV").write_text(f"t,state,why,order,total\n{T + 9},2,jam,,5\n{T},4,,0042,3\n")
    with listening(make(source(tmp_path, mapping=mapping))) as heard:
        wait_for((tmp_path / "done" / "a.CSV").exists)
    assert told(heard) == [
        ("state", "4", T), ("order", "0042", T), ("total", 3, T), ("why", "jam", T + 9), ("state", "2", T + 9),
        ("total", 5, T + 9),
    ]  # fmt: skip


def test_a_folder_is_a_sign_of_life_only_where_the_plant_file_says_so(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(folder_gateway, "ALIVE_S", 0.05)
    with listening(make(source(tmp_path, alive=True))) as heard:
        wait_for(lambda: heard.signs >= 2)


@pytest.mark.parametrize(
    ("t", "value", "said"),
    [
        ("1795420800", "1", "ms since 1970, not seconds"), ("9" * 18, "1", "must be in 2000 or later"),
        ("0001-01-01T00:00:00+00:00", "1", "must be in 2000 or later"), (T, "1,5", "key `decimal`"),
        (T, "1.234,5", "key `decimal`"), ("2026-10-25T02:30:00", "1", "was twice in Europe/Berlin"),
        ("2026-03-29T02:30:00", "1", "no such time in Europe/Berlin"),
    ],
)  # fmt: skip
def test_what_may_mean_two_things_is_refused_not_guessed(tmp_path: Path, t, value, said) -> None:
    (tmp_path / "a.csv").write_text(f"t;total\n{t};{value}\n{T};7\n")
    with listening(make(source(tmp_path, delimiter=";", timezone="Europe/Berlin"))) as heard:
        wait_for((tmp_path / "done" / "a.csv").exists)
    assert heard.values("total") == [7]
    assert said in (tmp_path / "refused" / "a.csv.rows.csv").read_text()


@pytest.mark.parametrize("value", ["NaN", "Infinity", "[1]", "tru"])
def test_json_that_is_no_value_is_refused(tmp_path: Path, value) -> None:
    rows = f'{{"address": "total", "value": {value}, "t": {T}}}\n{{"address": "total", "value": {10**30}, "t": {T}}}\n'
    (tmp_path / "a.jsonl").write_text(rows)
    with listening(make(source(tmp_path))) as heard:
        wait_for((tmp_path / "done" / "a.jsonl").exists)
    assert heard.values("total") == [1e30]


def test_a_name_that_comes_again_replaces_nothing(tmp_path: Path) -> None:
    with listening(make(source(tmp_path))) as heard:
        for n in (1, 2):
            (tmp_path / "a.csv").write_text(f"t,total\n{T},{n}\n")
            wait_for(lambda n=n: len(heard.samples) == n and not (tmp_path / "a.csv").exists())
    assert len(list((tmp_path / "done").iterdir())) == 2


def test_a_folder_that_is_not_there_is_away_in_words_and_browse_shows_what_is(tmp_path: Path) -> None:
    with pytest.raises(Away, match="is not there"):
        asyncio.run(make(source(tmp_path / "no")).listen(lambda _: None))
    (tmp_path / "a.csv").write_text(GOOD)
    offers = asyncio.run(make(source(tmp_path)).browse(10))
    assert [(o.address, o.value, o.meaning) for o in offers] == [("total", 110, "a.csv"), ("temp", 20.5, "a.csv")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"path": None}, "sources.erp.path: must be the folder"),
        ({"timezone": "Berlin"}, "sources.erp.timezone: must be such as Europe/Berlin"),
        ({"encoding": "utf-9"}, "sources.erp.encoding: must be such as utf-8"),
        ({"delimiter": ";;"}, "sources.erp.delimiter: must be one character"),
        ({"decimal": ","}, "sources.erp.delimiter: must be another character than `decimal`"),
    ],
)
def test_a_wrong_option_names_its_key(tmp_path: Path, options, said) -> None:
    with pytest.raises(BadSource) as wrong:
        make(source(tmp_path, **options))
    assert said in str(wrong.value)
