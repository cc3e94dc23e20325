"""What the web server has to know about its place in the world; app/wiring.py fills it from the settings."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class WebConfig:
    """secret_key: signs cookies, at least 32 characters. public_url: where people reach it; https secures cookies.

    allowed_hosts: host names (without port) beside loopback and public_url's that a request may name. idle_ms,
    absolute_ms: a session ends after that long without a request, and after that long anyway. threads: how many
    requests are worked on at once. tick_ms: how often area and site boards are assembled.
    """

    secret_key: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8050
    public_url: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    idle_ms: int = 2 * 3_600_000
    absolute_ms: int = 12 * 3_600_000
    threads: int = 16
    tick_ms: int = 1_000
    assets: Path = Path(__file__).parents[2] / "assets"

    def __post_init__(self) -> None:
        if len(self.secret_key) < 32:
            raise ValueError("secret_key: needs at least 32 characters; `python -m app` makes one when none is set")

    @property
    def is_https(self) -> bool:
        """Whether people reach this server over https."""
        return urlsplit(self.public_url or "").scheme == "https"

    @property
    def hosts(self) -> frozenset[str]:
        """Every host name a request may name, lower case, without port."""
        public = urlsplit(self.public_url or "").hostname
        return frozenset(h.lower() for h in (*LOOPBACK, *self.allowed_hosts, *([public] if public else [])))


def host_name(header: str) -> str:
    """Return the name of a Host header without its port, lower case.

    >>> host_name("Plant.example:8050"), host_name("[::1]:8050")
    ('plant.example', '[::1]')
    """
    name = header.strip().lower()
    if name.startswith("["):
        return name[: name.find("]") + 1]
    return name.split(":", 1)[0]
