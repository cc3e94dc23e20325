"""Reading single values of a rules file: own words in every language, one word of several, numbers."""

import re
from typing import TypeVar

from app.domain.alerts.rule import OWN
from app.domain.alerts.rulekeys import WORDS
from app.domain.plant.form import Form, number, suggestion
from app.domain.suggestion import Said

Word = TypeVar("Word", bound=str)
LONGEST = 400
_NAMED = re.compile(r"\{([^{}]*)\}")
_WHOLE = re.compile(r"[1-9][0-9]{0,5}")


def words_of(form: Form, key: str, may_name: tuple[str, ...] = ()) -> Said:
    """Return the plant's own words of a key: a mapping of languages; may_name: what may stand in braces."""
    form_of = f"{key}: {{en: ..., de: ...}}"
    if key not in form:
        form.wrong(key, f"`{key}` is missing", form_of)
    inner = form.form(key, WORDS)
    said = {lang: inner.text(lang) or "" for lang in inner.children}
    if key in form and not said.get(WORDS[0]):
        inner.wrong(WORDS[0], f"`{key}` has no words in English", form_of)
    for lang, text in said.items():
        if len(text) > LONGEST:
            inner.wrong(lang, f"{len(text)} characters", f"at most {LONGEST}")
        for name in _NAMED.findall(text):
            if name not in may_name:
                inner.wrong(lang, f"`{{{name}}}` stands for nothing here", suggestion(name, may_name))
    return Said(OWN, {lang: text for lang, text in said.items() if text})


def one_of(form: Form, key: str, allowed: tuple[Word, ...]) -> "Word | None":
    """Return the word of a key that must be there; None: it is not, or another."""
    word = form.needed(key, f"one of: {', '.join(allowed)}")
    if word and word not in allowed:
        form.wrong(key, f"`{word}` is not known", suggestion(word, allowed))
    return next((known for known in allowed if known == word), None)


def several_of(form: Form, key: str, allowed: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return the words of a list, each of them one that is allowed."""
    found: list[Word] = []
    for word, node in form.words(key):
        known = next((one for one in allowed if one == word), None)
        if known is None:
            form.notes.add(node, form.at(key), f"`{word}` is not known", suggestion(word, allowed))
        else:
            found.append(known)
    return tuple(found)


def whole(text: str) -> int:
    """Return a whole number above zero."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"`{text}` is not a whole number from 1 to 999999")
    return int(text)


def share(text: str) -> float:
    """Return a share: from 0 to 1."""
    value = number(text)
    if not 0 <= value <= 1:
        raise ValueError(f"`{text}` is not between 0 and 1; a fraction such as 0.4")
    return value
