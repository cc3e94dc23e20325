"""How to reach an MTConnect agent, out of the plant file. Every mistake names its key."""

import ssl
from urllib.parse import urlsplit

import msgspec

from app.domain.plant.equipment import Source
from gateways.addresses import addresses, of_words
from gateways.mapping import WORDS
from gateways.options import Keys, credentials

KEYS = frozenset({"url", "mapping", "owner", "ca", "user", "password_env", "interval", "heartbeat"})
LONGEST_MS = 60_000


class MtConnectOptions(msgspec.Struct, frozen=True):
    """One agent. url: without a slash at its end, with the device's name where it speaks for one of several.

    interval_ms: how often observations come together; heartbeat_ms: the longest the agent says nothing at all.
    leading: addresses told before others of the same moment; texts: addresses that stay text though they look a number.
    """

    url: str
    verify: ssl.SSLContext | bool
    user: str | None
    password: str | None
    interval_ms: int
    heartbeat_ms: int
    addresses: tuple[str, ...]
    leading: frozenset[str]
    texts: frozenset[str]


def options_of(source: Source) -> MtConnectOptions:
    """Return what the plant file says. Raises BadSource."""
    keys = Keys(source, KEYS)
    found, right = keys.text("url") or "", "must be such as http://10.0.0.9:5000 or https://agent.example/device"
    url = urlsplit(found)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise keys.wrong("url", right)
    if url.username or url.password:
        raise keys.wrong("url", "no credentials here: the name is `user`, `password_env` names the password's variable")
    user, password = credentials(keys)
    if user is not None and url.scheme != "https":
        raise keys.wrong("url", "must be https where we sign in: else anybody could read along")
    return MtConnectOptions(
        found.rstrip("/"),
        _verify(keys, is_encrypted=url.scheme == "https"),
        user,
        password,
        keys.milliseconds("interval", 500, LONGEST_MS),
        keys.milliseconds("heartbeat", 2_000, LONGEST_MS),
        tuple(addresses(source)),
        of_words(source, ("reason", "product")),
        of_words(source, WORDS),
    )


def _verify(keys: Keys, *, is_encrypted: bool) -> ssl.SSLContext | bool:
    ca = keys.file("ca")
    if ca is None:
        return True
    if not is_encrypted:
        raise keys.wrong("url", "`ca` needs https://")
    try:
        return ssl.create_default_context(cafile=ca)
    except ssl.SSLError as error:
        raise keys.wrong("ca", f"{ca} is no certificate in PEM") from error
