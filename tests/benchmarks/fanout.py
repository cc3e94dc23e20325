"""What one delivered board costs the server: `python -m tests.benchmarks.fanout [clients] [seconds] [per second]`.

Three servers as processes of their own deliver the same board to the same clients, in one run: ours (Redis, session
check, feed), a bare ASGI endpoint that writes the same bytes, and a page that polls with dcc.Interval. Prints CPU per
1 000 delivered, the two ratios (bars <= 1.3 and >= 30) and the memory of a subscriber (bar 60 KB).
"""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from app.streams.embedded import EmbeddedServer
from app.web.config import WebConfig
from tests.benchmarks.fanout_servers import INTERVAL_CALL, PAYLOAD
from tests.sample_boards import LINE
from tests.web.world import PASSWORD, SAME, World

ROOT = Path(__file__).parents[2]
WARM_UP_S = 2.0


@dataclass(frozen=True)
class Cost:
    """CPU seconds per 1 000 delivered, how many were, and KB of memory per client."""

    per_thousand: float
    delivered: int
    kb_per_client: float


@contextmanager
def child(*command: str) -> Iterator[tuple[psutil.Process, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-m", *command, str(port)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield psutil.Process(process.pid), port
    finally:
        process.kill()
        process.wait()


def cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@asynccontextmanager
async def connected(port: int, clients: int, request: bytes) -> AsyncIterator[list[int]]:
    """Open the streams and count, per client, the boards that arrive."""
    counts = [0] * clients

    async def read(at: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        while chunk := await reader.read(65536):
            counts[at] += chunk.count(b"event: snapshot")

    tasks = [asyncio.create_task(read(at)) for at in range(clients)]
    try:
        yield counts
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def streamed(process: psutil.Process, port: int, clients: int, seconds: float, headers: str) -> Cost:
    before = process.memory_info().rss
    request = f"GET /live/{LINE} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()
    async with connected(port, clients, request) as counts:
        await asyncio.sleep(WARM_UP_S)
        memory = (process.memory_info().rss - before) / 1024 / clients
        spent, seen = cpu_s(process), sum(counts)
        await asyncio.sleep(seconds)
        delivered = sum(counts) - seen
        return Cost((cpu_s(process) - spent) / max(1, delivered) * 1000, delivered, memory)


async def polled(process: psutil.Process, port: int, clients: int, seconds: float) -> Cost:
    body = json.dumps(INTERVAL_CALL)
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    until, delivered = time.monotonic() + seconds, 0
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60) as client:

        async def poll() -> None:
            nonlocal delivered
            while time.monotonic() < until:
                began = time.monotonic()
                answer = await client.post(
                    "/_dash-update-component", content=body, headers={"content-type": "application/json"}
                )
                delivered += answer.status_code == 200
                await asyncio.sleep(max(0.0, 1 - (time.monotonic() - began)))

        spent = cpu_s(process)
        await asyncio.gather(*(poll() for _ in range(clients)))
        return Cost((cpu_s(process) - spent) / max(1, delivered) * 1000, delivered, 0.0)


async def publishing(world: World, per_second: float) -> None:
    number = 0
    while True:
        number += 1
        world.publish(at=number)
        await asyncio.sleep(1 / per_second)


async def ours(clients: int, seconds: float, per_second: float) -> Cost:
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as valkey:
        world = World(valkey.url)
        with child("tests.chaos.web_process", valkey.url, str(WebConfig("s" * 32).tick_ms)) as (process, port):
            form = {"username": "engineer", "password": PASSWORD}
            answer = httpx.post(f"http://127.0.0.1:{port}/login", data=form, headers=SAME)
            cookie = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
            publisher = asyncio.create_task(publishing(world, per_second))
            try:
                return await streamed(process, port, clients, seconds, f"Cookie: {cookie}\r\n")
            finally:
                publisher.cancel()


async def main() -> None:
    clients, seconds, per_second = (int(v) for v in (*sys.argv[1:], *("200", "20", "2")[len(sys.argv) - 1 :]))
    mine = await ours(clients, seconds, per_second)
    with child("tests.benchmarks.fanout_servers", "bare", str(per_second)) as (process, port):
        bare = await streamed(process, port, clients, seconds, "")
    with child("tests.benchmarks.fanout_servers", "interval", "1") as (process, port):
        naive = await polled(process, port, min(clients, 50), seconds)
    print(f"board of {len(PAYLOAD)} bytes, {clients} clients, {per_second} per second, {seconds} s")
    for name, cost in (("ours", mine), ("bare ASGI", bare), ("dcc.Interval", naive)):
        print(f"{name:>13}: {cost.per_thousand:8.4f} CPU s per 1 000 delivered ({cost.delivered} delivered)")
    print(f"ours / bare ASGI      {mine.per_thousand / bare.per_thousand:6.2f}   bar <= 1.3")
    print(f"dcc.Interval / ours   {naive.per_thousand / mine.per_thousand:6.1f}   bar >= 30")
    print(f"KB per subscriber     {mine.kb_per_client:6.1f}   bar <= 60")


if __name__ == "__main__":
    asyncio.run(main())
