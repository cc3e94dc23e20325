"""Decisions, outcomes and the operator's card draw every state in every language, and say what to do next."""

from dataclasses import replace

import pytest

from app.boards.decisions import Decided, DecisionsBoard, Offer
from app.boards.outcomes import Balance, Brought, OutcomesBoard
from app.domain.decisions.balance import share, together
from app.domain.decisions.effect import Bundle, ShiftUnits, effect
from app.domain.decisions.ranking import Record, rank
from app.domain.interval import HOUR_MS, Interval
from app.domain.roles import Role
from app.domain.suggestion import VERDICTS, Decision, Gain, Outcome, Said
from app.text.numbers import Numbers
from app.text.said import words as say
from app.text.translate import languages, t
from layouts.components.pagebox import PageHead
from layouts.components.suggestion_card import operator_card
from layouts.manager import outcomes
from layouts.supervisor import decisions
from tests.pages.test_pages import mark, parts, words
from tests.sample_boards import LINE, NOW
from tests.suggested import a_suggestion

LANGS = pytest.mark.parametrize("lang", languages())
HEAD = PageHead("key", "Decisions", NOW)
PLACES = {LINE: "Line 1"}
SHIFT = 8 * HOUR_MS


def an_offer(key="k", *, may_judge=True, **changes) -> Offer:
    (ranked,) = rank([a_suggestion(key, **changes)], {"hot": Record(2.5, 1.0)}, {})
    return Offer(ranked, "Line 1", (Role.SUPERVISOR, Role.ENGINEER), may_judge)


def a_decided(verdict="accepted", **changes) -> Decided:
    said = Decision("k", verdict, "sue", NOW, "why not", "WO-7" if verdict == "accepted" else None)
    return replace(Decided(a_suggestion(), "Line 1", said, None, False, False), **changes)


def a_board(*offers, decided=(), elsewhere=0) -> DecisionsBoard:
    return DecisionsBoard(LINE, "Europe/Berlin", NOW, offers, decided, elsewhere, {})


def drawn(board, lang="en"):
    return decisions.layout(HEAD, board, PLACES, lang)


def asks(component) -> set[tuple[str, str]]:
    return {(str(mark(c, "ask")), str(mark(c, "value-verdict"))) for c in parts(component) if mark(c, "ask")}


@LANGS
def test_nothing_to_decide_says_what_to_do_next(lang) -> None:
    shown = words(drawn(a_board(), lang))
    assert t("decisions.none.next", lang) in shown
    assert t("decisions.none_decided", lang) in shown


@LANGS
def test_a_suggestion_shows_what_where_worth_why_proof_and_who_may(lang) -> None:
    page = drawn(a_board(an_offer(), an_offer("bare", gain=None, evidence=None, playbook=()), elsewhere=3), lang)
    shown = words(page)
    for said in ("Valve 12 runs hot", "Line 1", "+6 C in 40 min", "Close the valve", t("role.engineer", lang)):
        assert said in shown
    assert t("decisions.elsewhere", lang, n=3) in shown
    assert t("decisions.no_gain", lang) in shown
    assert sum(mark(c, "evidence") is not None for c in parts(page)) == 1
    assert asks(page) == {("decide", v) for v in ("accepted", "known", "wrong")}
    assert "{" not in shown


def test_who_may_not_judge_is_offered_no_judgement() -> None:
    assert asks(drawn(a_board(an_offer(may_judge=False)))) == {("decide", "accepted")}


@LANGS
@pytest.mark.parametrize("verdict", VERDICTS)
def test_what_was_decided_is_shown_with_who_and_what_came_of_it(lang, verdict) -> None:
    shown = words(drawn(a_board(decided=(a_decided(verdict),)), lang))
    assert t(f"decisions.was.{verdict}", lang) in shown
    assert "sue" in shown
    assert ("WO-7" in shown) == (verdict == "accepted")
    assert (t("decisions.not_measured", lang) in shown) == (verdict == "accepted")


def test_what_was_not_carried_out_is_offered_again_to_who_may() -> None:
    said = Decision("k", "accepted", "sue", NOW)
    undone = a_decided(decision=said, is_undone=True)
    assert asks(drawn(a_board(decided=(undone,)))) == set()
    assert ("carry_out", "None") in asks(drawn(a_board(decided=(replace(undone, may_act=True),))))


def test_what_it_brought_is_an_interval_or_says_what_is_missing() -> None:
    measured = Outcome("k", NOW, 20.0, 45.0, 70.0, 9, 9, Said("outcomes.word.better", {"before": 9, "after": 9}))
    missing = Said("outcomes.word.too_few", {"missing_before": 0, "missing_after": 2})
    assert "+45 units per shift (+20 to +70)" in words(drawn(a_board(decided=(a_decided(outcome=measured),))))
    unknown = replace(measured, low=None, mid=None, high=None, word=missing)
    assert "missing: 0 shifts before, 2 after" in words(drawn(a_board(decided=(a_decided(outcome=unknown),))))


def test_the_list_is_drawn_again_only_when_it_is_another_one() -> None:
    board = a_board(an_offer(), decided=(a_decided(),))
    later = replace(board, at=NOW + 60_000)
    assert decisions.signature(board) == decisions.signature(later)
    less = replace(board, offers=(replace(an_offer(), ranked=replace(an_offer().ranked, expected=12.0)),))
    assert decisions.signature(less) != decisions.signature(board)
    others = [
        a_board(an_offer(), an_offer("b"), decided=(a_decided(),)),
        a_board(an_offer()),
        replace(board, place="x"),
    ]
    assert len({decisions.signature(one) for one in (board, *others)}) == 4


@LANGS
@pytest.mark.parametrize("action", ["work_order", "adjust", "reschedule", "call"])
def test_the_operators_card_names_what_accepting_does(lang, action) -> None:
    card = operator_card(an_offer(action=action), Numbers(lang, "UTC"))
    assert t(f"decisions.action.{action}", lang) in words(card)
    assert asks(card) == {("decide", v) for v in ("accepted", "known", "wrong")}


def test_a_sentence_that_no_language_knows_or_whose_fields_are_missing_breaks_no_page() -> None:
    numbers = Numbers("de", "UTC")
    assert say(Said("Plain words"), numbers) == "Plain words"
    assert say(Said("decisions.deciders"), numbers) == "Entscheiden d\u00fcrfen: \u2013"
    assert say(Said("decisions.promise", {"mid": 1234.5, "low": 0.25, "high": None}), numbers) == (
        "1.234,5 Stück je Schicht (0,25 bis \u2013)"
    )


def test_fields_are_written_as_what_their_names_say() -> None:
    day = 24 * 60 * 60_000
    late = {"order": "A-1", "late_span": 3 * day + 5 * 3_600_000}
    assert say(Said("schedule.late.title", late), Numbers("en", "UTC")) == "Order A-1 will be 3\u202fd 5\u202fh late"
    late["late_span"] = 95 * 60_000
    assert say(Said("schedule.late.title", late), Numbers("en", "UTC")) == "Order A-1 will be 1\u202fh 35\u202fmin late"


def an_effect(*, n_after=9):
    goods = [*[900 + n % 3 for n in range(9)], *[950 + n % 2 for n in range(n_after)]]
    shifts = [ShiftUnits("early", NOW + (n - 9) * SHIFT, NOW + (n - 8) * SHIFT, g, 1.0) for n, g in enumerate(goods)]
    end = NOW + 99 * SHIFT
    return effect(shifts, Bundle(("k",), Interval(NOW, NOW), Interval(0, end)), end)


def a_balance(**changes) -> Balance:
    nothing = Balance(0, 0, 0, share(0, 0), together([]), {}, (0, 0), None, {}, Interval(0, 1))
    return replace(nothing, **changes)


def an_outcomes_page(lang, *rows, **balance):
    board = OutcomesBoard(LINE, 60, "Europe/Berlin", NOW, rows, a_balance(**balance))
    return outcomes.layout(HEAD, board, PLACES, lang)


@LANGS
def test_outcomes_without_anything_say_so_and_lead_to_decisions(lang) -> None:
    page = an_outcomes_page(lang)
    for key in ("outcomes.none", "outcomes.no_verdicts", "outcomes.no_sign_ins", "outcomes.too_few_measured"):
        assert t(key, lang) in words(page)
    assert any(getattr(c, "href", None) == "/decisions" for c in parts(page))


@LANGS
def test_outcomes_show_promise_beside_measurement_and_are_honest(lang) -> None:
    def row(found, **changes):
        return Brought(a_suggestion(**changes), "Line 1", Decision("k", "accepted", "sue", NOW), found)

    page = an_outcomes_page(
        lang,
        row(an_effect()), row(an_effect(n_after=1)), row(None), row(None, gain=None),
        precision={"hot": share(3, 4)}, sign_ins={"operator": (1, 2, 3, 4)}, reasoned=(30, 60), trust=0.97,
        hits=share(1, 1),
    )  # fmt: skip
    shown = words(page)
    for key in ("outcomes.too_few", "outcomes.no_line", "outcomes.no_promise", "role.operator"):
        assert t(key, lang) in shown
    assert Numbers(lang, "UTC").percent(0.5) in shown
    plots = [str(mark(c, "plot")) for c in parts(page) if mark(c, "plot")]
    assert sum('"measured"' in plot for plot in plots) == 1
    assert sum('"dots"' in plot for plot in plots) == 2
    assert "{" not in shown


def test_a_promise_below_zero_still_has_an_axis() -> None:
    odd = a_suggestion(gain=Gain(-5.0, -2.0, 0.0, Said("x")))
    page = an_outcomes_page("en", Brought(odd, "Line 1", Decision("k", "accepted", "sue", NOW), None))
    assert any('"from": -5.5' in str(mark(c, "plot")) for c in parts(page))
