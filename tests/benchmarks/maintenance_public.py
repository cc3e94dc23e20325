"""The detectors of wear on public data beside this checkout: engines run to failure, and alarms on single values."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from app.domain.decisions.approach import NOMINAL, Approach, Look, score, spread, stage_of, with_interval
from app.domain.decisions.wear import Climb, Normal, Reading, climb, normal
from app.domain.interval import MINUTE_MS

DATA = Path(__file__).parents[3] / "shared" / "data"
LOOK_CYCLES, WINDOW = 15, 90
Rows = Sequence[Sequence[float]]


def turbofans() -> str | None:
    """Return how far the remaining time is right on engines run to failure (NASA C-MAPSS FD001), a cycle as a minute.

    The first half of the engines to learn from says what is normal and where they fail, the second half how far what is
    said is off.
    """
    folder = DATA / "cmapss_fd001"
    if not folder.exists():
        return None
    train = list(_engines(folder / "train_FD001.txt").values())
    test = _engines(folder / "test_FD001.txt")
    truth = [int(row) for row in (folder / "RUL_FD001.txt").read_text().split()]
    learnt, kept = train[: len(train) // 2], train[len(train) // 2 :]
    sensors = range(len(train[0][0]))
    usual = {s: normal([row[s] for rows in learnt for row in rows[:50]]) for s in sensors}
    ends = {s: median(median(row[s] for row in rows[-5:]) for rows in learnt) for s in sensors}
    ways = [way for way in (_way(rows, usual, ends) for rows in kept) if way.looks]
    errors, naive, widths, inside = [], [], [], 0
    middle = median(len(rows) for rows in train)
    for rows, left in zip(test.values(), truth, strict=True):
        found = _furthest(rows, usual, ends)
        if found is None:
            continue
        said = with_interval(found, spread(ways, "", stage_of(found, is_known=True), by_failures=True))
        errors.append(abs(said.mid / MINUTE_MS - left))
        naive.append(abs(max(0.0, middle - len(rows)) - left))
        if said.low is not None and said.high is not None:
            inside += said.low <= left * MINUTE_MS <= said.high
            widths.append((said.high - said.low) / MINUTE_MS)
    held = f"{inside / len(widths):.2f}, median width {median(widths):.0f} cycles" if widths else "not known"
    return (
        f"C-MAPSS FD001, {len(test)} engines: says a remaining time for {len(errors)}\n"
        f"  median error {median(errors):.0f} cycles (the fleet's median life less the age: {median(naive):.0f});"
        f" {len(ways)} ways to learn from, inside the interval of {NOMINAL:.2f}: {held}"
    )


def _engines(path: Path) -> dict[int, list[list[float]]]:
    found: dict[int, list[list[float]]] = defaultdict(list)
    for row in path.read_text().splitlines():
        cells = [float(cell) for cell in row.split()]
        if cells:
            found[int(cells[0])].append(cells[5:])
    return found


def _way(rows: Rows, usual: Mapping[int, Normal | None], ends: Mapping[int, float]) -> Approach:
    cuts = range(len(rows) % LOOK_CYCLES + LOOK_CYCLES, len(rows), LOOK_CYCLES)
    said = [(_furthest(rows[:cut], usual, ends), (len(rows) - cut) * MINUTE_MS) for cut in cuts]
    return Approach(
        "", True, tuple(Look(stage_of(c, is_known=True), score(c, left)) for c, left in said if c is not None)
    )


def _furthest(rows: Rows, usual: Mapping[int, Normal | None], ends: Mapping[int, float]) -> Climb | None:
    """Return what the sensor in the middle of those that climb says."""
    said: list[Climb] = []
    for sensor, known in usual.items():
        if known is None or abs(known.sigmas(ends[sensor])) < 3:
            continue
        readings = [Reading(i * MINUTE_MS, row[sensor], i * MINUTE_MS) for i, row in enumerate(rows)]
        found = climb(readings[-WINDOW:], known, ends[sensor], is_known=True)
        said += [] if found is None else [found]
    said.sort(key=lambda c: c.mid)
    return said[len(said) // 2] if said else None


def milling() -> str | None:
    """Return what alarms on single values are worth on AI4I 2020: normal from all rows, an alarm beyond k sigmas."""
    file = DATA / "ai4i2020" / "ai4i2020.csv"
    if not file.exists():
        return None
    with file.open(newline="", encoding="utf-8-sig") as text:
        rows = list(csv.DictReader(text))
    names = [n for n in rows[0] if "[" in n]
    usual = {n: normal([float(row[n]) for row in rows]) for n in names}
    failed = [row["Machine failure"] == "1" for row in rows]
    lines = []
    for k in (2.5, 3.0, 4.0):
        alarms = [any(abs(u.sigmas(float(row[n]))) >= k for n, u in usual.items() if u) for row in rows]
        hits = sum(a and f for a, f in zip(alarms, failed, strict=True))
        lines.append(f"beyond {k} sigmas: precision {hits / max(1, sum(alarms)):.2f}, recall {hits / sum(failed):.2f}")
    base = sum(failed) / len(failed)
    return f"AI4I 2020, {len(rows)} rows, {base:.3f} of them failures\n  " + "\n  ".join(lines)
