"""The archive holds every event once, whatever is killed, and answers where the stream no longer reaches back."""

import gzip
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.events import streams
from app.domain.events.codec import encode
from app.domain.events.contract import Counted
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.streams.archive import OWNER_MS, Archivist, RawHistory
from app.streams.connection import Client, client_of
from app.streams.embedded import EmbeddedServer
from app.streams.leases import Leases
from app.streams.log import LineLog
from app.streams.raw import RawLog
from tests.makers import utc_ms

pytestmark = pytest.mark.redis
LINE = "site/area/line-1"
FILLER = f"{LINE}/filler"
START = utc_ms("2026-11-23T06:00")


@pytest.fixture
def client(valkey_server: EmbeddedServer) -> Iterator[Client]:
    made = client_of(valkey_server.url)
    made.flushall()
    yield made
    made.close()


def say(client: Client, first: int, last: int) -> None:
    """Put one event a minute on the stream, arriving when it was said."""
    for minute in range(first, last):
        t = START + minute * MINUTE_MS
        event = Counted(machine=FILLER, t=t, source="plc", epoch=1, seq=minute, good=1)
        client.xadd(streams.events(LINE), {streams.FIELD: encode(event)}, id=f"{t}-1")


def an_archivist(client: Client, folder: Path, owner: str = "one", keep_days: int = 400) -> Archivist:
    return Archivist(folder, LineLog(client), [LINE], Leases(client, owner, OWNER_MS), keep_days)


def files(folder: Path) -> dict[str, list[bytes]]:
    found = sorted((folder / LINE).glob("*/*.gz"))
    return {str(path.relative_to(folder / LINE)): gzip.open(path).read().splitlines() for path in found}


def on_stream(client: Client) -> list[bytes]:
    return [fields[b"e"] for _, fields in client.xrange(streams.events(LINE))]


def test_events_are_in_the_file_of_the_hour_they_arrived_in_as_they_were_said(client: Client, tmp_path: Path) -> None:
    say(client, 0, 150)
    archivist = an_archivist(client, tmp_path)
    assert (archivist.step(), archivist.step()) == (150, 0)
    found = files(tmp_path)
    assert {name: len(lines) for name, lines in found.items()} == {
        "2026-11-23/06.jsonl.gz": 60,
        "2026-11-23/07.jsonl.gz": 60,
        "2026-11-23/08.jsonl.gz": 30,
    }
    assert [line for lines in found.values() for line in lines] == on_stream(client)
    assert LineLog(client).in_archive(LINE) == f"{START + 149 * MINUTE_MS}-1".encode()


def test_what_a_kill_left_half_written_is_cut_off_and_written_again(client: Client, tmp_path: Path) -> None:
    say(client, 0, 50)
    an_archivist(client, tmp_path).step()
    say(client, 50, 90)
    known, half = tmp_path / LINE / "2026-11-23/06.jsonl.gz", tmp_path / LINE / "2026-11-23/07.jsonl.gz"
    known.write_bytes(known.read_bytes() + gzip.compress(b"written, never noted\n")[:-3])
    half.write_bytes(gzip.compress(b"so was this\n"))
    an_archivist(client, tmp_path).step()
    assert [line for lines in files(tmp_path).values() for line in lines] == on_stream(client)


def test_one_archives_at_a_time_and_the_next_goes_on_where_it_stopped(client: Client, tmp_path: Path) -> None:
    say(client, 0, 10)
    one, two = an_archivist(client, tmp_path), an_archivist(client, tmp_path, "two")
    assert (one.step(), two.step()) == (10, 0)
    say(client, 10, 20)
    client.delete(streams.lease("archive"))
    assert two.step() == 10
    assert [line for lines in files(tmp_path).values() for line in lines] == on_stream(client)


def test_a_number_of_long_ago_opens_down_to_its_events(client: Client, tmp_path: Path) -> None:
    say(client, 0, 200)
    an_archivist(client, tmp_path).step()
    window = Interval(START + 50 * MINUTE_MS, START + 70 * MINUTE_MS)
    raw = RawHistory(RawLog(client), tmp_path)
    whole, told = raw.newest(LINE, window, {FILLER}, 50), raw.told(LINE, window, {FILLER})
    client.xtrim(streams.events(LINE), minid=START + 65 * MINUTE_MS, approximate=False)
    found = raw.newest(LINE, window, {FILLER}, 50)
    assert [e.t for e in found.events] == [START + m * MINUTE_MS for m in range(69, 49, -1)]
    assert [e.text for e in found.events] == [e.text for e in whole.events]
    assert found.word is None
    assert raw.told(LINE, window, {FILLER}) == told
    assert raw.newest(LINE, window, {FILLER}, 5).word == "events.more"
    (tmp_path / LINE / "2026-11-23/06.jsonl.gz").unlink()
    assert raw.newest(LINE, window, {FILLER}, 50).word == "events.trimmed"


def test_old_days_are_let_go(client: Client, tmp_path: Path) -> None:
    say(client, 0, 10)
    archivist = an_archivist(client, tmp_path, keep_days=2)
    archivist.step()
    archivist.tidy(START + DAY_MS)
    assert files(tmp_path)
    archivist.tidy(START + 3 * DAY_MS + HOUR_MS)
    assert not files(tmp_path)


def test_a_full_disk_is_waited_out(client: Client, tmp_path: Path) -> None:
    say(client, 0, 10)
    blocked = tmp_path / LINE
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file where the folder belongs")
    stop, archivist = threading.Event(), an_archivist(client, tmp_path)
    thread = threading.Thread(target=archivist.run, args=(stop, lambda: START))
    thread.start()
    blocked.unlink()
    for _ in range(600):
        if (tmp_path / LINE / "position.json").exists() or stop.wait(0.05):
            break
    stop.set()
    thread.join()
    assert len(on_stream(client)) == sum(map(len, files(tmp_path).values()))
