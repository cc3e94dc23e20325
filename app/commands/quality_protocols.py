"""What an engineer writes about adjusting a parameter, checked against the plant before it is kept."""

from math import isfinite

from app.auth.guard import Invalid
from app.boards.quality import ProtocolDraft
from app.domain.decisions.adjusting import AdjustmentProtocol
from app.domain.plant.equipment import AmbiguousEquipment, Plant, UnknownEquipment
from app.domain.roles import Permission

DOERS = (Permission.ADJUST_LINE, Permission.APPROVE_WRITE)
"""Who may adjust: everybody on the floor, or supervisors only."""
LONGEST_WORDS, LONGEST_ADDRESS = 2_000, 300


def checked(
    plant: Plant, draft: ProtocolDraft, before: AdjustmentProtocol | None, made: tuple[str, str, int]
) -> AdjustmentProtocol:
    """Return the protocol that a draft is. made: (id of a new one, who wrote it, UTC ms). Raises Invalid."""
    new, by, at = made
    try:
        _, machine = plant.resolve(draft.machine)
    except (UnknownEquipment, AmbiguousEquipment) as error:
        raise Invalid("quality.protocol.parameter") from error
    signal = None if machine is None else machine.signals.get(draft.signal)
    if machine is None or signal is None or signal.counter is not None:
        raise Invalid("quality.protocol.parameter")
    low, high, step = (number_of(text) for text in (draft.low, draft.high, draft.max_step))
    if not low < high or not 0 < step <= high - low:
        raise Invalid("quality.protocol.numbers")
    if draft.permission not in DOERS:
        raise Invalid("quality.protocol.permission")
    steps, back = _words(draft.steps), _words(draft.back)
    source, address = _way(plant, draft)
    protocol, version = (new, 1) if before is None else (before.id, before.version + 1)
    return AdjustmentProtocol(
        protocol, version, machine.path, signal.id, signal.unit, low, high, step, steps, back,
        str(Permission(draft.permission)), by, at, source, address,
    )  # fmt: skip


def number_of(text: str) -> float:
    """Return the number of `12.5` or `12,5`. Raises Invalid."""
    try:
        found = float(text.strip().replace("\u2212", "-").replace(",", "."))
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise Invalid("quality.not_a_number", said=text[:40])
    return found


def _words(text: str) -> str:
    found = text.strip()
    if not found or len(found) > LONGEST_WORDS:
        raise Invalid("quality.protocol.words", most=LONGEST_WORDS)
    return found


def _way(plant: Plant, draft: ProtocolDraft) -> tuple[str | None, str | None]:
    source, address = draft.source.strip(), draft.address.strip()
    if not source and not address:
        return None, None
    known = {s.id for s in plant.sources if s.gateway == "opcua"}
    if source not in known or not address or len(address) > LONGEST_ADDRESS:
        raise Invalid("quality.protocol.way", known=", ".join(sorted(known)) or "-")
    return source, address
