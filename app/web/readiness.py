"""Is this plant's picture alive? Redis, the engine's lag, history's lag, the freshest event, each with its reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.historian.away import DatabaseAway
from app.historian.database import Database
from app.historian.mail import Outbox
from app.historian.messages import Messages
from app.historian.process import committed
from app.streams.connection import Client, ServerAway, check
from app.streams.health import Health, ProcessHealth
from app.streams.log import LineLog, entry_ms

LONGEST_SILENCE_MS = 15_000
LONGEST_LAG_MS = 30_000


@dataclass(frozen=True, slots=True)
class Readiness:
    """Asks every part once per call. now: UTC ms."""

    client: Client
    database: Database
    lines: Sequence[str]
    now: Callable[[], int]

    def __call__(self) -> Mapping[str, object]:
        """Return the parts' figures in ms and `problems`: what is wrong, in words; empty when ready."""
        try:
            check(self.client)
            engine, freshest = self._engine()
            history, wrong = self._history()
        except ServerAway as error:
            return {"redis": "away", "problems": [str(error)]}
        problems = [*engine_problems(engine, len(self.lines), self.now()), *wrong]
        lag = max((health.figures.get("lag_ms", 0.0) for health in engine), default=None)
        return {
            "redis": "ok",
            "engine_lag_ms": lag,
            "historian_lag_ms": history,
            "freshest_event": freshest,
            "letters": self._letters(),
            "messages": self._messages(),
            "decider": self._decider(),
            "problems": problems,
        }

    def _engine(self) -> tuple[list[ProcessHealth], float | None]:
        said = Health(self.client).read("engine", self.now())
        alive = [health for health in said if self.now() - health.at <= LONGEST_SILENCE_MS]
        return alive, max((h.figures["freshest_ms"] for h in alive if h.figures.get("freshest_ms")), default=None)

    def _history(self) -> tuple[int | None, list[str]]:
        """Return how far history is behind (None: cannot be known), and what is wrong with it."""
        said = Health(self.client).read("historian", self.now())
        alive = [health for health in said if self.now() - health.at <= LONGEST_SILENCE_MS]
        wrong = [f"history waits: {health.problem}" for health in alive if health.problem]
        if not alive:
            wrong.append(f"no historian has said anything for {LONGEST_SILENCE_MS // 1000} s")
        try:
            lag = self._history_lag_ms()
        except DatabaseAway as error:
            return None, [*wrong, str(error)]
        if lag > LONGEST_LAG_MS:
            wrong.append(f"history is {lag} ms behind the engine")
        return lag, wrong

    def _decider(self) -> str:
        """Return how the decision loop is, in words; pages live without it, alerts and messages do not."""
        said = Health(self.client).read("decider", self.now())
        alive = [health for health in said if self.now() - health.at <= LONGEST_SILENCE_MS]
        if not alive:
            return f"silent for {LONGEST_SILENCE_MS // 1000} s: no alerts, no messages, no plans"
        return "; ".join(health.problem for health in alive if health.problem) or "ok"

    def _messages(self) -> Mapping[str, int]:
        """Return what goes out to people and systems by state; the page of messages says what nobody could deliver."""
        try:
            return Messages(self.database).counts()
        except DatabaseAway:
            return {}

    def _letters(self) -> Mapping[str, int]:
        """Return the letters by state; mail that waits takes nothing from who looks at pages, so it is no problem."""
        try:
            return Outbox(self.database).counted()
        except DatabaseAway:
            return {}

    def _history_lag_ms(self) -> int:
        """Return how much older what history has taken is than what the engine told, for the worst line."""
        taken = committed(self.database)
        log = LineLog(self.client)
        worst = 0
        for line in self.lines:
            told = log.facts_info(line).last
            position = taken.get(line, (b"0-0", 0))[0]
            if entry_ms(told) > entry_ms(position):
                worst = max(
                    worst, self.now() - entry_ms(told) if position == b"0-0" else entry_ms(told) - entry_ms(position)
                )
        return max(0, worst)


def engine_problems(alive: Sequence[ProcessHealth], lines: int, now: int) -> list[str]:
    """Return what is wrong with the engines that spoke lately."""
    if not alive:
        return [f"no engine has said anything for {LONGEST_SILENCE_MS // 1000} s"]
    found = []
    owned = {line for health in alive for line in health.lines}
    if len(owned) < lines:
        found.append(f"{lines - len(owned)} of {lines} lines have no engine")
    lag = max(health.figures.get("lag_ms", 0.0) for health in alive)
    if lag > LONGEST_LAG_MS:
        found.append(f"the engine is {lag:.0f} ms behind the events")
    return found
