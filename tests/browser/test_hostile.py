"""Words with markup in them, on real pages in a real browser: shown as they were typed, and nothing of them runs."""

from dataclasses import replace

import pytest

from app.boards.line import Call, LineBoard
from app.domain.plant.reasons import Reason
from app.domain.roles import Role
from tests.browser.conftest import Screen
from tests.sample_boards import LINE, sample_line_board

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.redis]
HOSTILE = "<img src=x onerror=\"window.broken=1\"><b id='bold'>x</b>"
PAGES = (f"/line/{LINE}", "/area/leipzig/bottling", "/shifts", f"/line/{LINE}?explain=oee", f"/kiosk/{LINE}")


def a_hostile_board() -> LineBoard:
    board = sample_line_board()
    assert board.order is not None
    machines = tuple(replace(tile, name=HOSTILE) for tile in board.machines)
    stops = tuple(replace(stop, machine_name=HOSTILE) for stop in board.stops)
    return replace(
        board,
        name=HOSTILE,
        order=replace(board.order, order=HOSTILE, product_name=HOSTILE),
        state=replace(board.state, reason="jam-infeed", reason_name=HOSTILE, caused_by_name=HOSTILE),
        machines=machines,
        stops=stops,
        calls=(Call("leader", board.at - 60_000, HOSTILE, HOSTILE, board.at - 30_000),),
    )


def test_names_and_notes_are_shown_as_typed_and_nothing_of_them_runs(screen: Screen) -> None:
    tree = screen.world.plant.reasons.by_id
    tree.update({key: Reason(key, HOSTILE, kept.path, is_leaf=kept.is_leaf) for key, kept in list(tree.items())})
    board = a_hostile_board()
    names = ("name", "order", "state", "machines", "stops", "calls")
    screen.changes.update({name: getattr(board, name) for name in names})
    screen.sign_in(Role.SUPERVISOR, PAGES[0])
    screen.until(lambda: HOSTILE in screen.browser.find_element("tag name", "body").text, "the words never came")
    for page in PAGES:
        screen.browser.get(screen.address + page)
        screen.until(lambda: screen.one("main").text, f"{page} did not come")
        found = screen.browser.execute_script(
            "return [document.querySelectorAll('img[src=x], #bold').length, window.broken || 0]"
        )
        assert found == [0, 0], page
    assert screen.complaints() == []


def test_a_script_put_into_a_page_does_not_run(screen: Screen) -> None:
    screen.sign_in(Role.OPERATOR, PAGES[0])
    screen.says(".now__word", "Running")
    ran = screen.browser.execute_script(
        "const put = document.createElement('script'); put.textContent = 'window.broken = 1';"
        "document.body.append(put);"
        "const made = document.createElement('div'); made.setAttribute('onclick', 'window.broken = 2');"
        "document.body.append(made); made.click();"
        "return window.broken || 0"
    )
    assert ran == 0
    assert any("Content Security Policy" in said or "Content-Security" in said for said in screen.complaints())
