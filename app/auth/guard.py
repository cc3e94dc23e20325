"""May somebody do it? The question every command and every read of a place asks, and what is said when not."""

from typing import Literal

from app.domain.roles import Identity, Permission, may

Kind = Literal["forbidden", "not_found", "conflict", "invalid", "unavailable"]


class Refused(RuntimeError):
    """Something a person asked for was not done; the text says why, in words for that person."""

    kind: Kind = "invalid"


class Forbidden(Refused):
    """They may not."""

    kind: Kind = "forbidden"


class NotFound(Refused):
    """It does not exist, or not for them."""

    kind: Kind = "not_found"


class Invalid(Refused):
    """What they sent cannot be right; the text says which part and what would be."""

    kind: Kind = "invalid"


class Conflict(Refused):
    """Somebody else changed it since they looked; the text says what it is now."""

    kind: Kind = "conflict"


class Unavailable(Refused):
    """A part of the system is away; nothing was done."""

    kind: Kind = "unavailable"


def require(identity: Identity, permission: Permission, scope: str | None = None) -> None:
    """Return if `identity` may; raise Forbidden otherwise."""
    if not may(identity, permission, scope):
        where = f" at {scope}" if scope is not None else ""
        raise Forbidden(f"{identity.name} ({identity.role}) may not {permission.replace('_', ' ')}{where}")
