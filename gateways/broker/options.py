"""How to reach a broker, out of the plant file: address, encryption, credentials. Every mistake names its key."""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from app.domain.plant.equipment import Source
from app.domain.units import BadUnit, duration_ms
from gateways.base import BadSource

PORTS = {"mqtt": 1883, "mqtts": 8883}
KEEPALIVE_MS = 15_000
LONGEST_KEEPALIVE_MS = 600_000
BROKER_KEYS = frozenset(
    {"url", "user", "password_env", "ca", "certificate", "key", "client_id", "clean_session", "keepalive"}
)


class BrokerOptions(msgspec.Struct, frozen=True):
    """One broker and who we are there.

    encryption: None for plain TCP. clean_session: False asks the broker to keep what comes while we are away (needs
    QoS 1 and an unchanging client_id). keepalive_s: after 1.5 times as long in silence the broker calls us gone.
    """

    host: str
    port: int
    encryption: ssl.SSLContext | None
    user: str | None
    password: str | None
    client_id: str
    clean_session: bool
    keepalive_s: int


class Keys:
    """The options of a source, read key by key; a wrong one raises BadSource with the key and what would be right."""

    def __init__(self, source: Source, known: frozenset[str]) -> None:
        self.source = source
        self._options: Mapping[str, object] = source.options
        for key in source.options:
            if key not in known:
                raise self.wrong(str(key), f"unknown key, known are {', '.join(sorted(known))}")

    def wrong(self, key: str, right: str) -> BadSource:
        """Return the error for a key."""
        return BadSource(f"sources.{self.source.id}.{key}: {right}")

    def text(self, key: str) -> str | None:
        """Return a text, None when it is not given."""
        found = self._options.get(key)
        if found is None or (isinstance(found, str) and found):
            return found
        raise self.wrong(key, f"must be a text, is {found!r}")

    def word(self, key: str, words: tuple[str, ...]) -> str:
        """Return one of the words; the first when it is not given."""
        found = self._options.get(key, words[0])
        if str(found).lower() in words:
            return str(found).lower()
        raise self.wrong(key, f"must be one of {', '.join(words)}, is {found!r}")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; none when it is not given."""
        found = self._options.get(key, [])
        if isinstance(found, list) and all(isinstance(text, str) and text for text in found):
            return tuple(found)
        raise self.wrong(key, f"must be a list of texts, is {found!r}")

    def milliseconds(self, key: str, default: int, most: int) -> int:
        """Return a duration such as `2s`, in ms, above 0 and at most `most`."""
        found = self._options.get(key)
        if found is None:
            return default
        try:
            length = duration_ms(str(found))
        except BadUnit as error:
            raise self.wrong(key, f"must be a duration such as 2s, is {found!r}") from error
        if not 0 < length <= most:
            raise self.wrong(key, f"must be above 0 and at most {most // 1000}s, is {found!r}")
        return length

    def file(self, key: str) -> Path | None:
        """Return the path of a file that can be read, None when it is not given."""
        found = self.text(key)
        if found is None:
            return None
        if not Path(found).is_file() or not os.access(found, os.R_OK):
            raise self.wrong(key, f"no file that can be read at {found}")
        return Path(found)


def broker_options(keys: Keys) -> BrokerOptions:
    """Return how to reach the broker of a source. Raises BadSource."""
    url = urlsplit(keys.text("url") or "")
    right = "must be such as mqtt://10.0.0.5:1883, or mqtts://broker.example:8883 for TLS"
    try:
        port = url.port
    except ValueError as error:
        raise keys.wrong("url", right) from error
    if url.scheme not in PORTS or not url.hostname or url.path not in ("", "/"):
        raise keys.wrong("url", right)
    if url.username or url.password:
        raise keys.wrong("url", "no credentials here: the name is `user`, `password_env` names the password's variable")
    user, password = _credentials(keys)
    return BrokerOptions(
        host=url.hostname,
        port=port or PORTS[url.scheme],
        encryption=_encryption(keys, is_encrypted=url.scheme == "mqtts"),
        user=user,
        password=password,
        client_id=keys.text("client_id") or f"lineside-{keys.source.id}",
        clean_session=keys.word("clean_session", ("true", "false")) == "true",
        keepalive_s=max(1, keys.milliseconds("keepalive", KEEPALIVE_MS, LONGEST_KEEPALIVE_MS) // 1000),
    )


def _credentials(keys: Keys) -> tuple[str | None, str | None]:
    user, variable = keys.text("user"), keys.text("password_env")
    if variable is None:
        return user, None
    if user is None:
        raise keys.wrong("user", "is needed with `password_env`")
    password = os.environ.get(variable)
    if password is None:
        raise keys.wrong("password_env", f"the variable {variable} is not set where the gateway runs")
    return user, password


def _encryption(keys: Keys, *, is_encrypted: bool) -> ssl.SSLContext | None:
    """Return TLS 1.2 or newer that checks the broker's certificate and name: by `ca`, or by the system's list."""
    ca, certificate, key = (keys.file(k) for k in ("ca", "certificate", "key"))
    if not is_encrypted:
        if ca or certificate or key:
            raise keys.wrong("url", "`ca`, `certificate` and `key` need mqtts://")
        return None
    if (certificate is None) != (key is None):
        raise keys.wrong("certificate" if certificate is None else "key", "`certificate` and `key` go together")
    try:
        context = ssl.create_default_context(cafile=ca)
    except ssl.SSLError as error:
        raise keys.wrong("ca", f"{ca} is no certificate in PEM") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        try:
            context.load_cert_chain(certificate, key)
        except ssl.SSLError as error:
            raise keys.wrong("certificate", f"{certificate} and {key} are no PEM certificate with its key") from error
    return context
