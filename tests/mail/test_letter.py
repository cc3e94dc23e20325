"""No word of a report becomes a header or markup of its letter; no address is more than one address."""

import pytest

from app.auth.guard import Invalid
from app.boards.mail import Letter
from app.boards.report import ReportBoard, ReportQuestion, ReportStop
from app.commands.mail import check_address
from app.domain.interval import Interval
from app.mail.letter import Stationery, report_letter
from app.mail.smtp import BadMailServer, mail_server
from app.reports.papers import PAPERS

EVIL = "Line 1\r\nBcc: all@plant.example\r\n\r\n<script>alert(1)</script>"
PAPER = Stationery("lineside@plant.example", "https://lineside.plant", PAPERS)


def a_letter(address: str = "ada@plant.example") -> Letter:
    return Letter("k" * 64, "ada", address, "site/<b>", "2026-11-23", EVIL, "csv", "en", 0)


def a_board() -> ReportBoard:
    stop = ReportStop("m", 0, 60_000, "unplanned_stop", EVIL, EVIL, EVIL)
    asked = ReportQuestion("site/<b>", "2026-11-23", EVIL)
    words = (asked, EVIL, "UTC", Interval(0, 1), "vorne@1", 0.9, None, (), (), {}, {"breakdown": 5})
    return ReportBoard(*words, (stop,), 1, (), (), (), {"m": EVIL}, ())


def test_a_name_with_line_breaks_and_markup_stays_a_name() -> None:
    message = report_letter(a_letter(), a_board(), PAPER, 0)
    assert message.keys().count("To") == 1
    assert "Bcc" not in message
    assert "\nBcc:" not in message.as_string().split("\r\n\r\n", 1)[0]
    html = message.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


NO_ADDRESSES = ("a@b.c\r\nBcc: x@y.z", "a@b.c, x@y.z", "Ada <a@b.c>", "a b@c.d", "@b.c", "a@", "a@b..c", "\u00e4@b.c")


@pytest.mark.parametrize("address", [*NO_ADDRESSES, "a" * 251 + "@b.c"])
def test_an_address_is_one_plain_address(address: str) -> None:
    with pytest.raises(Invalid):
        check_address(address, ())


def test_an_address_that_slipped_through_still_makes_no_header() -> None:
    with pytest.raises(ValueError, match=r"(?i)invalid|newline|linefeed|CR|LF"):
        report_letter(a_letter("a@b.c\r\nBcc: x@y.z"), a_board(), PAPER, 0)


def test_only_the_plants_own_domains_where_they_are_named() -> None:
    check_address("ada@Plant.example", ("plant.example",))
    with pytest.raises(Invalid, match=r"plant\.example"):
        check_address("ada@elsewhere.example", ("plant.example",))


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "smtp://a:b@mail", "smtp://mail:x", "mail.plant"])
def test_a_server_that_cannot_be_is_refused_in_words(url: str) -> None:
    with pytest.raises(BadMailServer):
        mail_server(url)


def test_a_password_is_never_sent_unencrypted() -> None:
    with pytest.raises(BadMailServer, match="unencrypted"):
        mail_server("smtp+plain://mail", "ada", "secret")
