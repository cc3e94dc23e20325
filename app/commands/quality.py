"""Control charts, adjustments of machines, and what they brought: looks and acts for a person, within their scope."""

import secrets
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.auth.guard import Conflict, Invalid, NotFound, Unavailable, require
from app.boards.quality import REJECTS, ProtocolDraft, QualityBoard, QualityQuestion
from app.commands.ground import Ground
from app.commands.quality_looks import Looks
from app.commands.quality_protocols import checked, number_of
from app.connectors.set_point import SetPointWriter, WriteFailed, Written
from app.domain.decisions.adjusting import Adjustment, AdjustmentProtocol, Happened, What, may_follow, refusal
from app.domain.plant.equipment import AmbiguousEquipment, Source, UnknownEquipment
from app.domain.roles import Identity, Permission
from app.domain.suggestion import Suggestion
from app.historian.adjustments import Adjustments, Protocols

LONGEST_NOTE = 500


class Writing(NamedTuple):
    """What is kept of a write: that it began, that it failed, that it is done."""

    begun: What
    failed: What
    done: What


THERE, BACK = Writing("writing", "write_failed", "written"), Writing("back_writing", "back_failed", "gone_back")


@dataclass(frozen=True, slots=True)
class QualityDesk:
    """Every change is checked, kept and audited. All may raise Forbidden, DatabaseAway."""

    ground: Ground

    def board(
        self, who: Identity, place: str, machine: str | None = None, chart: str = REJECTS, *, group: int = 1
    ) -> QualityBoard:
        """Return the page of a line. machine None: the constraint; chart, group: as in the question.

        Raises Forbidden, NotFound, DatabaseAway.
        """
        try:
            line, found = self.ground.plant().resolve(place)
        except (UnknownEquipment, AmbiguousEquipment) as error:
            raise NotFound(str(error)) from error
        require(who, Permission.SEE_HISTORY, line.path)
        asked = QualityQuestion(line.path, machine if found is None else found.path, chart, group)
        return Looks(self.ground).board(line, asked)

    def write_protocol(self, who: Identity, draft: ProtocolDraft) -> str:
        """Keep a protocol, or a new version of `draft.id`; return its id. Raises Invalid, NotFound, Conflict."""
        require(who, Permission.WRITE_RULES, draft.machine)
        protocols = Protocols(self.ground.database)
        before = None
        if draft.id is not None:
            before = self._protocol(draft.id)
            require(who, Permission.WRITE_RULES, before.machine)
        new = f"p-{secrets.token_hex(4)}"
        protocol = checked(self.ground.plant(), draft, before, (new, who.name, self.ground.now()))
        known = (p for p in protocols.on([protocol.machine]) if p.signal == protocol.signal and p.id != protocol.id)
        if next(known, None) is not None:
            raise Conflict("quality.protocol.exists")
        said = f"{protocol.id} v{protocol.version} {protocol.signal} {protocol.low}..{protocol.high}"
        self._audit(who, "protocol", protocol.machine, f"{said} step {protocol.max_step} at {protocol.address or '-'}")
        if not protocols.put(protocol):
            raise Conflict("quality.protocol.changed")
        return protocol.id

    def retire_protocol(self, who: Identity, protocol: str) -> None:
        """Take a protocol out of use. Raises NotFound, Conflict."""
        found = self._protocol(protocol)
        require(who, Permission.WRITE_RULES, found.machine)
        self._audit(who, "retire_protocol", found.machine, found.id)
        last = replace(found, version=found.version + 1, by=who.name, at=self.ground.now())
        if not Protocols(self.ground.database).put(last, retired=True):
            raise Conflict("quality.protocol.changed")

    def act(self, who: Identity, suggestion: Suggestion) -> str:
        """Make the adjustment of an accepted suggestion, to be confirmed when it is done; return its id.

        The same suggestion again is the same adjustment. Raises Invalid, NotFound.
        """
        if suggestion.flow != "quality" or suggestion.action != "adjust":
            raise Invalid("quality.not_ours")
        protocol = self._protocol(str(suggestion.payload.get("protocol")))
        self._require_doer(who, protocol, suggestion.equipment)
        start, to = suggestion.payload.get("from_value"), suggestion.payload.get("to_value")
        if not isinstance(start, int | float) or not isinstance(to, int | float):
            raise Invalid("quality.not_ours")
        self._check(protocol, to, float(start))
        now = self.ground.now()
        asked = Adjustment(
            f"a-{secrets.token_hex(4)}", suggestion.key, protocol.id, protocol.version, protocol.machine,
            protocol.signal, protocol.unit, suggestion.equipment, float(start), float(to),
            (Happened(0, now, who.name, "asked", float(to)),),
        )  # fmt: skip
        said = f"{asked.id} {protocol.id} {protocol.signal} {start} -> {to} {protocol.unit}"
        self._audit(who, "adjust", protocol.machine, said)
        return Adjustments(self.ground.database).ask(asked)

    def confirm(self, who: Identity, adjustment: str, value: str, note: str = "") -> None:
        """Keep that it was done, and at which value. Raises NotFound, Invalid (outside the limits), Conflict."""
        found, protocol = self._mine(who, adjustment)
        done = number_of(value)
        self._check(protocol, done, None)
        self._happened(who, found, "confirmed", done, note)

    def drop(self, who: Identity, adjustment: str, note: str = "") -> None:
        """Keep that it will not be done. Raises NotFound, Invalid, Conflict."""
        found, _ = self._mine(who, adjustment)
        self._happened(who, found, "dropped", None, note)

    def go_back(self, who: Identity, adjustment: str, note: str = "") -> None:
        """Keep that it was undone, as the protocol says how. Raises NotFound, Invalid, Conflict."""
        found, _ = self._mine(who, adjustment)
        self._happened(who, found, "gone_back", found.from_value, note)

    def ask_write(self, who: Identity, adjustment: str) -> None:
        """Ask a supervisor to have the set-point written to the machine. Raises NotFound, Conflict."""
        found, protocol = self._mine(who, adjustment)
        self._way(protocol)
        self._happened(who, found, "write_asked", found.to_value, "")

    def ask_back(self, who: Identity, adjustment: str) -> None:
        """Ask a supervisor to have what the machine held before written to it again. Raises as `ask_write`, Invalid."""
        found, protocol = self._mine(who, adjustment)
        self._way(protocol)
        if found.old_value is not None:
            self._check(protocol, found.old_value, None)
        self._happened(who, found, "back_asked", found.old_value, "")

    def approve_write(self, who: Identity, adjustment: str) -> None:
        """Write what somebody else asked for (the set-point, or back the old value) by the protocol as it is now.

        The value is read back. There is an audit row before and after. A kill in between leaves the adjustment
        `writing`: somebody looks at the machine and confirms or drops it. Raises NotFound, Conflict, Invalid,
        Unavailable (not written).
        """
        found = self._adjustment(adjustment)
        require(who, Permission.APPROVE_WRITE, found.machine)
        how, to = (BACK, found.old_value) if found.state == "back_asked" else (THERE, found.to_value)
        if to is None or not may_follow(found, how.begun):
            raise Conflict(f"quality.already.{found.state}")
        if found.write_asked_by == who.name:
            raise Conflict("quality.same_person")
        protocol = self._protocol(found.protocol)
        write, source, address = self._way(protocol)
        self._check(protocol, to, None)
        self._happened(who, found, how.begun, to, f"{source.id} {address}")
        claimed = self._adjustment(adjustment)
        try:
            written = write(source, address, protocol, to)
        except WriteFailed as error:
            self._happened(who, claimed, how.failed, None, str(error)[:LONGEST_NOTE])
            raise Unavailable("quality.write_failed", why=str(error)) from error
        self._wrote(who, claimed, how.done, written, f"{source.id} {address}: was {written.before}")

    def _way(self, protocol: AdjustmentProtocol) -> tuple[SetPointWriter, Source, str]:
        """Return how a protocol's set-point is written. Raises Conflict when it is not."""
        write = self.ground.write
        if write is None:
            raise Conflict("quality.write_off")
        source = next((s for s in self.ground.plant().sources if s.id == protocol.source), None)
        if source is None or protocol.address is None or source.gateway != "opcua":
            raise Conflict("quality.by_hand_only")
        return write, source, protocol.address

    def _mine(self, who: Identity, adjustment: str) -> tuple[Adjustment, AdjustmentProtocol]:
        found = self._adjustment(adjustment)
        require(who, Permission.ADJUST_LINE, found.machine)
        protocol = self._protocol(found.protocol)
        self._require_doer(who, protocol, found.judged)
        return found, protocol

    def _require_doer(self, who: Identity, protocol: AdjustmentProtocol, judged: str) -> None:
        for place in (protocol.machine, judged):
            require(who, Permission(protocol.permission), place)

    def _adjustment(self, adjustment: str) -> Adjustment:
        found = Adjustments(self.ground.database).get(adjustment)
        if found is None:
            raise NotFound("quality.no_such")
        return found

    def _protocol(self, protocol: str) -> AdjustmentProtocol:
        found = Protocols(self.ground.database).newest(protocol)
        if found is None:
            raise NotFound("quality.no_protocol")
        return found

    def _check(self, protocol: AdjustmentProtocol, to: float, start: float | None) -> None:
        refused = refusal(protocol, start, to)
        if refused is not None:
            raise Invalid(refused.key, **refused.fields)

    def _wrote(self, who: Identity, found: Adjustment, what: What, written: Written, note: str) -> None:
        self._keep(who, found, Happened(0, 0, who.name, what, written.after, note, written.before))

    def _happened(self, who: Identity, found: Adjustment, what: What, value: float | None, note: str) -> None:
        if len(note) > LONGEST_NOTE:
            raise Invalid("quality.too_long", most=LONGEST_NOTE)
        self._keep(who, found, Happened(0, 0, who.name, what, value, note.strip() or None))

    def _keep(self, who: Identity, found: Adjustment, step: Happened) -> None:
        """Append a step; its number and time are given here."""
        if not may_follow(found, step.what):
            raise Conflict(f"quality.already.{found.state}")
        said = "" if step.value is None else f" {step.value} {found.unit}"
        self._audit(who, step.what, found.machine, f"{found.id} {found.signal}{said} {step.note or ''}".strip())
        step = step._replace(n=len(found.steps), at=self.ground.now())
        if not Adjustments(self.ground.database).happened(found.id, step):
            raise Conflict(f"quality.already.{self._adjustment(found.id).state}")

    def _audit(self, who: Identity, what: str, where: str, detail: str) -> None:
        self.ground.trail.write(self.ground.now(), who.name, f"quality.{what}", where, detail)
