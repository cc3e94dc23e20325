"""Every environment variable, read once into one frozen Settings. `python -m app doctor` prints it."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec


class BadSetting(ValueError):
    """A setting is wrong; the text says which one, what it holds, and what would be right."""


def usable_folder(folder: Path, name: str = "LINESIDE_DATA") -> None:
    """Make the folder that the setting `name` holds. Raises BadSetting when nothing can be written there."""
    why = "it cannot be written to"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
    else:
        if os.access(folder, os.W_OK | os.X_OK):
            return
    raise BadSetting(f"{name}={folder}: {why}; set it to a folder that this user may write to")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings with their defaults. Environment wins over the TOML file named by LINESIDE_CONFIG.

    data: data folder (LINESIDE_DATA). redis_url: REDIS_URL, None = embedded Valkey under `data`.
    database_url: DATABASE_URL, None = SQLite under `data`. port, host: where `web` listens (PORT, LINESIDE_HOST).
    demo_password: LINESIDE_DEMO_PASSWORD. public_url: LINESIDE_PUBLIC_URL, names the allowed host and turns on secure
    cookies when https. allowed_hosts: LINESIDE_ALLOWED_HOSTS, comma separated. secret_key: LINESIDE_SECRET_KEY, made
    and kept in `data` when absent. plant: LINESIDE_PLANT, path of the plant file or folder. tick_ms: LINESIDE_TICK_MS.
    log_level: LINESIDE_LOG_LEVEL. keep_days: LINESIDE_KEEP_DAYS, how long raw events and pages stay correctable.
    keep_episodes_days: LINESIDE_KEEP_EPISODES_DAYS, episodes, calls and findings in SQL. keep_hours_days:
    LINESIDE_KEEP_HOURS_DAYS, hours and orders in SQL. Neither goes below what is correctable. smtp_url:
    LINESIDE_SMTP_URL, None = no e-mail. smtp_user, smtp_password: LINESIDE_SMTP_USER, LINESIDE_SMTP_PASSWORD.
    archive: LINESIDE_ARCHIVE, where raw events are kept as files, None = `archive` under `data`, `off` = nowhere.
    keep_archive_days: LINESIDE_KEEP_ARCHIVE_DAYS.
    write_back: LINESIDE_WRITE_BACK, `on` lets set-points be written to machines.
    mail_from: LINESIDE_MAIL_FROM, the sender. mail_domains: LINESIDE_MAIL_DOMAINS, comma separated, () = any recipient.
    targets: LINESIDE_TARGETS, TOML file of webhooks, addresses and the maintenance system, None = nothing goes out.
    webhook_private: LINESIDE_WEBHOOK_PRIVATE, comma separated, hosts of them that may lie inside or speak plain http.
    """

    data: Path = Path("data")
    plant: Path = Path("plants/demo.yaml")
    redis_url: str | None = None
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8050
    demo_password: str | None = None
    public_url: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    secret_key: str | None = None
    tick_ms: int = 1000
    log_level: str = "info"
    keep_days: int = 35
    keep_episodes_days: int = 1100
    keep_hours_days: int = 3660
    archive: str | None = None
    keep_archive_days: int = 400
    smtp_url: str | None = None
    smtp_user: str | None = None
    smtp_password: str | None = None
    mail_from: str | None = None
    mail_domains: tuple[str, ...] = ()
    write_back: str = "off"
    targets: Path | None = None
    webhook_private: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """Where the screens are, no slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


ENVIRONMENT: Mapping[str, str] = {
    "LINESIDE_DATA": "data",
    "LINESIDE_PLANT": "plant",
    "REDIS_URL": "redis_url",
    "DATABASE_URL": "database_url",
    "LINESIDE_HOST": "host",
    "PORT": "port",
    "LINESIDE_DEMO_PASSWORD": "demo_password",
    "LINESIDE_PUBLIC_URL": "public_url",
    "LINESIDE_ALLOWED_HOSTS": "allowed_hosts",
    "LINESIDE_SECRET_KEY": "secret_key",
    "LINESIDE_TICK_MS": "tick_ms",
    "LINESIDE_LOG_LEVEL": "log_level",
    "LINESIDE_KEEP_DAYS": "keep_days",
    "LINESIDE_KEEP_EPISODES_DAYS": "keep_episodes_days",
    "LINESIDE_KEEP_HOURS_DAYS": "keep_hours_days",
    "LINESIDE_ARCHIVE": "archive",
    "LINESIDE_KEEP_ARCHIVE_DAYS": "keep_archive_days",
    "LINESIDE_SMTP_URL": "smtp_url",
    "LINESIDE_SMTP_USER": "smtp_user",
    "LINESIDE_SMTP_PASSWORD": "smtp_password",
    "LINESIDE_MAIL_FROM": "mail_from",
    "LINESIDE_MAIL_DOMAINS": "mail_domains",
    "LINESIDE_WRITE_BACK": "write_back",
    "LINESIDE_TARGETS": "targets",
    "LINESIDE_WEBHOOK_PRIVATE": "webhook_private",
}
_RANGES = {
    "port": (1, 65535),
    "tick_ms": (50, 60_000),
    "keep_days": (1, 3650),
    "keep_episodes_days": (1, 36_500),
    "keep_hours_days": (1, 36_500),
    "keep_archive_days": (1, 36_500),
}
_CHOICES = {"log_level": ("debug", "info", "warning", "error"), "write_back": ("on", "off")}
_URLS = {
    "redis_url": "redis://host:6379/0 or rediss://...",
    "database_url": "postgresql://user@host/name",
    "public_url": "https://lineside.plant",
}
_LISTS = ("allowed_hosts", "mail_domains", "webhook_private")
SHORTEST_KEY = 32


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings. Raises BadSetting with one line: which setting, what it holds, what would be right."""
    environ = os.environ if environ is None else environ
    values: dict[str, object] = dict(_from_file(environ.get("LINESIDE_CONFIG")))
    values.update({field: environ[name] for name, field in ENVIRONMENT.items() if environ.get(name)})
    return Settings(**{field: _parsed(field, value) for field, value in values.items()})  # type: ignore[arg-type]


def _from_file(path: str | None) -> dict[str, object]:
    if not path:
        return {}
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"LINESIDE_CONFIG={path}: {error}") from error
    unknown = sorted(set(found) - set(Settings.__struct_fields__))
    if unknown:
        known = ", ".join(Settings.__struct_fields__)
        raise BadSetting(f"LINESIDE_CONFIG={path}: unknown key {unknown[0]!r}; known are {known}")
    return found


def _name(field: str) -> str:
    return next(name for name, f in ENVIRONMENT.items() if f == field)


def _parsed(field: str, value: object) -> object:
    if field in _LISTS:
        parts = value if isinstance(value, list) else str(value).split(",")
        names = tuple(str(p).strip() for p in parts if str(p).strip())
        return _hosts(field, names) if field == "allowed_hosts" else names
    if field in _RANGES:
        return _number(field, value)
    if not isinstance(value, str):
        raise BadSetting(f"{_name(field)}: must be a text in quotes, not {type(value).__name__}")
    if field in ("data", "plant", "targets"):
        return Path(value)
    if field in _CHOICES and value not in _CHOICES[field]:
        raise BadSetting(f"{_name(field)}={value!r}: must be one of {', '.join(_CHOICES[field])}")
    if field == "secret_key" and len(value) < SHORTEST_KEY:
        raise BadSetting(f"{_name(field)}: has {len(value)} characters, must have {SHORTEST_KEY} or more")
    return _url(field, value) if field in _URLS else value


def _number(field: str, value: object) -> int:
    low, high = _RANGES[field]
    try:
        number = int(str(value))
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise BadSetting(f"{_name(field)}={value!r}: must be a whole number from {low} to {high}")
    return number


def _url(field: str, value: str) -> str:
    is_page = field != "public_url" or (urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname)
    if "://" in value and is_page:
        return value
    shown = "" if "@" in value else f"={value!r}"
    raise BadSetting(f"{_name(field)}{shown}: must be a URL such as {_URLS[field]}")


def _hosts(field: str, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if "/" in name or (":" in name and not name.startswith("[")):
            raise BadSetting(f"{_name(field)}={name!r}: must be a name without scheme and port: lineside.plant")
    return names
