"""Sentences of the decision loop in the reader's language and numbers."""

import re

from app.domain.suggestion import Plain, Said
from app.text.numbers import NONE, Numbers
from app.text.translate import DEFAULT, has, t

_NAMED = re.compile(r"\{(\w+)\}")


def words(said: Said | None, numbers: Numbers) -> str:
    """Return a sentence. What plant people wrote themselves stands in `fields` by language, English where it lacks."""
    if said is None:
        return NONE
    values = {name: _plain(value, numbers) for name, value in said.fields.items()}
    if has(said.key):
        return t(said.key, numbers.lang, **values)
    own = said.fields.get(numbers.lang) or said.fields.get(DEFAULT) or said.key
    return _NAMED.sub(lambda found: str(values.get(found[1], found[0])), str(own))


def _plain(value: Plain, numbers: Numbers) -> object:
    """Return a value as text; words are left as they are."""
    if isinstance(value, int) and not isinstance(value, bool):
        return numbers.whole(value)
    if isinstance(value, float):
        return numbers.decimal(value, 0 if value.is_integer() else 1 if abs(value) >= 10 else 2)
    return NONE if value is None else value


def said_words(said: Said, lang: str) -> str:
    """Return a sentence whose fields hold no times, in a language."""
    return words(said, Numbers(lang, "UTC"))
