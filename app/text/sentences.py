"""A sentence in the reader's language: its fields written as what their names say they are."""

from collections.abc import Callable

from app.domain.suggestion import Plain, Said
from app.text.numbers import NONE, Numbers
from app.text.translate import has, t


def sentence(said: Said, numbers: Numbers) -> str:
    """Return the words of `said`.

    Fields end in what they are: `_n` a count, `_ms` a duration, `_at` UTC ms (time of day), `_ratio` a fraction,
    `_key` a text key; others stand as they are. None is an en dash.
    """
    return t(said.key, numbers.lang, **{name: _written(name, value, numbers) for name, value in said.fields.items()})


def _written(name: str, value: Plain, numbers: Numbers) -> object:
    forms: dict[str, Callable[..., str]] = {
        "n": numbers.whole,
        "ms": numbers.minutes,
        "at": numbers.clock,
        "ratio": numbers.percent,
    }
    kind = name.rpartition("_")[2]
    if value is None:
        return NONE
    if kind == "key" and isinstance(value, str):
        return t(value, numbers.lang) if has(value) else value
    if kind in forms and "_" in name and isinstance(value, int | float):
        return forms[kind](value)
    return value
