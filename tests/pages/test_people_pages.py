"""Handover, practice and skills draw every state from boards, without a browser."""

from dataclasses import replace

import pytest

from app.boards.handover import HandoverBoard, ShiftChoice
from app.boards.practice import PracticeBoard, PracticeRun
from app.boards.skills import SkillBoard
from app.domain.decisions.handover import Addendum, Handover, Item
from app.domain.decisions.practice import Given, feedback, simulated
from app.domain.decisions.skills import Skill, cover
from app.domain.suggestion import Said
from app.text.numbers import Numbers
from app.text.translate import languages, t
from layouts.components.handover_card import handover_card
from layouts.operator import handover, practice
from layouts.supervisor import skills
from tests.pages.test_pages import a_head, words
from tests.sample_boards import LINE, NOW, SHIFT_START
from tests.web.parts import a_plant

LANGS = pytest.mark.parametrize("lang", languages())
KEY = "2026-11-23/early"
SHIFT = ShiftChoice(KEY, "early", SHIFT_START, NOW)
ITEM = Item("oee", "output", Said("handover.oee.known", {"oee_ratio": 0.7, "coverage_ratio": 0.99}))
SIGNED = Handover(
    LINE, KEY, SHIFT_START, NOW, "roll", (), (ITEM,), "olga", NOW, (Addendum(NOW, "omar", "done"),), ("omar",)
)
ZONE = "Europe/Berlin"


def a_handover(lang: str, board: HandoverBoard, *, may_sign: bool) -> str:
    return words(handover.layout(a_head(), board, {LINE: "Line 1"}, lang, may_sign=may_sign))


@LANGS
def test_a_draft_may_be_signed_by_who_may_only(lang: str) -> None:
    draft = Handover(LINE, KEY, SHIFT_START, NOW, struck=("oee",))
    board = HandoverBoard(LINE, "Line 1", ZONE, (SHIFT,), SHIFT, draft, (ITEM,), NOW, is_running=True)
    assert t("handover.sign", lang) in a_handover(lang, board, may_sign=True)
    assert t("handover.struck", lang) in a_handover(lang, board, may_sign=True)
    seen = a_handover(lang, board, may_sign=False)
    assert t("handover.sign.what", lang) not in seen
    assert t("handover.earlier.none", lang) in seen


@LANGS
def test_a_signed_one_shows_signature_additions_and_readers(lang: str) -> None:
    board = HandoverBoard(LINE, "Line 1", ZONE, (SHIFT,), SHIFT, SIGNED, SIGNED.items, NOW, earlier=(SIGNED,))
    shown = a_handover(lang, board, may_sign=True)
    assert all(word in shown for word in ("70.0" if lang == "en" else "70,0", "roll", "olga", "omar", "done"))
    assert t("handover.save", lang) not in shown


@LANGS
def test_a_line_without_shifts_says_what_to_do(lang: str) -> None:
    assert t("handover.no_shifts.text", lang) in a_handover(
        lang, HandoverBoard(LINE, "Line 1", ZONE, ()), may_sign=True
    )


def test_the_card_is_empty_when_nothing_waits_and_for_who_may_not_act() -> None:
    numbers = Numbers("en", ZONE)
    assert words(handover_card(None, numbers, may_act=True)) == ""
    assert words(handover_card(SIGNED, numbers, may_act=False)) == ""
    assert "roll" in words(handover_card(SIGNED, numbers, may_act=True))


@LANGS
def test_practice_is_marked_in_every_state(lang: str) -> None:
    plant = a_plant()
    reasons = list(plant.reasons.by_id.values())
    scene = simulated(plant.line(LINE), plant.reasons)[0]
    run = PracticeRun("olga", NOW, scene, 10, (Given(130_000, 0, "jam-infeed"), Given(140_000, None, "quality")))
    over = replace(run, ended_at=NOW + 1, feedback=feedback(scene, run.given))
    for board in (
        PracticeBoard(LINE, "Line 1", ZONE, NOW, (), None, 0, ()),
        PracticeBoard(LINE, "Line 1", ZONE, NOW, (scene,), None, 0, (over,)),
        PracticeBoard(LINE, "Line 1", ZONE, NOW, (), run, 150_000, (run,)),
    ):
        shown = words(practice.layout(a_head(), board, {LINE: "Line 1"}, reasons, lang))
        assert t("practice.banner", lang) in shown
    assert t("practice.given", lang, reason="jam infeed") in shown


@LANGS
def test_skills_show_gaps_in_words_and_forms_to_who_keeps_them_only(lang: str) -> None:
    held = Skill("olga", f"{LINE}/filler", "repair", 2, NOW)
    covers = tuple(cover(LINE, (), ("early", NOW), [], {}))
    named = {LINE: "Line 1", f"{LINE}/filler": "Filler", "*/filler": "Filler *"}
    needs = dict.fromkeys(("run", "changeover", "repair", "quality"), 1)
    empty = SkillBoard(LINE, "Line 1", ZONE, NOW, (), covers, {"leader": ()}, named, ("early",), needs)
    full = replace(empty, skills=(held,), called={"maintenance": (held,)})
    seen = words(skills.layout(a_head(), empty, {LINE: "Line 1"}, lang, may_keep=False))
    assert t("skills.gap", lang) in seen
    assert t("skills.called.nobody", lang) in seen
    assert t("skills.needed", lang) not in seen
    kept = words(skills.layout(a_head(), full, {LINE: "Line 1"}, lang, may_keep=True))
    assert all(word in kept for word in ("olga", t("skills.expired", lang), t("skills.needed", lang)))
