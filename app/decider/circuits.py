"""The CP-SAT model of some lines and some of their orders: who makes what, in which circuit, how late."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.domain.decisions.schedule import Demand, Floor
from app.domain.interval import MINUTE_MS

Take = Callable[[Mapping[str, tuple[str, ...]]], bool]


class Freed(NamedTuple):
    """The orders of a line that may go elsewhere: [first, last) of its sequence."""

    line: str
    first: int
    last: int


class Answer(NamedTuple):
    """What was found. sequences: of the lines looked at, None: nothing in time; bound: minutes, no plan costs less."""

    sequences: dict[str, tuple[str, ...]] | None
    bound: float


@dataclass(slots=True)
class SequenceModel:
    """One model. Times are the lines' working minutes; durations are rounded down, due times up: its bound is true."""

    floor: Floor
    sequences: Mapping[str, tuple[str, ...]]
    freed: Sequence[Freed]

    @property
    def orders(self) -> list[str]:
        """The orders that may move."""
        return [order for part in self.freed for order in self.sequences.get(part.line, ())[part.first : part.last]]

    @property
    def arcs(self) -> int:
        """How many arcs the circuits have: a measure of the model's size."""
        able = {order: set(self.floor.able(order)) for order in self.orders}
        return sum((1 + sum(part.line in lines for lines in able.values())) ** 2 for part in self.freed)

    def solve(self, seconds: float, seed: int, workers: int, take: Take | None) -> Answer:
        """Return the best sequences in time. take: is told each better one on the way."""
        from ortools.sat.python import cp_model  # only who plans pays for it

        built = _Built(self, cp_model)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.random_seed = seed
        solver.parameters.num_workers = workers
        watch = None if take is None else _watching(cp_model, built, take)
        status = solver.solve(built.model, watch)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Answer(None, 0.0)
        return Answer(built.read(solver.boolean_value), max(0.0, solver.best_objective_bound))


class _Built:
    """The model's variables, and the way back from them to sequences."""

    def __init__(self, asked: SequenceModel, cp_model: Any) -> None:
        self.asked, self.model = asked, cp_model.CpModel()
        self.orders = asked.orders
        lines = [part.line for part in asked.freed]
        self.longest = max(asked.floor.time(line).total // MINUTE_MS for line in lines) + 1
        self.start = {o: self.model.new_int_var(0, self.longest, "") for o in self.orders}
        self.late = {o: self.model.new_int_var(0, 3 * self.longest, "") for o in self.orders}
        self.arcs: dict[str, list[tuple[int, int, Any]]] = {}
        self.on: dict[str, list[Any]] = {order: [] for order in self.orders}
        self.cost: list[Any] = [asked.floor.demands[o].priority * self.late[o] for o in self.orders]
        for part in asked.freed:
            self._line(part)
        for order in self.orders:
            self.model.add_exactly_one(self.on[order])
        self.model.minimize(sum(self.cost))

    def _line(self, part: Freed) -> None:
        floor, own = self.asked.floor, self.asked.sequences.get(part.line, ())
        line, time = floor.lines[part.line], floor.time(part.line)
        before = floor.after(part.line, own[: part.first])
        able = [(n, o) for n, o in enumerate(self.orders, 1) if part.line in floor.able(o)]
        now = list(own[part.first : part.last])
        self._hint_times(part.line, now)
        arcs: list[tuple[int, int, Any]] = []
        for n, order in able:
            wanted = floor.demands[order]
            here = self._here(n, order, arcs, is_now=order in now)
            due = -(-time.done_by(wanted.due) // MINUTE_MS)
            work = line.work_ms(wanted.product, wanted.quantity) // MINUTE_MS
            self.model.add(self.late[order] >= self.start[order] + work - due).only_enforce_if(here)
            setup = line.setup_ms(before.product, wanted.product) // MINUTE_MS
            self._arc((0, n, setup), arcs, is_now=now[:1] == [order])
            begin = before.work // MINUTE_MS + setup
            self.model.add(self.start[order] >= begin).only_enforce_if(arcs[-1][2])
            if wanted.earliest is not None:
                earliest = time.done_by(wanted.earliest) // MINUTE_MS
                self.model.add(self.start[order] >= earliest).only_enforce_if(here)
            self._arc((n, 0, 0), arcs, is_now=now[-1:] == [order])
            self._follow(part.line, (n, wanted, work), able, arcs, now)
        self._arc((0, 0, 0), arcs, is_now=not now)
        for n, _ in able:  # orders of less than a minute could turn in a circuit of their own, past the line's start
            self.model.add_implication(arcs[-1][2], next(off for i, j, off in arcs if i == j == n))
        self.arcs[part.line] = arcs
        self.model.add_circuit(arcs)

    def _hint_times(self, path: str, now: list[str]) -> None:
        """Say when each order would begin as things are: with it the hint is a whole solution."""
        floor, own = self.asked.floor, self.asked.sequences.get(path, ())
        line, time = floor.lines[path], floor.time(path)
        before = floor.after(path, own[: own.index(now[0])]) if now else None
        at, product = (before.work // MINUTE_MS, before.product) if before is not None else (0, None)
        for order in now:
            wanted = floor.demands[order]
            at += line.setup_ms(product, wanted.product) // MINUTE_MS
            if wanted.earliest is not None:
                at = max(at, time.done_by(wanted.earliest) // MINUTE_MS)
            self.model.add_hint(self.start[order], min(at, self.longest))
            at, product = at + line.work_ms(wanted.product, wanted.quantity) // MINUTE_MS, wanted.product
            self.model.add_hint(self.late[order], max(0, at + time.done_by(wanted.due) // -MINUTE_MS))

    def _here(self, n: int, order: str, arcs: list[tuple[int, int, Any]], *, is_now: bool) -> Any:
        here = self.model.new_bool_var("")
        self.model.add_hint(here, is_now)
        self.on[order].append(here)
        arcs.append((n, n, ~here))
        return here

    def _follow(
        self,
        path: str,
        first: tuple[int, Demand, int],
        able: list[tuple[int, str]],
        arcs: list[tuple[int, int, Any]],
        now: list[str],
    ) -> None:
        (n, wanted, work), line = first, self.asked.floor.lines[path]
        for m, other in able:
            if m == n:
                continue
            setup = line.setup_ms(wanted.product, self.asked.floor.demands[other].product) // MINUTE_MS
            behind = wanted.order in now and now[now.index(wanted.order) + 1 :][:1] == [other]
            self._arc((n, m, setup), arcs, is_now=behind)
            follows = self.model.add(self.start[other] >= self.start[wanted.order] + work + setup)
            follows.only_enforce_if(arcs[-1][2])

    def _arc(self, arc: tuple[int, int, int], arcs: list[tuple[int, int, Any]], *, is_now: bool) -> None:
        taken = self.model.new_bool_var("")
        self.model.add_hint(taken, is_now)
        arcs.append((arc[0], arc[1], taken))
        if arc[2]:
            self.cost.append(arc[2] * taken)

    def read(self, is_true: Callable[[Any], bool]) -> dict[str, tuple[str, ...]]:
        """Return the sequences of a solution, with the orders that stayed where they were."""
        found = {}
        for part in self.asked.freed:
            follows = {i: j for i, j, taken in self.arcs[part.line] if i != j and is_true(taken)}
            chain, at = [], follows.get(0, 0)
            while at:
                chain.append(self.orders[at - 1])
                at = follows[at]
            own = self.asked.sequences.get(part.line, ())
            found[part.line] = (*own[: part.first], *chain, *own[part.last :])
        return found


def _watching(cp_model: Any, built: _Built, take: Take) -> Any:
    class Watch(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        """Hands each better solution on."""

        def on_solution_callback(self) -> None:
            """Read the solution; OR-Tools calls it."""
            take(built.read(self.boolean_value))

    return Watch()
