"""What every connector does: says whether its system is there, and hands one parcel over."""

from dataclasses import dataclass
from typing import Protocol

from app.boards.messages import Parcel

LONGEST_ANSWER = 300


class NotDelivered(RuntimeError):
    """It was not taken. is_final: trying again is no use; is_unsure: it may have arrived all the same.

    is_away: the system, not what was sent, is the trouble. after_ms: it asked not to be tried again for so long.
    """

    def __init__(
        self,
        answer: str,
        *,
        is_final: bool = False,
        is_unsure: bool = False,
        is_away: bool = False,
        after_ms: int | None = None,
    ) -> None:
        super().__init__(answer)
        self.is_final, self.is_unsure, self.is_away, self.after_ms = is_final, is_unsure, is_away, after_ms


@dataclass(frozen=True, slots=True)
class Receipt:
    """It was taken. answer: what the system said; reference: its own id for what it made of it, where it gives one."""

    answer: str
    reference: str | None = None


class Connector(Protocol):
    """The way to one target."""

    def check(self) -> None:
        """Return when the system can be reached. Sends nothing. Raises NotDelivered."""

    def send(self, parcel: Parcel, now: int) -> Receipt:
        """Hand it over; the same parcel has the same id with every try. now: UTC ms. Raises NotDelivered."""


def why_not(error: Exception) -> str:
    """Return in words why there is no connection; what TLS says of it is no words.

    >>> why_not(OSError("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"))
    'it speaks no TLS at this port'
    """
    said = str(error)
    if "WRONG_VERSION_NUMBER" in said or "RECORD_LAYER_FAILURE" in said:
        return "it speaks no TLS at this port"
    _, found, reason = said.partition("certificate verify failed: ")
    return f"its certificate is not believed: {reason.partition(' (_ssl')[0]}" if found else said


def short(text: str) -> str:
    r"""Return an answer as one line of bounded length, without what could hide in a log or a page.

    >>> short("busy\r\n  try later\x1b[0m")
    'busy try later [0m'
    """
    clean = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(clean.split())[:LONGEST_ANSWER]
