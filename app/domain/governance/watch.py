"""The signals of one line under watch: what each said last, when its rules did not hold, what its owner should know.

Deterministic in stream order and saved with the ledger's checkpoint, so that a kill changes no score. A reading that
comes late (a gateway was cut off) fills the silence it lies in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from app.domain.events.contract import Measured
from app.domain.governance.lapses import Lapse, Record, clip
from app.domain.governance.rules import Breach, Rule, breach, fresh_ms
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval, floor_hour
from app.domain.plant.equipment import WorkCenter
from app.domain.plant.signals import Signal

KEPT_MS = DAY_MS + 2 * HOUR_MS
WORTH_TELLING_MS = MINUTE_MS
"""What lapses for less than this in an hour is in the score, but nobody is called for it."""
Watchable = Callable[[str, Interval], Sequence[Interval]]
"""(machine, window) -> when it worked and was heard: silence of a signal outside of that is no news of the signal."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a signal now. heard: when it spoke last; score: of the last hour; broken: the rule now broken.

    All None for a signal of the catalogue that was never heard.
    """

    machine: str
    signal: Signal
    heard: int | None = None
    value: float | int | bool | str | None = None
    score: float | None = None
    broken: Rule | None = None
    detail: str = ""


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """What a signal's owner should know about one hour: the rule, how often and since when it did not hold."""

    machine: str
    signal: str
    rule: Rule
    since: int
    until: int
    times: int
    detail: str
    owner: str | None = None

    @property
    def finding(self) -> tuple[str, str, int, int, str, str | None, int]:
        """Equipment, rule with its signal, since, until, detail, owner, times: the fields of a finding, in order."""
        rule = f"{self.rule}:{self.signal}"
        return self.machine, rule, self.since, self.until, self.detail, self.owner, self.times


class _Saved(msgspec.Struct, array_like=True):
    records: list[tuple[str, str, Record]]
    seen: list[Seen]
    told_to: int | None


class LineWatch:
    """The signals of one line. saved: what `dump` returned; what left the plant file since is forgotten."""

    def __init__(self, line: WorkCenter, saved: bytes | None = None) -> None:
        self._signals = {(m.path, s.id): s for m in line.machines for s in m.signals.values()}
        self._fresh = {key: fresh_ms(signal) for key, signal in self._signals.items()}
        self._feeding = {m.path: [s.id for s in m.signals.values() if s.counter is not None] for m in line.machines}
        self._records: dict[tuple[str, str], Record] = {}
        self._seen: dict[tuple[str, str, Rule, int], Seen] = {}
        self._told_to: int | None = None
        self._changed: list[tuple[str, Interval]] = []
        if saved is not None:
            held = msgspec.msgpack.decode(saved, type=_Saved)
            self._records = {(m, s): record for m, s, record in held.records if (m, s) in self._signals}
            self._seen = {_key(seen): seen for seen in held.seen}
            self._told_to = held.told_to

    def hear(self, event: Measured, refused: str | None = None) -> None:
        """Take a reading, in stream order. refused: why a counter's reading cannot be."""
        key = (event.machine, event.signal)
        signal = self._signals.get(key)
        if signal is None:
            return
        record = self._records.get(key)
        before = None if record is None or record.number is None or record.number[0] >= event.t else record.number
        found = breach(signal, event, before)
        if found is None and refused is not None:
            found = Breach("jump", f"{event.value} {signal.unit}")
        if record is None:
            record = self._records[key] = Record(event.t, event.t, event.value)
            self._told_to = event.t if self._told_to is None else self._told_to
        changed = record.hear(event.t, found, self._fresh[key])
        if event.t >= record.t:
            record.value = event.value
            if isinstance(event.value, int | float) and event.status == "good" and event.value == event.value:
                record.number = (event.t, float(event.value))
        if changed is not None:
            self._told_to = min(self._told_to or changed.start, changed.start)
            if signal.counter is not None:
                self._changed.append((event.machine, changed))

    def lapses(self, machine: str, window: Interval, now: int) -> list[Interval]:
        """Return when a counter of the machine broke a rule inside the window (may overlap)."""
        found: list[Interval] = []
        for signal in self._feeding.get(machine, ()):
            record = self._records.get((machine, signal))
            if record is not None:
                inside = record.inside(window, now, self._fresh[machine, signal])
                found += [Interval(lapse.start, lapse.end) for lapse in inside]
        return found

    def take_changed(self) -> list[tuple[str, Interval]]:
        """Return the machines' times whose lapses changed since the last call."""
        changed, self._changed = self._changed, []
        return changed

    def standings(self, now: int) -> list[Standing]:
        """Return every signal of the catalogue as it stands, in the plant file's order."""
        return [self._standing(machine, signal, now) for (machine, _), signal in self._signals.items()]

    def _standing(self, machine: str, signal: Signal, now: int) -> Standing:
        record = self._records.get((machine, signal.id))
        if record is None:
            return Standing(machine, signal)
        fresh = self._fresh[machine, signal.id]
        last = next(reversed(record.inside(Interval(now - 1, now), now, fresh)), None)
        score = record.score(Interval(now - HOUR_MS, now), now, fresh)
        broken, detail = (None, "") if last is None else (last.rule, last.detail)
        return Standing(machine, signal, record.t, record.value, score, broken, detail)

    def review(self, now: int, watchable: Watchable) -> list[Seen]:
        """Return what owners should know that is new or changed since the last call, up to `now`.

        Silence counts where `watchable` says so, every other rule always. What was told and is no longer so (a late
        reading filled it) comes with times 0.
        """
        start = floor_hour(now if self._told_to is None else self._told_to)
        news: list[Seen] = []
        for key, record in self._records.items():
            lapses = record.inside(Interval(start, now), now, self._fresh[key])
            held = [k for k in self._seen if k[:2] == key and k[3] >= start]
            if lapses or held:
                news += self._news(key, list(_by_hour(lapses)), held, watchable)
        self._told_to = now
        return news

    def _news(
        self, key: tuple[str, str], lapses: list[Lapse], held: list[tuple[str, str, Rule, int]], watchable: Watchable
    ) -> Iterator[Seen]:
        found: dict[tuple[str, str, Rule, int], Seen] = {}
        for rule, hour in dict.fromkeys((lapse.rule, floor_hour(lapse.start)) for lapse in lapses):
            inside = [lapse for lapse in lapses if lapse.rule == rule and floor_hour(lapse.start) == hour]
            lasted = sum(_watched(key[0], lapse, watchable) for lapse in inside)
            if lasted >= WORTH_TELLING_MS:
                before = self._seen.get((*key, rule, hour))
                since = inside[0].start if before is None else before.since
                until, owner = max(since, inside[-1].end), self._signals[key].owner
                found[*key, rule, hour] = Seen(*key, rule, since, until, len(inside), inside[0].detail, owner)
        for gone in [k for k in held if k not in found]:
            seen = self._seen.pop(gone)
            yield msgspec.structs.replace(seen, until=seen.since, times=0, detail="no longer so: heard later")
        for place, seen in found.items():
            if self._seen.get(place) != seen:
                self._seen[place] = seen
                yield seen

    def forget(self, now: int, before: int) -> None:
        """Forget lapses: of counters what ended before `before`, of other signals what is older than a day."""
        for key, record in self._records.items():
            record.forget(before if self._signals[key].counter is not None else now - KEPT_MS)
        self._seen = {key: seen for key, seen in self._seen.items() if key[3] >= now - KEPT_MS}

    def dump(self) -> bytes:
        """Return what to go on with after a restart."""
        records = [(machine, signal, record) for (machine, signal), record in self._records.items()]
        return msgspec.msgpack.encode(_Saved(records, list(self._seen.values()), self._told_to))


def _key(seen: Seen) -> tuple[str, str, Rule, int]:
    return seen.machine, seen.signal, seen.rule, floor_hour(seen.since)


def _by_hour(lapses: Sequence[Lapse]) -> Iterator[Lapse]:
    for lapse in lapses:
        start = lapse.start
        while start < lapse.end:
            end = min(lapse.end, floor_hour(start) + HOUR_MS)
            yield clip(lapse, Interval(start, end))
            start = end


def _watched(machine: str, lapse: Lapse, watchable: Watchable) -> int:
    whole = Interval(lapse.start, lapse.end)
    if lapse.rule != "freshness":
        return whole.length
    return sum(part.clip(whole).length for part in watchable(machine, whole))
