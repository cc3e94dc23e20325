"""Sentences in the reader's language: fields are written as what their names say they are."""

import re
from collections.abc import Callable

from app.domain.suggestion import Plain, Said
from app.text.numbers import NONE, Numbers
from app.text.translate import DEFAULT, has, t

_NAMED = re.compile(r"\{(\w+)\}")


def words(said: Said | None, numbers: Numbers) -> str:
    """Return a sentence. What plant people wrote themselves stands in `fields` by language, English where it lacks.

    Fields end in what they are: `_n` a count, `_ms` a duration, `_span` a duration that may be days, `_at` UTC ms (time
    of day), `_moment` UTC ms (day and time), `_ratio` a fraction, `_key` a text key; other numbers are
    written as numbers, words are left as they are. None, and a field that an older version did not say, is an en dash.
    """
    if said is None:
        return NONE
    values = {name: _written(name, value, numbers) for name, value in said.fields.items()}
    if has(said.key):
        return _NAMED.sub(lambda found: str(values.get(found[1], NONE)), t(said.key, numbers.lang))
    own = said.fields.get(numbers.lang) or said.fields.get(DEFAULT) or said.key
    return _NAMED.sub(lambda found: str(values.get(found[1], found[0])), str(own))


def said_words(said: Said, lang: str) -> str:
    """Return a sentence whose fields hold no times, in a language."""
    return words(said, Numbers(lang, "UTC"))


def _written(name: str, value: Plain, numbers: Numbers) -> object:
    forms: dict[str, Callable[..., str]] = {
        "n": numbers.whole,
        "ms": numbers.minutes,
        "span": numbers.span,
        "at": numbers.clock,
        "moment": numbers.moment,
        "ratio": numbers.percent,
    }
    before, _, kind = name.rpartition("_")
    if value is None:
        return NONE
    if before and kind == "key" and isinstance(value, str):
        return t(value, numbers.lang) if has(value) else value
    if before and kind in forms and isinstance(value, int | float):
        return forms[kind](value)
    return _plain(value, numbers)


def _plain(value: Plain, numbers: Numbers) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return numbers.whole(value)
    if isinstance(value, float):
        return numbers.decimal(value, 0 if value.is_integer() else 1 if abs(value) >= 10 else 2)
    return value
