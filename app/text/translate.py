"""Words in every language: one JSON file per language beside this module, flat keys; English is complete by law.

Adding a language is adding `<code>.json`; what it lacks is shown in English. Nothing here knows who asks.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

DEFAULT = "en"
LANGUAGE_NAME = "language.name"


class UnknownText(LookupError):
    """No language has this key: a mistake in our program, found by the tests."""


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of all languages there are, English first."""
    found = (f.name.removesuffix(".json") for f in resources.files(__package__).iterdir() if f.name.endswith(".json"))
    return tuple(sorted(found, key=lambda code: (code != DEFAULT, code)))


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Return every text of a language, English where it has none. Raises FileNotFoundError for no such language."""
    raw = (resources.files(__package__) / f"{lang}.json").read_text(encoding="utf-8")
    own: dict[str, str] = json.loads(raw)
    return own if lang == DEFAULT else {**catalogue(DEFAULT), **own}


def t(key: str, lang: str = DEFAULT, **values: object) -> str:
    """Return the text of `key` with `{name}` replaced by values. Raises UnknownText.

    >>> t("action.undo", "en"), t("action.undo", "de")
    ('Undo', 'Rückgängig')
    """
    try:
        text = catalogue(lang)[key]
    except KeyError:
        raise UnknownText(f"text {key!r}: in no language, add it to app/text/en.json and de.json") from None
    return text.format_map(values) if values else text


def has(key: str) -> bool:
    """Return whether there is a text of this key: words of the plant's own (reasons, shifts) have none."""
    return key in catalogue(DEFAULT)


def choose(wanted: Sequence[str | None], accepted: Sequence[str] = ()) -> str:
    """Return the language to speak: the first known of `wanted` (URL, cookie), then of `accepted` (browser).

    >>> choose([None, "de-AT"], ["fr", "en"]), choose([None, "xx"], ["fr-CH"])
    ('de', 'en')
    """
    for code in (*wanted, *accepted):
        short = (code or "").lower().split("-")[0]
        if short in languages():
            return short
    return DEFAULT


def browser_texts(lang: str) -> dict[str, str]:
    """Return the texts the browser's own code writes: units, states, losses, ages, toasts."""
    prefixes = (
        "unit.",
        "bucket.",
        "loss.",
        "age.",
        "toast.",
        "problem.",
        "why.",
        "stops.",
        "call.",
        "shift.",
        "standing.",
        "standing_short.",
    )
    return {key: text for key, text in catalogue(lang).items() if key.startswith(prefixes)}
