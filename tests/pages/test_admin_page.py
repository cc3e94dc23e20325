"""Administration draws every tab and state from boards, without a browser; no secret but in the dialog made for it."""

from dataclasses import replace

import pytest

from app.boards.admin import (
    TABS,
    AdminBoard,
    AdminQuestion,
    AuditRow,
    Chain,
    PersonRow,
    Secret,
    SignInRow,
    TokenRow,
)
from app.domain.roles import Role
from app.text.translate import languages, t
from layouts.admin.admin import layout, shown_once
from layouts.components.admin_parts import address
from tests.pages.test_pages import a_head, parts, words
from tests.sample_boards import LINE, NOW

LANGS = pytest.mark.parametrize("lang", languages())
PLACES = {"*": "", "leipzig": "Leipzig", LINE: "Bottling \u203a Line 1"}
YOU = PersonRow("root", Role.ADMIN, ("*",), disabled=False, last_in=NOW, is_you=True)
OLGA = PersonRow("olga", Role.OPERATOR, (LINE, "gone/away"), disabled=True, last_in=None, is_you=False)
GATE = TokenRow("a" * 16, "gate-1", Role.ENGINEER, ("*",), NOW, None, None, None, None)
HALL = TokenRow("b" * 16, "hall", Role.DISPLAY, (LINE,), NOW, "root", NOW, NOW + 1, NOW + 2)


def a_board(tab: str = "people", **asked: object) -> AdminBoard:
    board = AdminBoard(AdminQuestion(tab, **asked), "Europe/Berlin", NOW, PLACES)  # type: ignore[arg-type]
    return replace(board, people=(YOU, OLGA), tokens=(GATE, HALL), known=("root", "token:gate-1"))


def marked(board: AdminBoard, mark: str) -> list[str]:
    return [
        getattr(one, f"data-{mark}") for one in parts(layout(a_head(), board, "en")) if hasattr(one, f"data-{mark}")
    ]


@LANGS
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_says_something_when_there_is_nothing(lang: str, tab: str) -> None:
    empty = replace(a_board(tab), people=(), tokens=())
    said = {
        "people": "admin.add.person",
        "tokens": "admin.no_tokens",
        "sign_ins": "admin.nobody",
        "audit": "admin.audit.none",
        "system": "admin.backup.never",
    }
    assert t(said[tab], lang) in words(layout(a_head(), empty, lang))


@LANGS
def test_people_show_role_places_and_state_and_open_one_at_a_time(lang: str) -> None:
    shown = words(layout(a_head(), a_board(), lang))
    for word in ("olga", "Line 1", "gone/away", t("admin.state.disabled", lang), t("admin.never", lang)):
        assert word in shown
    assert t("admin.save", lang) not in shown
    opened = words(layout(a_head(), a_board(person="olga"), lang))
    assert t("admin.save", lang) in opened
    assert t("admin.enable", lang) in opened
    assert t("admin.no_such", lang) in words(layout(a_head(), a_board(person="nobody"), lang))


def test_ones_own_account_offers_nothing_to_press() -> None:
    assert marked(a_board(person="root"), "send") == marked(a_board(person="root"), "ask") == []
    assert sorted(marked(a_board(person="olga"), "send")) == ["change_person", "password_person"]
    assert marked(a_board(person="olga"), "ask") == ["enable_person"]


def test_only_a_token_that_opens_something_is_revoked() -> None:
    assert marked(a_board("tokens"), "ask") == ["revoke_token"]
    assert marked(a_board("tokens", add="api"), "send") == ["make_api"]
    assert marked(a_board("tokens", add="display"), "send") == ["make_display"]
    assert marked(a_board("tokens", add="odd"), "send") == []


@LANGS
def test_logs_show_why_and_before_and_after_and_lead_to_older_rows(lang: str) -> None:
    tried = replace(
        a_board("sign_ins", outcome="unknown"), sign_ins=(SignInRow(7, NOW, "x", "::1", "unknown"),), more=True
    )
    shown = layout(a_head(), tried, lang)
    assert t("admin.outcome.unknown", lang) in words(shown)
    links = [one.href for one in parts(shown) if hasattr(one, "href")]
    assert address("sign_ins", outcome="unknown", before=7) in links
    rows = (
        AuditRow(9, NOW, "root", "account.changed", "olga", "operator at x -> admin at everywhere"),
        AuditRow(8, NOW, "ada", "said.classify", LINE, '{"kind": "classify"}' + "x" * 900),
    )
    trail = words(layout(a_head(), replace(a_board("audit", before=10), audit=rows), lang))
    assert "->" not in trail
    assert t("admin.audit.after", lang) in trail
    assert "x" * 900 not in trail
    assert t("admin.log.newer", lang) in trail


@LANGS
def test_the_chain_is_told_in_words_and_offers_to_check_the_rest(lang: str) -> None:
    told = [(Chain(9, 9, None), "all"), (Chain(90, 9, None), "newest"), (Chain(9, 9, 3), "broken")]
    for chain, key in told:
        board = replace(a_board("audit"), chain=chain)
        n = chain.broken or chain.rows
        assert t(f"admin.chain.{key}", lang, n=n, checked=chain.checked) in words(layout(a_head(), board, lang))
        assert ("verify" in marked(board, "ask")) == (key == "newest")


@LANGS
def test_the_last_backup_is_told(lang: str) -> None:
    board = replace(a_board("system"), backup=AuditRow(9, NOW, "cli:ops", "backup.made", "x.sqlite", "12 rows"))
    assert "x.sqlite (12 rows)" in words(layout(a_head(), board, lang))


@LANGS
@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        (Secret("password", "olga", "s3cret"), "s3cret"),
        (Secret("api", "gate", "lns_x"), "lns_x"),
        (Secret("display", "hall", "lns_x", f"/line/{LINE}?kiosk=1"), f"/line/{LINE}?kiosk=1&token=lns_x"),
        (Secret("display", "hall", "lns_x", "/kiosk/leipzig"), "/kiosk/leipzig?token=lns_x"),
    ],
)
def test_a_secret_is_a_text_in_its_dialog_and_in_no_mark_or_link(lang: str, secret: Secret, shown: str) -> None:
    dialog = shown_once(secret, lang)
    assert words(dialog).count(secret.text) == 1
    assert shown in words(dialog)
    props = [value for one in parts(dialog) for name, value in vars(one).items() if name != "children"]
    assert secret.text not in repr(props)
    assert shown_once(None, lang) is None
