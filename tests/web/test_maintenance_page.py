"""The maintenance page as the browser asks for it, and work orders over REST."""

import pytest
from flask.testing import FlaskClient

from app.domain.decisions.work import failure_codes
from app.domain.roles import Role
from tests.sample_boards import LINE
from tests.web.test_who_may_what import a_callback
from tests.web.world import SAME, World

pytestmark = pytest.mark.redis
ORDERS = "/api/v1/work-orders"
NEW = {"machine": f"{LINE}/filler", "title": "=oil it", "why": "dry"}


def opened(world: World, client: FlaskClient) -> str:
    answer = client.post("/_dash-update-component", json=a_callback(world, "/maintenance"), headers=SAME)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def pressed(world: World, client: FlaskClient, **said: object) -> str:
    """What the page answers when somebody presses a button."""
    spec = next(s for key, s in world.web.pages.dash.callback_map.items() if s["inputs"] and
                s["inputs"][0]["id"] == "maintenance-asks")  # fmt: skip
    output = next(key for key, s in world.web.pages.dash.callback_map.items() if s is spec)
    outputs = [dict(zip(("id", "property"), part.split("."), strict=True)) for part in output.strip(".").split("...")]
    body = {
        "output": output,
        "outputs": outputs,
        "inputs": [{**spec["inputs"][0], "value": {"key": "k", **said}}],
        "state": [{**spec["state"][0], "value": ""}],
        "changedPropIds": ["maintenance-asks.data"],
    }
    answer = client.post("/_dash-update-component", json=body, headers=SAME)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_an_order_is_made_and_moved_to_done_on_the_page(world: World) -> None:
    client = world.signed_in(Role.ENGINEER)
    page = opened(world, client)
    assert "Make the order" in page
    assert "Nothing is open." in page
    page = pressed(world, client, what="make", machine=f"{LINE}/filler", title="oil it", why="", priority="1",
                   kind="corrective", minutes="20")  # fmt: skip
    assert "The order is made" in page
    (order,) = client.get(f"{ORDERS}?equipment={LINE}").json["work_orders"]
    about = {"number": str(order["number"])}
    assert "Work has begun" in pressed(world, client, what="start", version="1", **about)
    reason = next(iter(failure_codes(world.plant.reasons)))
    page = pressed(world, client, what="done", version="2", code=reason, minutes="25", note="dry", **about)
    assert "It is closed" in page
    (order,) = client.get(f"{ORDERS}?equipment={LINE}").json["work_orders"]
    assert (order["state"], order["minutes"], order["code"]) == ("done", 25, reason)


def test_an_operator_makes_orders_and_has_no_buttons_to_move_them(world: World) -> None:
    client = world.signed_in(Role.OPERATOR)
    assert client.post(ORDERS, json=NEW, headers=SAME).status_code == 201
    page = opened(world, client)
    assert "Make the order" in page
    assert "oil it" in page
    assert '"data-ask":"start"' not in page
    assert '"data-ask":"start"' in opened(world, world.signed_in(Role.ENGINEER))


def test_rest_says_what_is_wrong_and_who_was_first(world: World) -> None:
    client = world.signed_in(Role.ENGINEER)
    assert client.post(ORDERS, json={**NEW, "title": ""}, headers=SAME).status_code == 400
    assert client.post(ORDERS, json={**NEW, "odd": 1}, headers=SAME).status_code == 400
    assert client.post(ORDERS, json={"suggestion": "nothing"}, headers=SAME).status_code == 404
    number = client.post(ORDERS, json=NEW, headers=SAME).json["number"]
    start = {"do": "start", "version": 1}
    assert client.patch(f"{ORDERS}/{number}", json=start, headers=SAME).status_code == 200
    assert client.patch(f"{ORDERS}/{number}", json=start, headers=SAME).status_code == 409
    assert client.patch(f"{ORDERS}/999", json=start, headers=SAME).status_code == 404


def test_a_spreadsheet_gets_csv_that_runs_nothing(world: World) -> None:
    client = world.signed_in(Role.ENGINEER)
    client.post(ORDERS, json=NEW, headers=SAME)
    text = client.get(f"{ORDERS}?equipment={LINE}", headers={"Accept": "text/csv"}).get_data(as_text=True)
    head, row = text.splitlines()
    assert head.startswith("number,machine,title")
    assert "'=oil it" in row
