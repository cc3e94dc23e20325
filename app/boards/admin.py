"""AdminBoard: people, tokens, sign-ins, the audit trail and backups, as an administrator sees them; never a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.domain.roles import Role

Tab = Literal["people", "tokens", "sign_ins", "audit", "system"]
TABS: tuple[Tab, ...] = ("people", "tokens", "sign_ins", "audit", "system")
OUTCOMES = ("ok", "wrong", "unknown", "disabled", "throttled")
TOKEN_ROLES = (Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER, Role.ENGINEER)
"""What a program's token may be; an administrator's is made on the command line only."""
DAYS = ("30", "90", "365")
"""How long a token may be good for; the empty choice is until it is revoked."""


@dataclass(frozen=True, slots=True)
class AdminQuestion:
    """What the address says. person: whose account is open; add: `person`, `api`, `display`; before: a row's number."""

    tab: Tab = "people"
    person: str | None = None
    add: str | None = None
    who: str | None = None
    outcome: str | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An account. last_in: its last sign-in, UTC ms, None: never; is_you: of who looks."""

    name: str
    role: Role
    scopes: tuple[str, ...]
    disabled: bool
    last_in: int | None
    is_you: bool


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token. id: the beginning of its digest; by: who made it, None where the trail does not say; times UTC ms."""

    id: str
    name: str
    role: Role
    scopes: tuple[str, ...]
    created: int
    by: str | None
    last_used: int | None
    expires: int | None
    revoked: int | None

    def state(self, now: int) -> Literal["active", "expired", "revoked"]:
        """Return whether it opens anything at `now`."""
        if self.revoked is not None:
            return "revoked"
        return "active" if self.expires is None or now < self.expires else "expired"


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One attempt. outcome: one of OUTCOMES."""

    number: int
    at: int
    name: str
    address: str
    outcome: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the audit trail."""

    number: int
    at: int
    who: str
    what: str
    place: str
    detail: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What checking the audit trail's hashes gave. rows: there are; checked: of the newest; broken: first bad row."""

    rows: int
    checked: int
    broken: int | None


@dataclass(frozen=True, slots=True)
class AdminBoard:
    """The page. places: scope -> name, in the plant file's order; only what the chosen tab shows is filled in.

    known: whom logs can be filtered by; more: there are older rows; backup: how the last backup was written down.
    """

    asked: AdminQuestion
    zone: str
    at: int
    places: Mapping[str, str]
    people: tuple[PersonRow, ...] = ()
    tokens: tuple[TokenRow, ...] = ()
    known: tuple[str, ...] = ()
    sign_ins: tuple[SignInRow, ...] = ()
    audit: tuple[AuditRow, ...] = ()
    more: bool = False
    chain: Chain | None = None
    backup: AuditRow | None = None


@dataclass(frozen=True, slots=True)
class Secret:
    """Something shown once: a password or a token. path: where a display opens, None for anything else."""

    kind: Literal["password", "api", "display"]
    name: str
    text: str
    path: str | None = None
