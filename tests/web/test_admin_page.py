"""The page of administrators through the whole server: sessions, streams, refusals; nothing secret is left behind."""

import json
import logging

import pytest
from flask.testing import FlaskClient

from app.auth.sessions import CSRF_COOKIE
from app.auth.users import is_right
from app.domain.roles import Role
from app.historian.accounts import Accounts
from tests.sample_boards import LINE, NOW
from tests.web.parts import memory_database
from tests.web.sql_accounts import SqlAccounts
from tests.web.test_live import reading
from tests.web.world import SAME, World, sign_in

pytestmark = pytest.mark.redis
AREA = LINE.rsplit("/", 1)[0]
ADD = {"what": "add_person", "key": "k1", "name": "eve", "role": "operator", "scope|*": "on", "password": ""}


@pytest.fixture
def world(valkey):
    database = memory_database()
    made = World(valkey.url, database=database, store=SqlAccounts(database, lambda: NOW))  # type: ignore[arg-type]
    made.redis.flushall()
    yield made
    made.redis.close()


def ask(world: World, client: FlaskClient, said: dict[str, str], search: str = "", **sent: object) -> tuple[int, str]:
    """Press something on the page; return the status and the answer's text."""
    wired = next(o for o in world.web.pages.dash.callback_map if "admin-asks.data" in o)
    spec = world.web.pages.dash.callback_map[wired]
    outputs = [
        {"id": one.split(".")[0], "property": one.split(".")[1].split("@")[0]} for one in wired.strip(".").split("...")
    ]
    body = {
        "output": wired,
        "outputs": outputs,
        "inputs": [{**end, "value": said} for end in spec["inputs"]],
        "state": [{**end, "value": search} for end in spec["state"]],
        "changedPropIds": ["admin-asks.data"],
    }
    answer = client.post("/_dash-update-component", json=body, **({"headers": SAME} | sent))  # type: ignore[arg-type]
    return answer.status_code, answer.text


def test_an_administrator_adds_a_person_who_signs_in_with_what_was_shown(world: World, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    client = world.signed_in(Role.ADMIN)
    status, text = ask(world, client, ADD)
    assert status == 200
    response = json.loads(text)["response"]
    assert response["admin-asks"] == {"data": None}, "what was typed leaves the browser"
    shown = json.dumps(response["admin-secret"])
    (secret,) = [word for word in shown.replace('"', " ").split() if len(word) == 19 and word.count("-") == 3]
    assert sign_in(world.client(), "eve", secret).status_code == 303
    assert secret not in json.dumps({key: value for key, value in response.items() if key != "admin-secret"})
    assert secret not in client.get("/_dash-layout").text
    assert secret not in caplog.text


@pytest.mark.parametrize(
    ("role", "scopes", "status"),
    [
        (Role.OPERATOR, (), 403),
        (Role.SUPERVISOR, (), 403),
        (Role.MANAGER, (), 403),
        (Role.ENGINEER, (), 403),
        (Role.ADMIN, (AREA,), 200),
    ],
)
def test_everybody_else_changes_nothing(world: World, role: Role, scopes: tuple[str, ...], status: int) -> None:
    """An administrator of a part may open the page, which tells them that it is not theirs; nothing is done."""
    client = world.signed_in(role, *scopes)
    before = [(one.name, one.role, one.scopes) for one in world.store.accounts()]
    for said in (ADD, {"what": "change_person", "key": "k", "name": role.value, "role": "admin", "scope|*": "on"}):
        found, text = ask(world, client, said)
        assert found == status
        if status == 200:
            problem = json.loads(text)
            assert problem["sideUpdate"]["problem-last"]["data"]["kind"] == "forbidden"
            assert "response" not in problem or "admin-secret" not in problem["response"]
    assert [(one.name, one.role, one.scopes) for one in world.store.accounts()] == before


def test_a_token_with_every_right_makes_no_account(world: World) -> None:
    secret = world.token(Role.ADMIN, name="robot")
    status, text = ask(world, world.client(), ADD, headers={"Authorization": f"Bearer {secret}"})
    assert status == 200
    assert json.loads(text)["sideUpdate"]["problem-last"]["data"]["kind"] == "forbidden"
    assert world.store.account("eve") is None


def test_nothing_is_done_without_proof_that_our_page_sent_it(world: World) -> None:
    client = world.signed_in(Role.ADMIN)
    assert ask(world, client, ADD, headers={})[0] == 403
    assert ask(world, client, ADD, headers={"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert world.store.account("eve") is None
    token = client.get_cookie(CSRF_COOKIE).value
    assert ask(world, client, ADD, headers={"X-CSRFToken": token})[0] == 200
    assert world.store.account("eve") is not None


@pytest.mark.parametrize(
    "said",
    [
        {"what": "disable_person"},
        {"what": "password_person", "password": "another long password"},
        {"what": "change_person", "role": "operator", "scope|leipzig/packing": "on"},
    ],
    ids=lambda said: said["what"],
)
def test_a_changed_persons_session_and_stream_end_at_once(world: World, said: dict[str, str]) -> None:
    world.publish()
    admin, olga = world.signed_in(Role.ADMIN), world.signed_in(Role.SUPERVISOR)
    assert olga.get("/shifts").status_code == 200
    cookie = olga.get_cookie("lineside_session").value
    with world.listening() as url, reading(url, world, cookie=cookie) as stream:
        stream.next()
        assert ask(world, admin, said | {"key": "k", "name": "supervisor"})[0] == 200
        with pytest.raises(EOFError):
            stream.until(b"never")
    assert olga.get("/shifts").status_code == 302


def test_a_revoked_token_opens_nothing_at_once(world: World) -> None:
    admin = world.signed_in(Role.ADMIN)
    secret = world.token(Role.ENGINEER, name="gate")

    def use() -> int:
        return world.client().get("/api/v1/equipment", headers={"Authorization": f"Bearer {secret}"}).status_code

    assert use() == 200
    (token,) = world.store.tokens()
    assert token.last_used == NOW
    ask(world, admin, {"what": "revoke_token", "key": "k", "id": token.digest[:16]})
    assert use() == 401


def test_a_display_made_on_the_page_signs_in_by_its_address(world: World) -> None:
    world.publish()
    said = {"what": "make_display", "key": "k", "name": "hall", "scope": LINE, "days": ""}
    _, text = ask(world, world.signed_in(Role.ADMIN), said)
    shown = json.dumps(json.loads(text)["response"]["admin-secret"])
    (address,) = [word for word in shown.split('"') if word.startswith("/line/")]
    screen = world.client()
    answer = screen.get(address)
    assert answer.location == f"/line/{LINE}?kiosk=1"
    assert screen.get(answer.location).status_code == 200
    assert [screen.get(path).status_code for path in ("/shifts", "/admin")] == [403, 403]


def test_a_password_that_was_refused_says_so_and_not_what_it_was(world: World) -> None:
    _, text = ask(world, world.signed_in(Role.ADMIN), ADD | {"password": "tooshort"})
    problem = json.loads(text)["sideUpdate"]["problem-last"]["data"]
    assert (problem["kind"], "10" in problem["text"]) == ("invalid", True)
    assert "tooshort" not in text


def test_passwords_and_secrets_are_in_no_table(world: World) -> None:
    ask(world, world.signed_in(Role.ADMIN), ADD | {"password": "typed by herself"})
    kept = Accounts.account(world.store, "eve")  # type: ignore[arg-type]
    assert is_right(kept, "typed by herself")
    assert "typed by herself" not in repr([*world.store.accounts(), *world.store.tokens()])
