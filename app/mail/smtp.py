"""The mail server: where it is, and one letter handed to it. Encrypted unless the address says otherwise."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import urlsplit

from app.connectors.base import NotDelivered, why_not

TIMEOUT_S = 30
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
FINAL = range(500, 600)


class BadMailServer(ValueError):
    """The address of the mail server cannot be right; the text says why."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """scheme: smtp (STARTTLS, demanded), smtps (TLS from the start), smtp+plain (a relay on a trusted network).

    context: whose certificates are believed; None: the system's.
    """

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = None

    def deliver(self, message: EmailMessage) -> None:
        """Hand the letter over. Raises NotDelivered; without it the server has taken it."""
        with self._connected() as connection:
            try:
                connection.send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                code, said = next(iter(error.recipients.values()))
                raise NotDelivered(_words(code, said), is_final=code in FINAL) from error
            except smtplib.SMTPResponseException as error:
                raise NotDelivered(
                    _words(error.smtp_code, error.smtp_error), is_final=error.smtp_code in FINAL
                ) from error
            except (smtplib.SMTPException, OSError) as error:
                raise NotDelivered(f"cut off while sending: {error}", is_unsure=True, is_away=True) from error

    def check(self) -> None:
        """Return when the server is there and lets us in. Raises NotDelivered."""
        with self._connected():
            pass

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        try:
            connection = self._open()
        except smtplib.SMTPResponseException as error:
            raise NotDelivered(_words(error.smtp_code, error.smtp_error), is_away=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotDelivered(f"{self.host}:{self.port}: {why_not(error)}", is_away=True) from error
        try:
            yield connection
        finally:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _open(self) -> smtplib.SMTP:
        context = self.context or ssl.create_default_context()
        if self.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context)
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        try:
            if self.scheme == "smtp":
                connection.starttls(context=context)
            if self.user is not None:
                connection.login(self.user, self.password or "")
        except BaseException:
            connection.close()
            raise
        return connection


def mail_server(url: str, user: str | None = None, password: str | None = None) -> MailServer:
    """Return the server of an address. Raises BadMailServer.

    >>> mail_server("smtp://mail.plant").port
    587
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise BadMailServer(f"{url!r}: {error}") from error
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise BadMailServer(f"{url!r}: must be smtp://host:587 (STARTTLS), smtps://host:465 or smtp+plain://host:25")
    if parts.username or parts.password:
        raise BadMailServer("name and password belong into LINESIDE_SMTP_USER and LINESIDE_SMTP_PASSWORD, not here")
    if parts.scheme == "smtp+plain" and user is not None:
        raise BadMailServer("smtp+plain:// would send LINESIDE_SMTP_PASSWORD unencrypted: use smtp:// or smtps://")
    return MailServer(parts.scheme, parts.hostname, port or PORTS[parts.scheme], user, password)


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:500]
