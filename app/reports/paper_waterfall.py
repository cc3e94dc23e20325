"""The loss waterfall on paper: bars with their words and times, drawn, not a picture."""

from collections.abc import Mapping

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm

from app.boards.waterfall import COLOURS, NEUTRAL, Bar, waterfall
from app.text.numbers import THIN, Numbers
from app.text.translate import t

HEIGHT = 58 * mm
_FOOT, _HEAD = 9 * mm, 6 * mm
_SIZE = 6.5
_QUIET, _RULE = HexColor("#5b6776"), HexColor("#c9d1da")


def paper_waterfall(losses: Mapping[str, int], width: float, font: str, lang: str) -> Drawing:
    """Return the drawing, as wide as `width` points. losses: ms by loss and `good`, some of them more than 0."""
    numbers, bars = Numbers(lang, "UTC"), waterfall(losses)
    drawing = Drawing(width, HEIGHT)
    slot = width / len(bars)
    scale = (HEIGHT - _FOOT - _HEAD) / max(bar.base + bar.size for bar in bars)
    drawing.add(Line(0, _FOOT, width, _FOOT, strokeColor=_RULE, strokeWidth=0.5))
    for at, bar in enumerate(bars):
        low, high = _FOOT + bar.base * scale, _FOOT + (bar.base + bar.size) * scale
        drawn = Rect((at + 0.14) * slot, low, 0.72 * slot, max(high - low, 0.4))
        drawn.fillColor, drawn.strokeColor = HexColor(COLOURS.get(bar.key, NEUTRAL)), None
        drawing.add(drawn)
        middle = (at + 0.5) * slot
        drawing.add(_words(middle, high + 1.2 * mm, numbers.minutes(bar.ms).replace(THIN, "\u00a0"), font))
        for line, words in enumerate(_lines(_name(bar, lang))):
            drawing.add(_words(middle, _FOOT - (line + 1) * 1.3 * _SIZE, words, font))
    return drawing


def _name(bar: Bar, lang: str) -> str:
    return t("downtime.planned_time" if bar.key == "planned_busy" else f"loss.{bar.key}", lang)


def _lines(words: str) -> list[str]:
    """Return a name in one line, or two where it has more than one word."""
    first, _, rest = words.partition(" ")
    return [first, rest] if rest else [words]


def _words(x: float, y: float, text: str, font: str) -> String:
    return String(x, y, text, textAnchor="middle", fontName=font, fontSize=_SIZE, fillColor=_QUIET)
