"""PracticeBoard: what may be practised on a line, the scene that runs, and this person's own results."""

from dataclasses import dataclass

from app.domain.decisions.practice import Feedback, Given, Scene


@dataclass(frozen=True, slots=True)
class PracticeRun:
    """One practice of a person. started_at, ended_at: UTC ms; None: it runs. feedback None: not yet."""

    who: str
    started_at: int
    scene: Scene
    speed: int
    given: tuple[Given, ...] = ()
    ended_at: int | None = None
    feedback: Feedback | None = None

    def scene_ms(self, now: int) -> int:
        """Return the scene's time at `now` (UTC ms), ms from its start, never past its end."""
        end = now if self.ended_at is None else self.ended_at
        return max(0, min(self.scene.length, (end - self.started_at) * self.speed))


@dataclass(frozen=True, slots=True)
class PracticeBoard:
    """The page. scenes: what may be practised; run: the one that runs or has just ended; earlier: this person's own.

    at: UTC ms; scene_ms: how far the running scene is. likely: reasons to choose from first, id -> name.
    """

    line: str
    name: str
    zone: str
    at: int
    scenes: tuple[Scene, ...]
    run: PracticeRun | None
    scene_ms: int
    earlier: tuple[PracticeRun, ...]
