"""How often somebody may try: sign-ins per account and per address, requests per token. Counted across all workers."""

from dataclasses import dataclass
from typing import Protocol

from app.auth.guard import Refused

WINDOW_MS = 15 * 60_000
PER_ACCOUNT = 8
PER_ADDRESS = 40


class TooMany(Refused):
    """Too many tries; `wait_s` says when to try again."""

    kind = "unavailable"

    def __init__(self, left_ms: int) -> None:
        self.wait_s = max(1, -(-left_ms // 1000))
        super().__init__(f"too many attempts: try again in {self.wait_s} s")


class Counter(Protocol):
    """A counter shared by all workers (app.streams.counters)."""

    def add(self, name: str, window_ms: int, amount: int = 1) -> int:
        """Add and return the sum in the window that began with its first use."""

    def read(self, name: str) -> int:
        """Return the sum in the window."""

    def left_ms(self, name: str) -> int:
        """Return how long its window still lasts; 0 when none began."""

    def forget(self, name: str) -> None:
        """Start again at nothing."""


@dataclass(frozen=True, slots=True)
class SignInThrottle:
    """Refuses sign-ins after too many wrong ones: per account (guessing one) and per address (guessing many)."""

    counter: Counter
    per_account: int = PER_ACCOUNT
    per_address: int = PER_ADDRESS
    window_ms: int = WINDOW_MS

    def check(self, name: str, address: str) -> None:
        """Raise TooMany when this account or address has failed too often lately."""
        limits = {_account(name): self.per_account, _address(address): self.per_address}
        full = [counter for counter, limit in limits.items() if self.counter.read(counter) >= limit]
        if full:
            raise TooMany(max(map(self.counter.left_ms, full)))

    def failed(self, name: str, address: str) -> bool:
        """Count a wrong password; return whether it was the last one: from now on the door is locked for a while."""
        tried = self.counter.add(_account(name), self.window_ms), self.counter.add(_address(address), self.window_ms)
        return tried[0] == self.per_account or tried[1] == self.per_address

    def succeeded(self, name: str) -> None:
        """Forget the account's wrong ones; the address keeps its own."""
        self.counter.forget(_account(name))


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `limit` units per `window_ms` and name."""

    counter: Counter
    limit: int
    window_ms: int

    def take(self, name: str, amount: int) -> None:
        """Count `amount` units; raise TooMany when the window is full."""
        if self.counter.add(f"rate:{name}", self.window_ms, amount) > self.limit:
            raise TooMany(self.counter.left_ms(f"rate:{name}"))


def _account(name: str) -> str:
    return f"signin:account:{name.casefold()[:64]}"


def _address(address: str) -> str:
    return f"signin:address:{address}"
