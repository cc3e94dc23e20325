"""What every form of a report says about itself: place, time, convention, who asked for it and when."""

from app.boards.report import ReportBoard
from app.text.numbers import NONE, Numbers
from app.text.translate import t


def heading(board: ReportBoard, lang: str) -> list[tuple[str, str]]:
    """Return (words, value) in order."""
    numbers = Numbers(lang, board.zone)
    window = f"{numbers.moment(board.window.start)} {NONE} {numbers.moment(board.window.end)} ({board.zone})"
    return [
        (t("report.place", lang), f"{board.name} ({board.question.equipment})"),
        (t("report.day", lang), board.question.date),
        (t("report.shift", lang), board.question.shift or t("report.whole_day", lang)),
        (t("report.window", lang), window),
        (t("report.profile", lang), board.profile),
        (t("report.floor", lang), t("report.floor_says", lang, floor=numbers.percent(board.floor))),
        (t("report.made", lang), f"{numbers.moment(board.made_at)}, {board.made_by}"),
    ]


def file_name(board: ReportBoard, ending: str) -> str:
    """Return the file's name: letters, digits, dot, dash, underscore only."""
    said = "-".join(filter(None, ("report", board.question.equipment, board.question.date, board.question.shift)))
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in said) + "." + ending
