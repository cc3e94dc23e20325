"""A machine that follows PackML says what it does by names everyone knows: such a machine needs no mapping. Pure.

Source: OPC 30050 (PackML) and ISA-TR88.00.02: `Status/StateCurrent`, `Admin/ProdProcessedCount`,
`Admin/ProdDefectiveCount`, `Admin/StopReason`. Processed units hold the defective ones.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.plant.equipment import Plant, Source, WorkUnit
from gateways.base import Scalar
from gateways.opcua.address import PACKML

STATE, REASON, GOOD, REJECT = "StateCurrent", "StopReason", "Good", "Reject"
PROCESSED, DEFECTIVE = "ProdProcessedCount", "ProdDefectiveCount"
FOLDERS: Mapping[str, str] = {STATE: "Status", PROCESSED: "Admin", DEFECTIVE: "Admin", REASON: "Admin"}
NEEDS: Mapping[str, tuple[str, ...]] = {
    STATE: (STATE,),
    REASON: (REASON,),
    GOOD: (PROCESSED, DEFECTIVE),
    REJECT: (DEFECTIVE,),
}
"""What is asked for -> the variables it derives from."""
COUNTED: Mapping[str, str] = {"good": GOOD, "reject": REJECT}
STATES = (
    "undefined", "clearing", "stopped", "starting", "idle", "suspended", "execute", "stopping", "aborting", "aborted",
    "holding", "held", "unholding", "suspending", "unsuspending", "resetting", "completing", "complete",
)  # fmt: skip
"""By the number of `StateCurrent`."""
OF_COUNT, OF_REASON = ("Count", "AccCount"), ("ID", "Value")


def completed(plant: Plant, source: Source) -> Source:
    """Return the source with a mapping by PackML for each machine of which neither state nor counter is mapped."""
    mapping = source.options.get("mapping")
    known = dict(mapping) if isinstance(mapping, dict) else {}
    for unit in (unit for line in plant.lines() for unit in line.machines if unit.path in source.machines):
        name = unit.path if unit.path in known else unit.id
        said = known.get(name, {})
        if isinstance(said, dict) and not _says_itself(unit, said):
            own, signals = _mapping(unit), said.get("signals", {})
            known[name] = {
                **own,
                **said,
                "signals": {**own["signals"], **(signals if isinstance(signals, dict) else {})},
            }
    return Source(source.id, source.gateway, source.machines, {**source.options, "mapping": known})


def known(plant: Plant, source: Source, addresses: Iterable[str]) -> Mapping[str, object]:
    """Return the mapping, completed where one of the server's `addresses` shows that the PackML object is there."""
    said = source.options.get("mapping")
    own: Mapping[str, object] = said if isinstance(said, dict) else {}
    whole: dict[str, dict[str, Any]] = completed(plant, source).options["mapping"]  # type: ignore[assignment]
    end = f"/{FOLDERS[STATE]}/{STATE}"
    places = [tuple(text.removesuffix(end).split("/")) for text in addresses if text.endswith(end)]
    wanting = [name for name, words in whole.items() if str(words.get("state", "")).startswith(PACKML)]
    lone = len(wanting) == 1
    absent = {name for name in wanting if best(name.rpartition("/")[2], places, is_only=lone) is None}
    return {name: own.get(name, {}) if name in absent else words for name, words in whole.items()}


def _says_itself(unit: WorkUnit, said: Mapping[str, object]) -> bool:
    """Return whether a mapping tells the machine's state or counters: then it is complete as it stands."""
    signals = said.get("signals")
    mapped = signals if isinstance(signals, dict) else {}
    counters = {name for name, signal in unit.signals.items() if signal.counter is not None}
    return "state" in said or bool(counters & mapped.keys())


def _mapping(unit: WorkUnit) -> dict[str, Any]:
    at = f"{PACKML}{unit.id}/"
    counted = ((s.id, s.counter) for s in unit.signals.values())
    signals = {name: f"{at}{COUNTED[c.of]}" for name, c in counted if c is not None and c.of in COUNTED}
    return {"state": at + STATE, "reason": at + REASON, "signals": signals}


def asked(address: str) -> tuple[str, str] | None:
    """Return the machine and what is asked of it, None for any other address."""
    machine, _, what = address.removeprefix(PACKML).rpartition("/")
    return (machine, what) if address.startswith(PACKML) and machine and what in NEEDS else None


def plain(name: str, value: object) -> Scalar:
    """Return a PackML variable as plain data: the first of an array, a structure's own number, a state as its word."""
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    for field in OF_REASON if name == REASON else OF_COUNT:
        value = getattr(value, field, value)
    text = getattr(value, "Text", value)
    if name == STATE and isinstance(text, int) and not isinstance(text, bool):
        return STATES[text] if 0 <= text < len(STATES) else str(text)
    if name == STATE and isinstance(text, str):
        return text.lower()
    if name == REASON and text in (0, "0", ""):
        return None
    return text if isinstance(text, int | float | str) else None


class Made:
    """Good units of a machine: what was processed without what was defective.

    The two change one after the other, so their difference may fall by what is on its way: it is held until it is
    past that, unless what was processed falls, which is a counter that began anew.
    """

    def __init__(self) -> None:
        self._processed: float = 0
        self._good: float = 0

    def good(self, held: Mapping[str, Scalar]) -> Scalar:
        """Return the total of good units by the variables as they are now; None while one of them is not known."""
        processed, defective = held.get(PROCESSED), held.get(DEFECTIVE)
        if not _is_number(processed) or not _is_number(defective):
            return None
        assert isinstance(processed, int | float)
        assert isinstance(defective, int | float)
        found = processed - defective
        if processed >= self._processed:
            found = max(found, self._good)
        self._processed, self._good = processed, found
        return found


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def best(machine: str, places: Iterable[tuple[str, ...]], *, is_only: bool = False) -> tuple[str, ...] | None:
    """Return which PackML object is the machine's; None when that is not clear.

    It is named like the machine, or the only object where the machine is the only one asked for (is_only). places:
    browse names from Objects on.
    """
    known = list(places)
    named = [place for place in known if _plain(machine) in {_plain(name) for name in place}]
    if not named and is_only and len(known) == 1:
        return known[0]
    return named[0] if len(named) == 1 else None


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())
