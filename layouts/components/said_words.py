"""What a flow said (a text key with its fields) in the reader's words and numbers."""

from app.domain.suggestion import Plain, Said
from app.text.numbers import NONE, Numbers
from app.text.translate import has, t


def say(said: Said, numbers: Numbers) -> str:
    """Return the sentence; a key no language has is shown as it is, so that an older process never breaks a page."""
    if not has(said.key):
        return said.key
    words = {name: _shown(value, numbers) for name, value in said.fields.items()}
    try:
        return t(said.key, numbers.lang, **words)
    except (KeyError, ValueError, IndexError):
        return t(said.key, numbers.lang)


def _shown(value: Plain, numbers: Numbers) -> str:
    if value is None:
        return NONE
    if isinstance(value, str | bool):
        return str(value)
    if isinstance(value, int) or value == round(value):
        return numbers.whole(value)
    return numbers.decimal(value, 1 if abs(value) >= 1 else 2)
