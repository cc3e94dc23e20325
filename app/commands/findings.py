"""What people do about data-quality findings: dispute a figure, take one on, close it. Append-only and audited."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.auth.guard import Conflict, Invalid, NotFound, require
from app.auth.steward import Trail
from app.domain.accounting.figures import FIGURES
from app.domain.accounting.kpi_row import KpiRow
from app.domain.governance.findings import CAUSES, STOP, Care, Disputed, Issue, has_owner
from app.domain.roles import Identity, Permission

LONGEST_NOTE = 500
LATEST_MS = 10**14
_ABOUT_A_ROW = {"equipment", "from_", "to", "shift", "product", "profile"}
_DISPUTABLE = {STOP, *FIGURES, *KpiRow.__struct_fields__} - _ABOUT_A_ROW


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

    def dispute(self, who: Identity, equipment: str, disputed: Disputed, note: str) -> Care:
        """Say that a figure or stop of a machine or line is not right: an issue of its owner. Anyone who sees it may.

        Raises Forbidden, Invalid.
        """
        require(who, Permission.SEE_HISTORY, equipment)
        if not has_owner(equipment):
            raise Invalid(f"{equipment}: dispute it where it is measured, of a line or machine")
        start, end = disputed.window
        if disputed.about not in _DISPUTABLE or not 0 <= start < end <= LATEST_MS:
            raise Invalid(f"{disputed.rule}: must be a figure or `stop`, and a time that ends after it begins")
        if not note.strip() or len(note) > LONGEST_NOTE:
            raise Invalid(f"note: say what is not right, in at most {LONGEST_NOTE} characters")
        care = Care(equipment, disputed.rule, self.now(), who.name, "dispute", None, note.strip())
        self._put(care)
        return care

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
