"""A line: machines with buffers between them, one order after another, and what it reports at which pace."""

from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import simpy

from app.domain.interval import HOUR_MS
from app.domain.plant.equipment import Plant, WorkCenter
from simulators.body import Place
from simulators.clock import WorkClock
from simulators.flow import Buffer
from simulators.inspectors import Inspectors
from simulators.machine import Machine
from simulators.mouth import Mouth
from simulators.orders import Job, Order, cycle_ms, makeable, next_order, setup_ms
from simulators.people import People
from simulators.traits import BadSimulation, Chronic, line_options, section, traits
from simulators.truth import Book, DrainTruth, OrderTruth
from simulators.vocabulary import vocabulary

LOOK_MS = 20_000
OFF_SHIFT_ALIVE_MS = HOUR_MS // 2


@dataclass(slots=True)
class Pace:
    """How often a line speaks while it works, ms: counts, process values, signs of life. May change while it runs."""

    count_ms: int = 5_000
    value_ms: int = 10_000
    alive_ms: int = 15_000

    def change_to(self, other: "Pace") -> None:
        """Take over another pace."""
        self.count_ms, self.value_ms, self.alive_ms = other.count_ms, other.value_ms, other.alive_ms


@dataclass(frozen=True, slots=True)
class Cell:
    """Machines that share a job: a whole serial line, or one machine of a parallel one. about: what its orders name."""

    about: str
    machines: list[Machine] = field(default_factory=list)


class Line:
    """One simulated line in its own simulated time: other lines do not change what happens here."""

    def __init__(self, plant: Plant, line: WorkCenter, seed: int, mouth: Mouth, book: Book, pace: Pace) -> None:
        self.path, self.mouth, self.pace = line.path, mouth, pace
        self._plant, self._line, self._book = plant, line, book
        self._chance = Random(f"{seed}/{line.path}")  # noqa: S311  a simulation wants reproducible chance
        self._options = line_options(plant, line)
        self._products = self._choice()
        self.env = simpy.Environment(initial_time=0)

    def start(self, t: int, chronic: Chronic | None) -> None:
        """Bring the line to life at `t`, mid-way: buffers half full, machines worn, an order begun."""
        self.env = simpy.Environment(initial_time=t)
        clock = WorkClock(self._line.calendar)
        self._place = Place(self.env, self._plant, self._line, clock, self.mouth, self._book)
        people = People(self._place, self._spawn("people"))
        serial = self._line.topology == "serial"
        abouts = [self._line.path] if serial else [m.path for m in self._line.machines]
        self._jobs = {a: Job(self._order(t)) for a in abouts}
        self._cells = {a: Cell(a) for a in abouts}
        self.mouth.begin(t)
        for about, job in self._jobs.items():
            self.mouth.order(t, about, "start", job.order)
        for unit in self._line.machines:
            about = self._line.path if serial else unit.path
            machine = self._machine(unit.path, self._jobs[about], people)
            machine.chronic = chronic if chronic and unit.path.endswith("/" + chronic.machine) else None
            self._cells[about].machines.append(machine)
        self.buffers = self._connect(self._cells[self._line.path].machines) if serial else []
        for machine in self.machines():
            if machine.unit.path == self._line.counts_at or not serial:
                Inspectors(self._place, machine, self._spawn(f"{machine.unit.path}/inspectors"))
        self.env.process(self._look())
        self.env.process(self._report())

    def machines(self) -> list[Machine]:
        """Every machine, in flow order."""
        return [m for cell in self._cells.values() for m in cell.machines]

    def advance(self, until: int) -> None:
        """Let it live up to `until` (excluded), UTC ms."""
        if until > self.env.now:
            self.env.run(until=until)

    def finish(self) -> None:
        """Close the truth now: last counts, last states, orders that still run; the orders end here."""
        now = int(self.env.now)
        for machine in self.machines():
            machine.cut()
            machine.close_state()
        for about in self._jobs:
            self._end_order(about, now)

    def default_chronic(self) -> Chronic | None:
        """Return a chronic illness that would fit this line: its labeller after changes to one product."""
        for unit in self._line.machines:
            if "label" in unit.id and len(self._products) > 1 and self._line.topology == "serial":
                words = vocabulary(self._plant, unit, {}, self._spawn(f"{unit.path}/words"))
                return Chronic(unit.id, self._products[1], next(iter(words.jams.reasons), None))
        return None

    def chronic(self) -> Chronic | None:
        """Return the illness the plant file gives this line, or None. Raises BadSimulation."""
        where = f"simulation.lines.{self._line.id}.chronic"
        block = section(self._options, "chronic", f"simulation.lines.{self._line.id}")
        if not block:
            return None
        machine, product, reason = (block.get(k) for k in ("machine", "product", "reason"))
        if machine not in {m.id for m in self._line.machines}:
            raise BadSimulation(f"{where}.machine: must be a machine of the line, is {machine!r}")
        if product not in self._products:
            raise BadSimulation(f"{where}.product: must be one of {', '.join(self._products)}, is {product!r}")
        if reason is not None and self._plant.reasons.get(str(reason)) is None:
            raise BadSimulation(f"{where}.reason: must be in the reason tree, is {reason!r}")
        return Chronic(str(machine), str(product), None if reason is None else str(reason))

    def _choice(self) -> tuple[str, ...]:
        wanted = self._options.get("products")
        if wanted is None:
            return makeable(self._plant, self._line)
        where = f"simulation.lines.{self._line.id}.products"
        if not isinstance(wanted, list) or not wanted or not set(wanted) <= set(self._plant.products):
            known = ", ".join(self._plant.products)
            raise BadSimulation(f"{where}: must be a list of products ({known}), is {wanted!r}")
        return tuple(wanted)

    def _spawn(self, name: str) -> Random:
        """Return chance of its own for `name`: what one part draws does not change another's."""
        return Random(f"{self._chance.getstate()[1][0]}/{name}")  # noqa: S311  reproducible, see above

    def _machine(self, path: str, job: Job, people: People) -> Machine:
        unit = self._line.machine(path)
        kind = traits(self._plant, self._line, unit)
        words = vocabulary(self._plant, unit, kind.reasons, self._spawn(f"{path}/words"))
        return Machine(self._place, unit, kind, words, self._spawn(path), job, people)

    def _connect(self, machines: list[Machine]) -> list[Buffer]:
        job = self._jobs[self._line.path]
        cycle = cycle_ms(self._plant, self._line.constraint, self._line, job.order.product, int(self.env.now))
        buffers = []
        for maker, taker in pairwise(machines):
            room = max(20.0, maker.traits.buffer / cycle)
            buffer = Buffer(room, room / 2)
            buffer.settle_maker, buffer.settle_taker = maker.settle, taker.settle
            maker.outbox = taker.inbox = buffer
            maker.after, taker.before = taker, maker
            buffers.append(buffer)
        return buffers

    def _order(self, t: int) -> Order:
        return next_order(self._plant, self._line, self._products, t, self._chance)

    def _end_order(self, about: str, t: int) -> None:
        order = self._jobs[about].order
        self.mouth.order(t, about, "end", order)
        self._book.add(
            OrderTruth(
                machine=about, order=order.id, product=order.product, quantity=order.quantity,
                from_=order.start, to=t, due=order.due,
            )
        )  # fmt: skip

    def _look(self) -> Generator[simpy.Event, None, None]:
        """Every few seconds: is an order complete? Then change over."""
        while True:
            yield self.env.timeout(LOOK_MS)
            now = int(self.env.now)
            if self._place.clock.is_open(now):
                for about, job in self._jobs.items():
                    if self._complete(about, job):
                        self._change_over(about, job, now)

    def _complete(self, about: str, job: Job) -> bool:
        last = {self._line.counts_at, about}
        waiting = sum(m.uncounted() for m in self._cells[about].machines if m.unit.path in last)
        return job.made + waiting >= job.order.quantity

    def _change_over(self, about: str, job: Job, now: int) -> None:
        """End the order, start the next; another product means emptied buffers and set-up of every machine."""
        machines = self._cells[about].machines
        for machine in machines:
            machine.cut()
        self._end_order(about, now)
        old, job.order, job.made = job.order.product, self._order(now), 0
        self.mouth.order(now, about, "start", job.order)
        if job.order.product == old:
            return
        for maker in machines[:-1]:
            if maker.outbox is not None:
                self._book.add(DrainTruth(machine=maker.unit.path, t=now, units=maker.outbox.drain()))
        for machine in machines:
            share = 1.0 if machine.unit.path == self._line.constraint else self._chance.uniform(0.6, 1.0)
            machine.setup_ms = int(setup_ms(self._line, old, job.order.product, self._chance) * share)
        for machine in machines:
            machine.ring()

    def _report(self) -> Generator[simpy.Event, None, None]:
        """Speak at the line's pace while it works; a rare sign of life while it does not."""
        value_at = alive_at = 0
        while True:
            now = int(self.env.now)
            in_shift = self._place.clock.shift(now) is not None
            for machine in self.machines():
                if machine.word == "run":
                    machine.count()
            if in_shift and now >= value_at:
                value_at = now + self.pace.value_ms
                for machine in self.machines():
                    machine.measure()
            if now >= alive_at:
                alive_at = now + (self.pace.alive_ms if in_shift else OFF_SHIFT_ALIVE_MS)
                self.mouth.alive(now)
            to_edge = self._place.clock.next_edge(now) - now
            yield self.env.timeout(self.pace.count_ms if in_shift else min(OFF_SHIFT_ALIVE_MS, to_edge))
