"""A report as a letter: figures in the text, the file attached, a link back; no word of it becomes header or markup."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import urlencode

from app.boards.build_report import is_unsure
from app.boards.mail import Letter
from app.boards.report import ReportBoard
from app.reports.heading import file_name
from app.reports.papers import Paper
from app.text.numbers import Numbers
from app.text.translate import t

RATIOS = ("oee", "availability", "performance", "quality", "coverage")
COUNTS = ("good", "reject", "rework")
MOST_LINES = 5
_CELL = 'style="padding:3px 16px 3px 0;text-align:left;vertical-align:top"'


@dataclass(frozen=True, slots=True)
class Stationery:
    """What all letters share. sender: our address; base: where the screens are, no slash at its end.

    papers: form -> (media type, how it is written).
    """

    sender: str
    base: str
    papers: Mapping[str, tuple[str, Paper]]


def report_letter(letter: Letter, board: ReportBoard, stationery: Stationery, now: int) -> EmailMessage:
    """Return the message of a report. now: UTC ms, its date."""
    said = _Said.of(letter, board, stationery.base)
    message = _envelope(letter.address, said.subject, stationery.sender, now)
    message["Message-ID"] = f"<{letter.key[:40]}@{stationery.sender.rpartition('@')[2]}>"
    message.set_content(said.plain())
    message.add_alternative(said.html(), subtype="html")
    kind, paper = stationery.papers[letter.form]
    main, _, sub = kind.partition(";")[0].partition("/")
    content = paper(board, letter.lang)
    message.add_attachment(content, maintype=main, subtype=sub, filename=file_name(board, letter.form))
    return message


def trial_letter(address: str, stationery: Stationery, lang: str, now: int) -> EmailMessage:
    """Return a letter that only says that letters arrive."""
    message = _envelope(address, t("mail.test.subject", lang), stationery.sender, now)
    message.set_content(f"{t('mail.test.text', lang)}\n\n{stationery.base}\n")
    return message


def _envelope(to: str, subject: str, sender: str, now: int) -> EmailMessage:
    """Return a message with its headers; the policy refuses a line break in any of them."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Lineside", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.fromtimestamp(now / 1000, UTC))
    message["Auto-Submitted"] = "auto-generated"
    return message


def one_line(text: str) -> str:
    r"""Return the text with whatever could break a line or hide as a space.

    >>> one_line("Line 1\r\nBcc: all@plant")
    'Line 1 Bcc: all@plant'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@dataclass(frozen=True, slots=True)
class _Said:
    """What a letter says, written twice: plain and as HTML."""

    subject: str
    remarks: tuple[str, ...]
    tables: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    link: str
    foot: str
    words: str

    @classmethod
    def of(cls, letter: Letter, board: ReportBoard, base: str) -> "_Said":
        lang, numbers, row = letter.lang, Numbers(letter.lang, board.zone), board.total
        what = f"{board.name} \u00b7 {board.question.date} \u00b7 {letter.shift or t('report.whole_day', lang)}"
        oee = numbers.percent(row.oee if row else None)
        place = {"of_place": letter.equipment, "date": letter.date, "shift": letter.shift or ""}
        tables = (
            (t("report.total", lang), _figures(board, numbers)),
            (t("report.losses", lang), _losses(board, numbers)),
            (t("report.stops", lang), _stops(board, numbers)),
        )
        return cls(
            one_line(f"OEE {oee} \u00b7 {what}"),
            tuple(_remarks(letter, board, numbers)),
            tables,
            f"{base}/reports?{urlencode(place)}",
            t("mail.why", lang, who=letter.who),
            t("mail.open", lang),
        )

    def plain(self) -> str:
        """Return the text without markup."""
        parts = [self.subject, *self.remarks]
        for title, rows in self.tables:
            parts.append("\n".join([title, *(f"  {name}: {value}" for name, value in rows)]))
        return "\n\n".join([*parts, f"{self.words}: {self.link}", self.foot]) + "\n"

    def html(self) -> str:
        """Return the same as HTML; every word of it escaped."""
        body = [f"<h2>{escape(self.subject)}</h2>", *(f"<p><b>{escape(remark)}</b></p>" for remark in self.remarks)]
        for title, rows in self.tables:
            cells = "".join(f"<tr><td {_CELL}>{escape(n)}</td><td {_CELL}>{escape(v)}</td></tr>" for n, v in rows)
            body.append(f"<h3>{escape(title)}</h3><table>{cells}</table>")
        body.append(
            f'<p><a href="{escape(self.link)}">{escape(self.words)}</a></p><p><small>{escape(self.foot)}</small></p>'
        )
        return f'<html><body style="font-family:sans-serif;color:#1d2733">{"".join(body)}</body></html>'


def _remarks(letter: Letter, board: ReportBoard, numbers: Numbers) -> Sequence[str]:
    said, row = [], board.total
    if letter.is_again:
        said.append(t("mail.again", letter.lang))
    if row is None:
        said.append(t("mail.silent", letter.lang))
    elif is_unsure(board, row):
        words = {"coverage": numbers.percent(row.coverage), "floor": numbers.percent(board.floor)}
        said.append(t("report.under_floor", letter.lang, **words))
    return said


def _figures(board: ReportBoard, numbers: Numbers) -> tuple[tuple[str, str], ...]:
    row, target = board.total, board.targets.get(board.question.equipment)
    if row is None:
        return ()
    found = [(t(f"kpi.{key}", numbers.lang), numbers.percent(getattr(row, key))) for key in RATIOS]
    if target is not None:
        found.insert(1, (t("report.target", numbers.lang), numbers.percent(target)))
    return (*found, *((t(f"kpi.{key}", numbers.lang), numbers.whole(getattr(row, key))) for key in COUNTS))


def _losses(board: ReportBoard, numbers: Numbers) -> tuple[tuple[str, str], ...]:
    lost = sorted(((ms, key) for key, ms in board.losses.items() if key != "good" and ms > 0), reverse=True)
    return tuple((t(f"loss.{key}", numbers.lang), numbers.minutes(ms)) for ms, key in lost[:MOST_LINES])


def _stops(board: ReportBoard, numbers: Numbers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            f"{numbers.clock(stop.start)} {board.names.get(stop.machine, stop.machine)}",
            f"{numbers.minutes(stop.ms)}, {stop.reason or t(f'bucket.{stop.bucket}', numbers.lang)}",
        )
        for stop in board.stops[:MOST_LINES]
    )
