"""What a line knows beside its machines' time: andon calls, corrections made, data-quality findings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from app.domain.accounting.facts import CallFact, CorrectionFact, CorrectionKind, Fact, FindingFact, ShiftsFact
from app.domain.accounting.remarks import RULES, Remark
from app.domain.accounting.sequence import SourceLog
from app.domain.events.contract import AndonChanged, CountCorrected, Epoch, OrderChanged, ShiftsChanged, StopClassified
from app.domain.interval import DAY_MS, HOUR_MS, Interval

Corrected = StopClassified | CountCorrected | OrderChanged | ShiftsChanged
MOST_FINDINGS = 500
GONE = "no longer so: restated"
"""Of a finding that a restatement made untrue: it was seen no times and ends where it began."""
GAP = "sequence_gap"
_MISSING = "events of source {} are missing before sequence {}"
_UNKNOWN = {
    "state": "state {!r} is neither mapped in the plant file nor a PackML state",
    "reason": "reason {!r} is not in the reason tree",
    "signal": "signal {!r} is not in the catalogue",
}


class LineBook:
    """Calls, corrections and findings of one line; findings of one rule and equipment within an hour are one."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.duplicates = 0
        self.orders_since: int | None = None
        self.calls: dict[str, CallFact] = {}
        self.findings: dict[tuple[str, str, int], FindingFact] = {}
        self._news: list[Fact] = []
        self._changed_findings: set[tuple[str, str, int]] = set()

    def andon(self, event: AndonChanged) -> None:
        """Open, accept or clear a call; what is not open, or was called after the event, does not change."""
        call = self.calls.get(event.call)
        if call is not None and event.t < call.since:
            return
        if event.action == "call":
            if call is None:
                call = CallFact(self.line, event.call, event.t, event.by)
        elif call is not None and event.action == "accept":
            call = msgspec.structs.replace(call, accepted_at=event.t, accepted_by=event.by)
        elif call is not None:
            call = msgspec.structs.replace(call, cleared_at=event.t, cleared_by=event.by)
        if call is None:
            return
        self._news.append(call)
        if call.cleared_at is None:
            self.calls[event.call] = call
        else:
            del self.calls[event.call]

    def ordered(self, t: int) -> None:
        """Note an order event of `t`: the orders from there on are told anew."""
        self.orders_since = t if self.orders_since is None else min(self.orders_since, t)

    def corrected(self, event: Corrected, window: Interval) -> None:
        """Keep who changed what, when and why. window: the time it is about; end 0: open."""
        identity = f"{event.source}:{event.epoch}:{event.seq}"
        kind, what = _what_was_said(event)
        at = event.t if not isinstance(event, OrderChanged) or event.said_at is None else event.said_at
        end = window.end or None
        self._news.append(
            CorrectionFact(identity, event.machine, kind, at, window.start, end, event.by, what, event.note)
        )

    def excepted(self, fact: ShiftsFact) -> None:
        """Tell history which shifts a person said opened."""
        self._news.append(fact)

    def find(self, equipment: str, rule: str, since: int, until: int, detail: str) -> None:
        """Raise a finding, or add to the one of the same rule, equipment and hour."""
        key = (equipment, rule, since - since % HOUR_MS)
        held = self.findings.get(key)
        if held is None or not held.count:
            self.findings[key] = FindingFact(equipment, rule, since, until, detail)
            self._bound()
        else:
            self.findings[key] = msgspec.structs.replace(
                held, until=max(held.until or until, until), count=held.count + 1
            )
        self._changed_findings.add(key)

    def missing(self, source: str, gap: Interval, seq: int) -> None:
        """Raise a finding: numbers of the source before `seq` did not come, and the time between is unknown."""
        self.find(self.line, GAP, gap.start, gap.end, _MISSING.format(source, seq))

    def resent(self, times: Iterable[int], sources: Mapping[tuple[str, Epoch], SourceLog]) -> None:
        """Judge the hours of `times` anew: what was missing there came after all, or a part of it."""
        for hour in {t - t % HOUR_MS for t in times}:
            logs = ((source, log) for (source, _), log in sources.items() if log.machines)
            found = [(*hole, source) for source, log in logs for hole in log.holes(Interval(hour, hour + HOUR_MS))]
            held = self.findings.get((self.line, GAP, hour))
            if held is not None and not held.count:
                held = None
            if found:
                first, seq, source = min(found)
                since, until = first.start if held is None else held.since, max(gap.end for gap, *_ in found)
                detail = _MISSING.format(source, seq)
                self.observed(FindingFact(self.line, GAP, since, until, detail, count=len(found)))
            elif held is not None:
                self.observed(msgspec.structs.replace(held, until=held.since, count=0, detail=GONE))

    def observed(self, fact: FindingFact) -> None:
        """Keep a finding about one hour as it is now believed; it replaces what was kept of the same rule and hour."""
        key = (fact.equipment, fact.rule, fact.since - fact.since % HOUR_MS)
        if self.findings.get(key) != fact:
            self.findings[key] = fact
            self._changed_findings.add(key)
            self._bound()

    def unknown(self, what: Literal["state", "reason", "signal"], machine: str, t: int, said: str) -> None:
        """Raise a finding about a word of the machine's that the plant file does not know."""
        self.find(machine, f"unknown_{what}", t, t, _UNKNOWN[what].format(said))

    def remark(self, equipment: str, window: Interval, remarks: Sequence[Remark]) -> None:
        """Keep a closed hour's remarks as findings; those an earlier telling kept and this one does not are ended."""
        told = {(equipment, remark.rule, window.start): remark for remark in remarks}
        for key in [(equipment, rule, window.start) for rule in RULES]:
            held, remark = self.findings.get(key), told.get(key)
            if remark is None and held is not None and held.until == window.end:
                self.findings[key] = msgspec.structs.replace(held, until=window.start, count=0, detail=GONE)
                self._changed_findings.add(key)
            elif remark is not None and (held is None or (held.detail, held.until) != (remark.detail, window.end)):
                self.findings[key] = FindingFact(equipment, remark.rule, window.start, window.end, remark.detail)
                self._changed_findings.add(key)
        self._bound()

    def _bound(self) -> None:
        for key in list(self.findings)[: max(0, len(self.findings) - MOST_FINDINGS)]:
            del self.findings[key]

    def findings_in(self, window: Interval) -> list[FindingFact]:
        """Findings that overlap the window, by time."""
        found = (f for f in self.findings.values() if f.since < window.end and (f.until or f.since) >= window.start)
        return sorted(found, key=lambda f: (f.since, f.equipment, f.rule))

    def open_calls(self) -> list[CallFact]:
        """Open calls, oldest first."""
        return sorted(self.calls.values(), key=lambda c: c.since)

    def take_facts(self) -> list[Fact]:
        """Return what is new since the last call, and forget that it is new."""
        changed = [self.findings[key] for key in sorted(self._changed_findings) if key in self.findings]
        facts = [*self._news, *changed]
        self._news, self.orders_since = [], None
        self._changed_findings.clear()
        return facts

    def prune(self, now: int) -> None:
        """Forget findings older than two days: history has them."""
        old = [key for key, f in self.findings.items() if (f.until or f.since) < now - 2 * DAY_MS]
        for key in old:
            del self.findings[key]


def _what_was_said(event: Corrected) -> tuple[CorrectionKind, str]:
    if isinstance(event, StopClassified):
        return "classify", _what_was_attested(event)
    if isinstance(event, CountCorrected):
        amounts = {"good": event.good, "reject": event.reject, "rework": event.rework}
        return "correct", ", ".join(f"{name} {n:+d}" for name, n in amounts.items() if n) or "no change"
    if isinstance(event, OrderChanged):
        return "order", f"{event.action} of order {event.order} at {_iso(event.t)}, before: {_iso(event.was or 0)}"
    shifts = "as planned" if event.shifts is None else ", ".join(event.shifts) or "none"
    return "shifts", f"shifts of {event.date}: {shifts}"


def _iso(t: int) -> str:
    return datetime.fromtimestamp(t / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _what_was_attested(event: StopClassified) -> str:
    words = [event.reason or "", f"state {event.state}" if event.state else ""]
    if event.planned is not None:
        words.append("planned" if event.planned else "not planned")
    return ", ".join(w for w in words if w) or "withdrawn"
