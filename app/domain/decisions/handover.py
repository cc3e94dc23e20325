"""A shift's handover: sentences that write themselves from facts, and what a person made of them and signed."""

from dataclasses import dataclass
from typing import Literal

from app.domain.suggestion import Said

Group = Literal["output", "losses", "open", "changed"]
GROUPS: tuple[Group, ...] = ("output", "losses", "open", "changed")


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence. key: the same fact has the same key from one draft to the next, so that striking it lasts."""

    key: str
    group: Group
    said: Said


@dataclass(frozen=True, slots=True)
class Addendum:
    """What somebody added after the signature; at: UTC ms."""

    at: int
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Handover:
    """What people made of one shift's draft. shift: `2026-11-23/early`; start, end: of the shift, UTC ms.

    note: free words, kept before signing too; struck: keys of sentences left out. items: the sentences as signed, ()
    while nobody signed. signed_at: UTC ms, None: a draft. read_by: who has read what was signed.
    """

    line: str
    shift: str
    start: int
    end: int
    note: str = ""
    struck: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    signed_by: str | None = None
    signed_at: int | None = None
    addenda: tuple[Addendum, ...] = ()
    read_by: tuple[str, ...] = ()
