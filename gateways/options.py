"""The options of a source, out of the plant file, key by key."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from app.domain.plant.equipment import Source
from app.domain.units import BadUnit, duration_ms
from gateways.base import BadSource, NotHere

T = TypeVar("T")


class Keys:
    """The options of a source, read key by key; a wrong one raises BadSource with the key and what would be right."""

    def __init__(self, source: Source, known: frozenset[str]) -> None:
        self.source = source
        self._options: Mapping[str, object] = source.options
        for key in source.options:
            if key not in known:
                raise self.wrong(str(key), f"unknown key, known are {', '.join(sorted(known))}")

    def wrong(self, key: str, right: str) -> BadSource:
        """Return the error for a key."""
        return BadSource(f"sources.{self.source.id}.{key}: {right}")

    def text(self, key: str) -> str | None:
        """Return a text, None when it is not given."""
        found = self._options.get(key)
        if found is None or (isinstance(found, str) and found):
            return found
        raise self.wrong(key, f"must be a text, is {found!r}")

    def word(self, key: str, words: tuple[str, ...]) -> str:
        """Return one of the words; the first when it is not given."""
        found = self._options.get(key, words[0])
        if str(found).lower() in words:
            return str(found).lower()
        raise self.wrong(key, f"must be one of {', '.join(words)}, is {found!r}")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; none when it is not given."""
        found = self._options.get(key, [])
        if isinstance(found, list) and all(isinstance(text, str) and text for text in found):
            return tuple(found)
        raise self.wrong(key, f"must be a list of texts, is {found!r}")

    def each(self, key: str, texts: Iterable[str], read: Callable[[str], T]) -> list[T]:
        """Return `read` of each text; its ValueErrors are raised as one BadSource with every mistake, a line each."""
        found: list[T] = []
        wrong: list[str] = []
        for text in texts:
            try:
                found.append(read(text))
            except ValueError as error:
                wrong.append(str(self.wrong(key, str(error))))
        if wrong:
            raise BadSource("\n".join(wrong))
        return found

    def milliseconds(self, key: str, default: int, most: int) -> int:
        """Return a duration such as `2s`, in ms, above 0 and at most `most`."""
        found = self._options.get(key)
        if found is None:
            return default
        try:
            length = duration_ms(str(found))
        except BadUnit as error:
            raise self.wrong(key, f"must be a duration such as 2s, is {found!r}") from error
        if not 0 < length <= most:
            raise self.wrong(key, f"must be above 0 and at most {most // 1000}s, is {found!r}")
        return length

    def file(self, key: str) -> Path | None:
        """Return the path of a file that can be read, None when it is not given."""
        found = self.text(key)
        if found is None:
            return None
        if not Path(found).is_file() or not os.access(found, os.R_OK):
            raise NotHere(str(self.wrong(key, f"no file that can be read at {found}")))
        return Path(found)


def credentials(keys: Keys) -> tuple[str | None, str | None]:
    """Return `user` and the password that `password_env` names, None where not given. Raises BadSource."""
    user, variable = keys.text("user"), keys.text("password_env")
    if variable is None:
        return user, None
    if user is None:
        raise keys.wrong("user", "is needed with `password_env`")
    password = os.environ.get(variable)
    if password is None:
        raise NotHere(str(keys.wrong("password_env", f"the variable {variable} is not set where the gateway runs")))
    return user, password
