"""A real mail server on a free port, that says what a test tells it to."""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Postbox:
    """Keeps what it took. to_rcpt, to_data: what is answered instead of 250; none: all is taken.

    answers: cleared, it takes letters and does not say so.
    """

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.to_rcpt: str | None = None
        self.to_data: str | None = None
        self.sent_encrypted: list[bool] = []
        self.answers = threading.Event()
        self.answers.set()

    async def handle_RCPT(  # noqa: N802 (aiosmtpd asks for it by this name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_rcpt is None:
            envelope.rcpt_tos.append(address)
        return self.to_rcpt or "250 OK"

    async def handle_DATA(  # noqa: N802 (aiosmtpd asks for it by this name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.to_data is not None:
            return self.to_data
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        self.sent_encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        await asyncio.to_thread(self.answers.wait)
        return "250 taken"


@contextlib.contextmanager
def a_mail_server(box: Postbox, port: int = 0, **more: object) -> Iterator[int]:
    """Serve on loopback and yield the port. more: as aiosmtpd's SMTP takes it."""
    controller = _Controller(box, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield controller.server.sockets[0].getsockname()[1]
    finally:
        controller.stop()


class _Controller(Controller):
    """aiosmtpd asks its own port whether it is up: that has to be the one it was given."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def authenticator(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"lineside", b"right"), handled=False)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return contexts of a server at 127.0.0.1, and of a client that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.datetime.fromtimestamp(time.time_ns() / 1e9, datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, private)
    return server, ssl.create_default_context(cafile=str(cert))
