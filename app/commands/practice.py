"""Practice on a copy of a line: begun, answered, ended; nothing of it goes onto the stream or into any account."""

from dataclasses import dataclass
from typing import cast, get_args

from app.auth.guard import Conflict, Invalid, NotFound
from app.boards.practice import PracticeBoard, PracticeRun
from app.commands.ground import Ground
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.decisions.practice import LEAD_MS, LONGEST_MS, SPEEDS, WORTH_MS, Given, Scene, recorded, simulated
from app.domain.events.contract import AndonCall
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import WorkCenter
from app.domain.roles import Identity, Permission
from app.historian.database import asking_database
from app.historian.episodes import calls_of, stops_of
from app.historian.practice_runs import PracticeRuns

DAYS_BACK = 14
MOST_RECORDED = 8


@dataclass(frozen=True, slots=True)
class PracticeDesk:
    """Looks and acts for a person: they see their own runs and nobody else's. Every call may raise DatabaseAway."""

    ground: Ground

    def board(self, who: Identity, name: str) -> PracticeBoard:
        """Return the page of a line; a scene that has run out is ended. Raises Forbidden, NotFound."""
        line, now = self.ground.say.line(who, Permission.SEE_HISTORY, name), self.ground.now()
        runs = self._runs.of(who.name, line.path)
        last = runs[0] if runs else None
        if last is not None and last.ended_at is None and last.scene_ms(now) >= last.scene.length:
            self._runs.end(who.name, last.started_at, last.started_at + last.scene.length // last.speed)
            runs = self._runs.of(who.name, line.path)
            last = runs[0]
        run = last if last is not None and last.ended_at is None else None
        scenes = () if run is not None else tuple(self._scenes(line))
        at = 0 if run is None else run.scene_ms(now)
        return PracticeBoard(line.path, line.name, line.zone, now, scenes, run, at, tuple(runs))

    def begin(self, who: Identity, name: str, key: str, speed: str) -> None:
        """Begin a scene at a speed. Raises Forbidden, NotFound, Invalid."""
        line = self.ground.say.line(who, Permission.SEE_HISTORY, name)
        if speed not in map(str, SPEEDS):
            raise Invalid("refused.practice_speed")
        scene = next((one for one in self._scenes(line) if one.key == key), None)
        if scene is None:
            raise NotFound("refused.no_such_scene")
        now = self.ground.now()
        self.ground.trail.write(now, who.name, "practice.begin", line.path, f"{scene.key} {speed}")
        self._runs.begin(PracticeRun(who.name, now, scene, int(speed)))

    def classify(self, who: Identity, name: str, stop: str, reason: str) -> None:
        """Give a stop of the running scene its reason. Raises Forbidden, NotFound, Invalid, Conflict."""
        run, at = self._running(who, name)
        found = self.ground.plant().reasons.get(reason)
        if found is None or not found.is_leaf:
            raise Invalid("refused.reason", reason=reason[:80])
        index = int(stop) if stop.isdecimal() and len(stop) < 4 else -1
        if not 0 <= index < len(run.scene.stops) or run.scene.stops[index].start > at:
            raise NotFound("refused.no_such_scene")
        self._give(who, run, Given(at, index, reason))

    def call(self, who: Identity, name: str, call: str) -> None:
        """Call for help in the running scene; nobody hears it. Raises Forbidden, NotFound, Invalid, Conflict."""
        run, at = self._running(who, name)
        if call not in get_args(AndonCall):
            raise Invalid("refused.call", call=call[:80], known=", ".join(get_args(AndonCall)))
        self._give(who, run, Given(at, None, call))

    def end(self, who: Identity, name: str) -> None:
        """End the running scene. Raises Forbidden, NotFound, Conflict."""
        run, _ = self._running(who, name)
        now = self.ground.now()
        self.ground.trail.write(now, who.name, "practice.end", run.scene.line, run.scene.key)
        self._runs.end(who.name, run.started_at, now)

    @property
    def _runs(self) -> PracticeRuns:
        return PracticeRuns(self.ground.database)

    def _running(self, who: Identity, name: str) -> tuple[PracticeRun, int]:
        board = self.board(who, name)
        if board.run is None:
            raise Conflict("refused.practice_over")
        return board.run, board.scene_ms

    def _give(self, who: Identity, run: PracticeRun, given: Given) -> None:
        if not self._runs.give(who.name, run.started_at, given):
            raise Conflict("refused.practice_over")

    def _scenes(self, line: WorkCenter) -> list[Scene]:
        """Return recent real stops worth practising, newest first, then the made-up ones."""
        plant, now = self.ground.plant(), self.ground.now()
        window = Interval(now - DAYS_BACK * DAY_MS, now)
        with asking_database():
            buckets = [int(Bucket.UNPLANNED_STOP)]
            stops = stops_of(self.ground.database, [line.constraint], window, buckets)
        worth = [stop for stop in stops if stop.end is not None and stop.end - stop.start >= WORTH_MS]
        known = [stop for stop in reversed(worth) if stop.reason is not None][:MOST_RECORDED]
        scenes = [recorded(line, plant.reasons, stop, stops, self._called(line, stop)) for stop in known]
        return [*scenes, *simulated(line, plant.reasons)]

    def _called(self, line: WorkCenter, stop: Episode) -> AndonCall | None:
        """Return the first help that was really called in the scene's time."""
        start = stop.start - LEAD_MS
        with asking_database():
            found = calls_of(self.ground.database, [line.path], Interval(start, start + LONGEST_MS))
        return cast(AndonCall, found[0].call) if found else None
