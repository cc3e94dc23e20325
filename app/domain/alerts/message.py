"""What alerts hand to whoever carries messages out of the plant's screens."""

from dataclasses import dataclass
from typing import Literal, Protocol

from app.domain.suggestion import Said


@dataclass(frozen=True, slots=True)
class Message:
    """Something a role is told. key: the same message has the same key, so that it goes out once.

    to: value of a Role; link: path on this site; at: UTC ms. people: accounts of who is qualified and on shift;
    response: the one next step; place: what people call the equipment.
    """

    key: str
    channel: Literal["mail", "webhook"]
    to: str
    title: Said
    why: Said
    link: str
    equipment: str
    at: int
    people: tuple[str, ...] = ()
    rule: str = ""
    priority: str = ""
    response: Said | None = None
    place: str = ""


class Telling(Protocol):
    """Takes messages to send. The same key again is the same message and does nothing. Raises DatabaseAway."""

    def __call__(self, message: Message, /) -> None:
        """Keep it for sending."""
