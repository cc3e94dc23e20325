"""Makes Redis clients: standalone, TLS, unix socket, sentinel, cluster; says in one line why a server is not there.

Schemes: `redis://` and `rediss://` (TLS), `unix://`, `redis+sentinel://host:port,host:port/service[/db]` and
`redis+cluster://host:port,host:port` (each also with `rediss+`). User and password before an `@` as in any URL.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import redis
from redis import asyncio as aioredis
from redis import sentinel
from redis.asyncio import sentinel as aiosentinel
from redis.backoff import ExponentialWithJitterBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry

Client = Any
"""A `redis.Redis` or `redis.cluster.RedisCluster`: they share what we use, but no type."""

CONNECT_S = 3.0
ANSWER_S = 10.0
RETRIES = 3
DEFAULT_PORTS = {"sentinel": 26379, "cluster": 6379}
_IN_PIPELINE = " of pipeline caused error: "
_TEMPORARY = ("LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "OOM", "MISCONF", "BUSY", "NOREPLICAS")


class ServerAway(ConnectionError):
    """The server cannot be reached or refuses for now; the text says which and why. Trying again later is right."""


class BadUrl(ValueError):
    """The Redis URL cannot be understood; the text says what would be right."""


def connect(redis_url: str | None, data: Path) -> Client:
    """Return a client of REDIS_URL, or of the embedded server that runs on the data folder.

    Connects with the first command, not now. Raises BadUrl, or ServerAway when no URL is known.
    """
    return client_of(url_of(redis_url, data))


def url_of(redis_url: str | None, data: Path) -> str:
    """Return REDIS_URL, or the address the embedded server wrote into the data folder. Raises ServerAway."""
    if redis_url:
        return redis_url
    address = address_file(data)
    try:
        return address.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ServerAway(
            f"REDIS_URL is not set and no embedded server runs on {data}: set REDIS_URL, or start `python -m app demo`"
        ) from error


def address_file(data: Path) -> Path:
    """Where the embedded server on this data folder writes its URL while it runs."""
    return data / "valkey" / "url"


@dataclass(frozen=True, slots=True)
class _Parts:
    kind: str
    is_tls: bool
    hosts: list[tuple[str, int]]
    path: str
    access: dict[str, Any] = field(default_factory=dict)


def client_of(url: str) -> Client:
    """Return a blocking client. Answers are bytes, RESP2. Raises BadUrl."""
    parts = _parts(url)
    options: dict[str, Any] = _options() | parts.access
    if parts.kind == "cluster":
        nodes = [ClusterNode(host, port) for host, port in parts.hosts]  # type: ignore[no-untyped-call]
        return RedisCluster(startup_nodes=nodes, ssl=parts.is_tls, **options)
    if parts.kind == "sentinel":
        service, database = _service(url, parts)
        guards = sentinel.Sentinel(parts.hosts, sentinel_kwargs=_guarded(parts), **options)  # type: ignore[no-untyped-call]
        return guards.master_for(service, db=database, **({"ssl": True} if parts.is_tls else {}))  # type: ignore[no-untyped-call]
    return _checked(url, lambda: redis.Redis.from_url(url, **options))


def async_client_of(url: str) -> Any:
    """Return an asyncio client of the same address, for listening. Raises BadUrl."""
    parts = _parts(url)
    options: dict[str, Any] = {"socket_connect_timeout": CONNECT_S, "protocol": 2} | parts.access
    if parts.kind == "cluster":
        host, port = parts.hosts[0]
        return aioredis.Redis(host=host, port=port, ssl=parts.is_tls, **options)
    if parts.kind == "sentinel":
        service, database = _service(url, parts)
        guards = aiosentinel.Sentinel(parts.hosts, sentinel_kwargs=_guarded(parts), **options)  # type: ignore[no-untyped-call]
        tls: dict[str, Any] = {"ssl": True} if parts.is_tls else {}
        return guards.master_for(service, db=database, **tls)
    return _checked(url, lambda: aioredis.Redis.from_url(url, **options))


def check(client: Client) -> None:
    """Ask the server whether it answers. Raises ServerAway with the reason."""
    with asking():
        client.ping()


@contextmanager
def asking() -> Iterator[None]:
    """Turn every way in which a server can be away into ServerAway; other errors of redis pass as they are."""
    try:
        yield
    except sentinel.MasterNotFoundError as error:
        raise ServerAway(f"Redis is away: {str(error).partition(' : ')[0]}") from error
    except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
        raise ServerAway(f"Redis is away: {error}") from error
    except redis.exceptions.RedisClusterException as error:
        raise ServerAway(f"Redis Cluster is away: {error}") from error
    except redis.ResponseError as error:
        said = str(error).rpartition(_IN_PIPELINE)[2]
        if not said.startswith(_TEMPORARY) and not isinstance(
            error, redis.exceptions.ReadOnlyError | redis.exceptions.OutOfMemoryError | redis.exceptions.ClusterError
        ):
            raise
        raise ServerAway(f"Redis refuses for now: {error}") from error


def _guarded(parts: _Parts) -> dict[str, Any]:
    """Return how the sentinels themselves are reached: as the server is, without its password."""
    tls = {name: value for name, value in parts.access.items() if name.startswith("ssl_")}
    return {"socket_timeout": CONNECT_S, **({"ssl": True, **tls} if parts.is_tls else {})}


def _options() -> dict[str, Any]:
    return {
        "socket_connect_timeout": CONNECT_S,
        "socket_timeout": ANSWER_S,
        "retry": Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), RETRIES),
        "protocol": 2,
    }


def _shown(url: str) -> str:
    """Return the URL without its password: it goes to the terminal and to logs."""
    return re.sub(r":[^:/@]+(?=@)", ":***", url)


def _checked(url: str, make: Any) -> Any:
    try:
        return make()
    except ValueError as error:
        raise BadUrl(f"REDIS_URL={_shown(url)!r}: {error}") from error


def _parts(url: str) -> _Parts:
    """Take a URL apart. urllib cannot: `a:1,b:2` is not a host and port for it."""
    split = urlsplit(url)
    tls, _, kind = split.scheme.partition("+")
    if split.scheme in ("redis", "rediss") and not (split.path.strip("/") or "0").isdecimal():
        raise BadUrl(f"REDIS_URL={_shown(url)!r}: the database {split.path.strip('/')!r} is not a number")
    if split.scheme in ("redis", "rediss", "unix"):
        return _Parts("standalone", split.scheme == "rediss", [], split.path)
    if tls not in ("redis", "rediss") or kind not in DEFAULT_PORTS:
        known = "redis://, rediss://, unix://, redis+sentinel://, redis+cluster://"
        raise BadUrl(f"REDIS_URL={_shown(url)!r}: unknown scheme {split.scheme!r}; known are {known}")
    login, _, places = split.netloc.rpartition("@")
    user, _, password = login.partition(":")
    access = {k: unquote(v) for k, v in (("username", user), ("password", password)) if v}
    hosts = [_host(url, place, DEFAULT_PORTS[kind]) for place in places.split(",") if place]
    if not hosts:
        raise BadUrl(f"REDIS_URL={_shown(url)!r}: no host; right would be {split.scheme}://host:{DEFAULT_PORTS[kind]}")
    return _Parts(kind, tls == "rediss", hosts, split.path, access | dict(parse_qsl(split.query)))


def _host(url: str, place: str, default_port: int) -> tuple[str, int]:
    host, colon, port = place.rpartition(":")
    if not colon:
        return place, default_port
    if not port.isdigit():
        raise BadUrl(f"REDIS_URL={_shown(url)!r}: port {port!r} of {place!r} is not a number")
    return host, int(port)


def _service(url: str, parts: _Parts) -> tuple[str, int]:
    service, _, database = parts.path.strip("/").partition("/")
    if not service:
        raise BadUrl(f"REDIS_URL={_shown(url)!r}: the sentinel service is missing after the hosts: .../mymaster")
    if not (database or "0").isdecimal():
        raise BadUrl(f"REDIS_URL={_shown(url)!r}: the database {database!r} is not a number")
    return service, int(database or 0)
