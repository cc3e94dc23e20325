"""How to reach a broker, out of the plant file: address, encryption, credentials. Every mistake names its key."""

import ssl
from urllib.parse import urlsplit

import msgspec

from gateways.options import Keys, credentials

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
    user, password = credentials(keys)
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
