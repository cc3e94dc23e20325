"""What was told, in the words of one target: texts in its language, links complete."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from app.boards.messages import Parcel
from app.domain.suggestion import Said
from app.text.said import said_words
from app.text.translate import DEFAULT


@dataclass(frozen=True, slots=True)
class Words:
    """base: where the screens are, no slash at its end; lang: of the texts."""

    base: str = ""
    lang: str = DEFAULT

    def of(self, parcel: Parcel) -> dict[str, Any]:
        """Return what a parcel says: each text as words, with its key beside it for programs (`title`, `title_key`)."""
        found: dict[str, Any] = {}
        for name, value in msgspec.json.decode(parcel.body, type=dict[str, Any]).items():
            if isinstance(value, dict) and isinstance(value.get("key"), str):
                found[name], found[f"{name}_key"] = spoken(value, self.lang), value["key"]
            else:
                found[name] = f"{self.base}{value}" if name == "link" else value
        return found


def spoken(said: Mapping[str, Any], lang: str) -> str:
    """Return a text with its fields, as the screens say it; what has no text in any language is said by its key."""
    return said_words(Said(str(said.get("key")), dict(said.get("fields") or {})), lang)
