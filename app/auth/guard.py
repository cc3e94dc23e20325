"""May somebody do it? The question every command and every read of a place asks, and what is said when not."""

from typing import Literal

from app.domain.roles import Identity, Permission, may
from app.text.translate import has, t

Kind = Literal["forbidden", "not_found", "conflict", "invalid", "unavailable"]


class Refused(RuntimeError):
    """Something a person asked for was not done; the text says why.

    text: the key of a text (`refused.units`) with its values, so that it can be said in the person's language; or plain
    words, for what only programs send. `str` is English, for the REST interface and logs.
    """

    kind: Kind = "invalid"

    def __init__(self, text: str, **values: object) -> None:
        self._text, self._values = text, values
        super().__init__(self.words("en"))

    def words(self, lang: str) -> str:
        """Return the text in a language; what has no key is said as it is."""
        return t(self._text, lang, **self._values) if has(self._text) else self._text


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
        where = scope if scope is not None else "*"
        what = permission.replace("_", " ")
        raise Forbidden("refused.may_not", who=identity.name, role=identity.role.value, what=what, where=where)
