"""What people do about data-quality findings: take one on, close it with its cause. Append-only and audited."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.auth.guard import Conflict, Invalid, NotFound, require
from app.auth.steward import Trail
from app.domain.governance.findings import CAUSES, Care, Issue
from app.domain.roles import Identity, Permission

LONGEST_NOTE = 500


class CareLog(Protocol):
    """Where it is kept (app.historian.care)."""

    def put(self, care: Care) -> None:
        """Keep it for ever."""


@dataclass(frozen=True, slots=True)
class FindingDesk:
    """Takes what people do about findings. issues: those about these machines and lines, as history has them now."""

    log: CareLog
    trail: Trail
    issues: Callable[[str], list[Issue]]
    now: Callable[[], int]

    def accept(self, who: Identity, equipment: str, rule: str) -> None:
        """Take the open issue on. Raises Forbidden, NotFound, Conflict (somebody has, naming who)."""
        issue = self._open(who, equipment, rule)
        if issue.accepted is not None:
            raise Conflict("findings.taken", by=issue.accepted.by)
        self._put(Care(equipment, rule, self.now(), who.name, "accept"))

    def close(self, who: Identity, equipment: str, rule: str, cause: str, note: str) -> None:
        """Close the issue with its cause. Raises Forbidden, NotFound, Invalid."""
        self._open(who, equipment, rule)
        if cause not in CAUSES:
            raise Invalid(f"cause {cause!r}: must be one of {', '.join(CAUSES)}")
        if len(note) > LONGEST_NOTE:
            raise Invalid(f"note: {len(note)} characters; at most {LONGEST_NOTE}")
        self._put(Care(equipment, rule, self.now(), who.name, "close", cause, note.strip() or None))

    def _open(self, who: Identity, equipment: str, rule: str) -> Issue:
        require(who, Permission.CARE_FOR_DATA, equipment)
        found = (issue for issue in self.issues(equipment) if issue.key == rule and issue.closed is None)
        issue = next(found, None)
        if issue is None:
            raise NotFound("findings.no_such")
        return issue

    def _put(self, care: Care) -> None:
        self.log.put(care)
        said = f"{care.rule} {care.cause or ''} {care.note or ''}".strip()
        self.trail.write(care.at, care.by, f"finding.{care.what}", care.equipment, said)
