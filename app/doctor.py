"""What `python -m app doctor` looks at: each part, and in words what is wrong with it."""

from collections.abc import Callable, Iterator

from app.settings import Settings


def examine(settings: Settings) -> Iterator[tuple[str, str | None]]:
    """Yield (part, problem or None) for each part that is set up; never raises for what is wrong."""
    parts = [("plant file", _plant), ("redis", _redis), ("database", _database)]
    if settings.smtp_url is not None:
        parts.append(("mail server", _mail))
    if settings.targets is not None:
        parts.append(("targets", _targets))
    for part, look in parts:
        yield part, _problem(look, settings)


def _problem(look: Callable[[Settings], None], settings: Settings) -> str | None:
    try:
        look(settings)
    except Exception as error:  # noqa: BLE001 (whatever is wrong is what we are asked to tell)
        return str(error).splitlines()[0] if str(error) else type(error).__name__
    return None


def _plant(settings: Settings) -> None:
    from app.wiring import plant_of

    plant_of(settings)


def _redis(settings: Settings) -> None:
    from app.streams.connection import check
    from app.wiring import redis_client

    check(redis_client(settings))


def _database(settings: Settings) -> None:
    from app.historian.database import open_database, revision

    if revision(open_database(settings.database_url, settings.data)) is None:
        raise LookupError("no tables yet: `web` and `historian` make them when they start")


def _mail(settings: Settings) -> None:
    from app.wiring import mail_parts

    server, _ = mail_parts(settings)
    server.check()


def _targets(settings: Settings) -> None:
    from app.connectors.base import NotDelivered
    from app.wiring import ways_of

    wrong = []
    for name, way in ways_of(settings).connectors().items():
        try:
            way.check()
        except NotDelivered as error:
            wrong.append(f"{name}: {error}")
    if wrong:
        raise NotDelivered("; ".join(wrong))
