"""Who may do what, where: roles x permissions x scope. A table, read by pages, callbacks, streams and commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

EVERYWHERE = "*"


class Role(StrEnum):
    """What a person is for the plant. `display` is a screen on a wall: it has a token, never a password."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ENGINEER = "engineer"
    ADMIN = "admin"
    DISPLAY = "display"


class Permission(StrEnum):
    """One thing somebody may do; what it is done to is the scope."""

    SEE_LIVE = "see_live"
    SEE_HISTORY = "see_history"
    CLASSIFY_STOP = "classify_stop"
    REPORT_SCRAP = "report_scrap"
    CHANGE_ORDER = "change_order"
    CALL_ANDON = "call_andon"
    ANSWER_ANDON = "answer_andon"
    EDIT_CLOSED = "edit_closed"
    CARE_FOR_DATA = "care_for_data"
    SEND_EVENTS = "send_events"
    SEE_METRICS = "see_metrics"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_AUDIT = "see_audit"
    ANSWER_ALERT = "answer_alert"
    SHELVE_ALERT = "shelve_alert"
    JUDGE = "judge"
    MAKE_WORK_ORDER = "make_work_order"
    DO_WORK = "do_work"
    ADJUST_LINE = "adjust_line"
    APPROVE_WRITE = "approve_write"
    PLAN_ORDERS = "plan_orders"
    WRITE_RULES = "write_rules"
    CARE_FOR_MESSAGES = "care_for_messages"
    SIGN_HANDOVER = "sign_handover"
    KEEP_SKILLS = "keep_skills"


Task = Literal["run", "changeover", "repair", "quality"]
TASKS: tuple[Task, ...] = ("run", "changeover", "repair", "quality")
"""What people are qualified for (the skills matrix), and what an alert asks of whoever comes."""
P = Permission
_FLOOR = frozenset({
    P.SEE_LIVE, P.SEE_HISTORY, P.CLASSIFY_STOP, P.REPORT_SCRAP, P.CHANGE_ORDER, P.CALL_ANDON, P.ANSWER_ALERT, P.JUDGE,
    P.MAKE_WORK_ORDER, P.ADJUST_LINE, P.SIGN_HANDOVER,
})  # fmt: skip
_LEAD = _FLOOR | {P.ANSWER_ANDON, P.EDIT_CLOSED, P.CARE_FOR_DATA, P.SHELVE_ALERT, P.DO_WORK, P.PLAN_ORDERS}
GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.OPERATOR: _FLOOR,
    Role.SUPERVISOR: _LEAD | {P.APPROVE_WRITE, P.KEEP_SKILLS},
    Role.MANAGER: frozenset({P.SEE_LIVE, P.SEE_HISTORY, P.JUDGE, P.PLAN_ORDERS}),
    Role.ENGINEER: _LEAD | {P.SEND_EVENTS, P.SEE_METRICS, P.WRITE_RULES, P.CARE_FOR_MESSAGES},
    Role.ADMIN: frozenset(Permission),
    Role.DISPLAY: frozenset({P.SEE_LIVE}),
}
PEOPLE = tuple(role for role in Role if role is not Role.DISPLAY)


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who signed in, or something that holds a token.

    name: account name, or `token:<name>`. scopes: path prefixes (`site`, `site/area`, `site/area/line`) or `*`.
    """

    name: str
    role: Role
    scopes: tuple[str, ...]


def covers(prefix: str, path: str) -> bool:
    """Return whether `path` lies under `prefix`, by whole path parts.

    >>> covers("site-1", "site-1/area-2"), covers("site-1", "site-10"), covers("*", "anything")
    (True, False, True)
    """
    return prefix in (EVERYWHERE, path) or path.startswith(prefix + "/")


def in_scope(identity: Identity, path: str) -> bool:
    """Return whether `path` lies in what this identity may touch at all."""
    return any(covers(scope, path) for scope in identity.scopes)


def may(identity: Identity, permission: Permission, scope: str | None = None) -> bool:
    """Return whether `identity` holds `permission`, at `scope` where it is about a place (None: about no place)."""
    return permission in GRANTS[identity.role] and (scope is None or in_scope(identity, scope))
