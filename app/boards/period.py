"""The time a page looks at, and how its address says it."""

from dataclasses import dataclass

from app.domain.interval import DAY_MS, Interval


@dataclass(frozen=True, slots=True)
class Period:
    """window: UTC ms. since, until: the local days asked for, both inclusive; None: so many days up to now."""

    window: Interval
    since: str | None = None
    until: str | None = None

    def said(self) -> dict[str, str]:
        """Return it as an address says it: in days up to now, so that the link means the same tomorrow, or in dates."""
        if self.since is not None and self.until is not None:
            return {"since": self.since, "until": self.until}
        return {"days": str(round(self.window.length / DAY_MS))}
