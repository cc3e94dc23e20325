"""Sentences of the decision loop as a person reads them: our text keys, or the plant's own words."""

from app.domain.alerts.rule import OWN
from app.domain.suggestion import Plain, Said
from app.text.numbers import Numbers
from app.text.translate import DEFAULT, t


def said_words(said: Said, lang: str) -> str:
    """Return the sentence in a language; own words in English where they are not written in it.

    Numbers among the fields are written as the language writes them. Raises UnknownText for a key that is not ours.
    """
    fields = {name: _shown(value, lang) for name, value in said.fields.items()}
    if said.key != OWN:
        return t(said.key, lang, **fields)
    text = str(said.fields.get(lang) or said.fields.get(DEFAULT) or "")
    for name, value in fields.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def _shown(value: Plain, lang: str) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else value
    if isinstance(value, int) or value.is_integer():
        return Numbers(lang, "UTC").decimal(value, 0)
    return Numbers(lang, "UTC").decimal(value, 1 if abs(value) >= 10 else 2)
