"""A report's cell: as a spreadsheet shows it and never runs it (OWASP: CSV injection), and as a person reads it."""

from app.text.details import detail, rule_name
from app.text.numbers import NONE, Numbers
from app.text.translate import t

TEXTS = frozenset({"text", "word", "rule", "detail"})
"""Kinds of cells that hold words."""
_STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def safe_cell(value: object) -> object:
    """Return a cell that is never a formula: numbers as they are, a text that could start one gets an apostrophe.

    >>> safe_cell("=1+1"), safe_cell(-3), safe_cell("jam")
    ("'=1+1", -3, 'jam')
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(_STARTERS):
        return "'" + value
    return value


def cut_words(shown_rows: int, all_rows: int | None, lang: str) -> str:
    """Return in words that a list shows only some of its rows; all_rows None: nobody counted how many there are.

    >>> cut_words(15, 73, "en")
    'The first 15 of 73 are listed.'
    """
    if all_rows is None:
        return t("report.cut_open", lang, n=shown_rows)
    return t("report.cut", lang, n=shown_rows, all=all_rows)


def in_words(kind: str, value: str, lang: str) -> str:
    """Return a cell of text as a person reads it: a text key, a rule or a finding in their language, else as it is."""
    if kind == "word":
        return t(value, lang)
    if kind == "rule":
        return rule_name(value, lang)
    return detail(value, lang) if kind == "detail" else value


def shown(kind: str, value: str | float | None, numbers: Numbers) -> str:
    """Return a report's cell as a person reads it. kind: as in app.boards.report.Kind; None is an en dash, never 0."""
    if value is None or value == "":
        return NONE
    if isinstance(value, str):
        return in_words(kind, value, numbers.lang)
    if kind == "ratio":
        return numbers.percent(value)
    if kind == "duration":
        return numbers.duration(value)
    return numbers.moment(int(value)) if kind == "moment" else numbers.whole(value)
