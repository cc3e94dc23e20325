"""The live channel: the engine's bytes to everybody, the newest one to the slow, and it comes back by itself."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from app.auth.tokens import digest_of, issue
from app.domain.roles import Role
from app.historian.away import DatabaseAway
from app.live.feed import ALIVE, HEARTBEAT, HEARTBEAT_EVERY_MS, NOTICE, NOTICES, Feed, frame
from app.live.notices import Notices
from app.live.sse import topics
from app.streams.embedded import EmbeddedServer
from tests.sample_boards import LINE
from tests.web.parts import OTHER_LINE
from tests.web.world import World

DEADLINE_S = 20


class Reader:
    """An SSE client: the data of each snapshot in order."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.iter_lines()

    def next(self) -> bytes:
        for line in self._lines:
            if line.startswith("data: "):
                return line.removeprefix("data: ").encode()
        raise EOFError

    def until(self, wanted: bytes) -> None:
        while self.next() != wanted:
            continue


@contextmanager
def reading(
    url: str, world: World, topic: str = LINE, secret: str | None = None, cookie: str | None = None
) -> Iterator[Reader]:
    headers = {"Cookie": f"lineside_session={cookie}"} if cookie else {}
    if not cookie:
        headers = {"Authorization": f"Bearer {secret or world.token(Role.DISPLAY)}"}
    timeout = httpx.Timeout(DEADLINE_S)
    with httpx.stream("GET", f"{url}/live/{topic}", headers=headers, timeout=timeout) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Reader(answer)


@pytest.mark.redis
def test_the_last_board_comes_at_once_and_then_exactly_the_bytes_that_are_published(world: World) -> None:
    last = world.publish()
    with world.listening() as url, reading(url, world) as one, reading(url, world) as two:
        assert one.next() == two.next() == last
        for at in range(5):
            said = world.publish(at=at)
            assert one.next() == two.next() == said


@pytest.mark.redis
def test_an_area_and_a_site_add_their_lines(world: World) -> None:
    world.publish()
    with world.listening() as url, reading(url, world, "leipzig") as site:
        world.publish(OTHER_LINE)
        lines: set[str] = set()
        while lines != {LINE, OTHER_LINE}:
            lines = {row["line"] for row in msgspec.json.decode(site.next())["lines"]}


@pytest.mark.redis
def test_the_server_stops_although_streams_are_open(world: World) -> None:
    world.publish()
    with world.listening() as url:
        client = httpx.Client(timeout=DEADLINE_S)
        request = client.build_request(
            "GET", f"{url}/live/{LINE}", headers={"Authorization": f"Bearer {world.token(Role.DISPLAY)}"}
        )
        answer = client.send(request, stream=True)
        Reader(answer).next()
    client.close()


@pytest.mark.redis
def test_a_stream_ends_as_soon_as_its_reader_may_no_longer_see_it(world: World) -> None:
    """No time passes and no board comes: that somebody's rights changed is enough."""
    world.publish()
    secret = world.token(Role.DISPLAY, name="tv")
    with world.listening() as url, reading(url, world) as other, reading(url, world, secret=secret) as reader:
        reader.next(), other.next()
        world.store.tokens.pop(digest_of(secret))
        with pytest.raises(EOFError):
            reader.until(b"never")
        other.until(world.publish(at=3))


@pytest.mark.redis
def test_a_stream_ends_when_its_readers_time_is_over(world: World) -> None:
    """Nothing changes but the time: a token expires."""
    world.publish()
    secret = issue(world.store, "tv", Role.DISPLAY, ("*",), world.clock.ms, expires=world.clock.ms + 30_000)
    with world.listening() as url, reading(url, world, secret=secret) as reader:
        reader.next()
        world.clock.ms += 60_000
        world.publish(at=4)
        with pytest.raises(EOFError):
            reader.until(b"never")


def test_a_change_of_rights_makes_every_connection_ask_again() -> None:
    feed, said = a_feed([0], []), iter([1, 1, 2])
    notices = Notices(feed, lambda: 7, lambda: next(said))
    subscriber, doubts = feed.subscribe(LINE), []
    for _ in range(3):
        asyncio.run(notices.look())
        doubts.append(feed.doubts)
    assert doubts == [1, 1, 2]
    assert asyncio.run(subscriber.next()) == NOTICE, "what waits is not lost"


@pytest.mark.redis
@pytest.mark.slow
def test_streams_go_on_after_redis_restarts(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as valkey:
        world = World(valkey.url)
        first = world.publish()
        with world.listening() as url, reading(url, world) as reader:
            reader.until(first)
            valkey.kill()
            valkey.restart()
            said = world.publish(at=7)
            reader.until(said)


@pytest.mark.redis
def test_a_slow_reader_gets_the_newest_board_and_no_backlog(world: World) -> None:
    world.publish()
    filler = "x" * 200_000
    with world.listening() as url:
        parts = urlsplit(url)
        slow = socket.create_connection((parts.hostname, parts.port), timeout=DEADLINE_S)
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        ask = (
            f"GET /live/{LINE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {world.token(Role.DISPLAY)}\r\n\r\n"
        )
        slow.sendall(ask.encode())
        with reading(url, world) as quick:
            for at in range(60):
                quick.until(world.publish(at=at, name=filler))
        got = b""
        while b'"at":59' not in got:
            got += slow.recv(1 << 20)
        slow.close()
    assert got.count(b'"schema":1') < 20


def a_feed(now: list[int], assembled: list[str]) -> Feed:
    class Nothing:
        async def run(self, heard: object) -> None:
            await asyncio.Event().wait()

    def assemble(topic: str, boards: object, at: int) -> bytes:
        assembled.append(topic)
        return b"{}"

    return Feed(Nothing(), topics({LINE: 0, OTHER_LINE: 0}), assemble, lambda: now[0])


def test_a_group_nobody_watches_is_not_assembled_and_a_watched_one_once_per_tick() -> None:
    now, assembled = [0], []
    feed = a_feed(now, assembled)
    feed.heard(LINE, b"1")
    feed.tick()
    assert assembled == []
    feed.subscribe("leipzig")
    feed.subscribe("leipzig")
    assembled.clear()
    for payload in (b"2", b"3", b"4"):
        feed.heard(LINE, payload)
    feed.tick()
    feed.tick()
    assert assembled == ["leipzig"]


def test_a_silent_stream_is_kept_alive_and_a_waiting_board_is_never_replaced_by_it() -> None:
    now: list[int] = [0]
    feed = a_feed(now, [])
    subscriber = feed.subscribe(LINE)
    feed.heard(LINE, b"board")
    now[0] += HEARTBEAT_EVERY_MS
    feed.tick()
    assert asyncio.run(subscriber.next()) == frame(b"board")
    now[0] += HEARTBEAT_EVERY_MS
    feed.tick()
    assert asyncio.run(subscriber.next()) == HEARTBEAT


def test_a_notice_goes_to_everybody_beside_what_waits_and_replaces_nothing() -> None:
    now: list[int] = [0]
    feed = a_feed(now, [])
    line, none = feed.subscribe(LINE), feed.subscribe(NOTICES)
    feed.heard(LINE, b"board")
    feed.notify()
    feed.notify()
    assert asyncio.run(line.next()) == frame(b"board") + NOTICE
    assert asyncio.run(none.next()) == NOTICE
    now[0] += HEARTBEAT_EVERY_MS
    feed.tick()
    assert asyncio.run(none.next()) == ALIVE


def test_alerts_are_asked_about_only_while_somebody_listens_and_told_only_when_they_change() -> None:
    feed, asked, said = a_feed([0], []), [], iter([7, 7, 8, DatabaseAway("x"), 9])

    def revision() -> int:
        asked.append(found := next(said))
        if isinstance(found, DatabaseAway):
            raise found
        return found

    notices = Notices(feed, revision, lambda: 1)
    asyncio.run(notices.look())
    assert asked == []
    subscriber = feed.subscribe(NOTICES)
    told = []
    for _ in range(5):
        asyncio.run(notices.look())
        told.append(subscriber.notice)
        subscriber.notice = None
    assert told == [NOTICE, None, NOTICE, None, NOTICE]


def test_a_closed_feed_ends_everybody_now_and_later() -> None:
    feed = a_feed([0], [])
    before = feed.subscribe(LINE)
    feed.close()
    assert [asyncio.run(s.next()) for s in (before, feed.subscribe(LINE))] == [None, None]


def wait_until(reached: object, seconds: float = DEADLINE_S) -> None:
    deadline = time.monotonic() + seconds
    while not reached():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.redis
def test_a_reader_that_goes_is_forgotten(world: World) -> None:
    world.publish()
    with world.listening() as url:
        with reading(url, world) as reader:
            reader.next()
            assert world.web.feed.subscribers == 1
        wait_until(lambda: world.web.feed.subscribers == 0)
