"""What the engine found, in the reader's language: a finding says it in English, as the catalogue's `detail.*` do.

A finding is kept as the sentence it was when it was found. Its template is known here by the sentence it makes, so that
old findings are read in every language too; a sentence that none of them makes is shown as it is.
"""

import re
from collections.abc import Mapping
from functools import cache

from app.text.translate import DEFAULT, catalogue, has, t

_PREFIX = "detail."
_FIELD = re.compile(r"\\\{(\w+)\\\}")


def detail(sentence: str, lang: str) -> str:
    """Return a finding's sentence in a language.

    >>> detail("events of source plc are missing before sequence 7", "de")
    'vor Nummer 7 der Quelle plc fehlen Ereignisse'
    """
    if lang == DEFAULT:
        return sentence
    for key, pattern in _patterns().items():
        found = pattern.fullmatch(sentence)
        if found:
            return t(key, lang, **found.groupdict())
    return sentence


def rule_name(rule: str, lang: str) -> str:
    """Return a rule's name in a language; a signal behind a colon stays.

    >>> rule_name("max_rate:torque", "en"), rule_name("not_ours", "en")
    ('Changes too fast: torque', 'not ours')
    """
    name, _, signal = rule.partition(":")
    words = t(f"rule.{name}", lang) if has(f"rule.{name}") else name.replace("_", " ")
    return f"{words}: {signal}" if signal else words


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """Return the English sentences as patterns, the longest first: what is fixed in them decides."""
    texts = {key: text for key, text in catalogue(DEFAULT).items() if key.startswith(_PREFIX)}
    longest = sorted(texts.items(), key=lambda item: -len(_FIELD.sub("", re.escape(item[1]))))
    return {key: re.compile(_FIELD.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL) for key, text in longest}
