"""Sessions begin fresh, end when they should, and a password cannot be guessed at leisure."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from app.auth.sessions import CSRF_COOKIE
from app.auth.tokens import digest_of
from app.auth.users import ensure_account, sign_out_everywhere
from app.domain.roles import Role
from app.web.config import WebConfig
from tests.sample_boards import LINE
from tests.web.test_who_may_what import a_callback
from tests.web.world import PASSWORD, SAME, World, sign_in

pytestmark = pytest.mark.redis
SESSION = "lineside_session"
WHO_TRIED = ("operator", "nobody", "manager", "manager")


def test_the_form_works_without_javascript_and_keeps_where_one_wanted_to_go(world: World) -> None:
    world.person(Role.OPERATOR)
    client = world.client()
    page = BeautifulSoup(client.get("/login?next=/shifts%3Fx%3D1").data, "html.parser")
    fields = {i["name"]: i.get("value", "") for i in page.select("main.login form input")}
    answer = client.post("/login", data=fields | {"username": "operator", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/shifts?x=1")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y"]
)
def test_sign_in_never_leads_away(world: World, target: str) -> None:
    world.person(Role.OPERATOR)
    assert sign_in(world.client(), "operator", target=target).location == "/"


def test_a_session_is_new_at_every_sign_in(world: World) -> None:
    client = world.signed_in(Role.OPERATOR)
    first = (client.get_cookie(SESSION).value, client.get_cookie(CSRF_COOKIE).value)
    sign_in(client, "operator")
    assert client.get_cookie(SESSION).value != first[0]
    assert client.get_cookie(CSRF_COOKIE).value != first[1]


def test_a_copied_cookie_opens_nothing_after_sign_out(world: World) -> None:
    client, thief = world.signed_in(Role.OPERATOR), world.client()
    thief.set_cookie(SESSION, client.get_cookie(SESSION).value)
    assert thief.get("/shifts").status_code == 200
    client.post("/logout", headers=SAME)
    assert thief.get("/shifts").status_code == 302


def test_a_session_ends_when_idle_and_when_old(world: World) -> None:
    idle, busy = world.signed_in(Role.OPERATOR), world.signed_in(Role.SUPERVISOR)
    for _ in range(6):
        world.clock.ms += world.config.absolute_ms // 8
        busy.get("/shifts")
    assert idle.get("/shifts").status_code == 302
    assert busy.get("/shifts").status_code == 200
    for _ in range(3):
        world.clock.ms += world.config.absolute_ms // 8
        last = busy.get("/shifts").status_code
    assert last == 302


def test_a_change_of_role_or_sign_out_everywhere_ends_every_session(world: World) -> None:
    client = world.signed_in(Role.ADMIN)
    ensure_account(world.store, "admin", PASSWORD, Role.OPERATOR, ("*",))
    assert client.get("/shifts").status_code == 302
    other = world.signed_in(Role.OPERATOR)
    sign_out_everywhere(world.store, "operator")
    assert other.get("/shifts").status_code == 302


def test_wrong_passwords_are_throttled_per_account_even_for_names_nobody_has(world: World) -> None:
    world.person(Role.OPERATOR)
    for name in ("operator", "nobody"):
        statuses = [sign_in(world.client(), name, "wrong password").status_code for _ in range(9)]
        assert statuses == [401] * 8 + [429]
    answer = sign_in(world.client(), "operator")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    world.redis.pexpire("count:signin:account:operator", 61_000)
    later = sign_in(world.client(), "operator")
    assert 0 < int(later.headers["Retry-After"]) <= 61, "what is left of the wait, not all of it again"
    assert {row[3] for row in world.store.sign_ins} == {"wrong", "unknown", "throttled"}


def test_why_nobody_came_in_is_in_the_log_and_not_in_the_answer(world: World) -> None:
    closed = world.store.accounts[world.person(Role.MANAGER)]
    world.store.put_account(replace(closed, disabled=True))
    world.person(Role.OPERATOR)
    answers = [sign_in(world.client(), name, "wrong password") for name in ("operator", "nobody", "manager")]
    answers.append(sign_in(world.client(), "manager"))
    said = [answer.text.replace(name, "?") for answer, name in zip(answers, WHO_TRIED, strict=True)]
    assert len(set(said)) == 1
    assert [row[3] for row in world.store.sign_ins] == ["wrong", "unknown", "disabled", "disabled"]


def test_who_came_who_went_and_who_was_locked_out_is_audited_once_each(world: World) -> None:
    client = world.signed_in(Role.OPERATOR)
    client.post("/logout", headers=SAME)
    sign_in(client, "operator")
    client.post("/logout/everywhere", headers=SAME)
    for _ in range(12):
        sign_in(world.client(), "operator", "wrong password")
    whats = [(who, what) for _, who, what, _, _ in world.store.rows]
    assert whats == [
        ("operator", "signed_in"),
        ("operator", "signed_out"),
        ("operator", "signed_in"),
        ("operator", "signed_out_everywhere"),
        ("operator", "locked_out"),
    ]
    assert PASSWORD not in repr(world.store.rows)
    assert {where for *_, where, _ in world.store.rows} == {"127.0.0.1"}


def test_wrong_passwords_are_throttled_per_address(world: World) -> None:
    statuses = [sign_in(world.client(), f"name{i}", "wrong password").status_code for i in range(41)]
    assert statuses == [401] * 40 + [429]


def test_passwords_and_tokens_are_kept_hashed_only(world: World) -> None:
    world.person(Role.OPERATOR)
    secret = world.token(Role.ENGINEER)
    assert world.store.accounts["operator"].password_hash.startswith("$argon2id$")
    kept = repr((world.store.accounts, world.store.tokens))
    assert PASSWORD not in kept
    assert secret not in kept


def test_a_token_opens_until_it_expires_or_is_revoked(world: World) -> None:
    secret = world.token(Role.ENGINEER)

    def ask() -> int:
        return world.client().get("/api/v1/equipment", headers={"Authorization": f"Bearer {secret}"}).status_code

    assert ask() == 200
    kept = world.store.tokens[digest_of(secret)]
    world.store.put_token(type(kept)(kept.name, kept.digest, kept.role, kept.scopes, kept.created, revoked=1))
    assert ask() == 401


def test_a_display_trades_its_address_for_a_cookie_that_sees_its_line_only(world: World) -> None:
    secret = world.token(Role.DISPLAY, LINE, name="hall")
    screen = world.client()
    answer = screen.get(f"/line/{LINE}?token={secret}&kiosk=1")
    assert answer.location == f"/line/{LINE}?kiosk=1"
    cookie = screen.get_cookie("lineside_display")
    assert cookie.http_only
    assert screen.get(f"/line/{LINE}").status_code == 200
    assert [screen.get(p).status_code for p in ("/shifts", "/area/leipzig/bottling")] == [403, 403]


def test_a_person_s_token_does_not_work_as_a_display_cookie(world: World) -> None:
    client = world.client()
    client.set_cookie("lineside_display", world.token(Role.ADMIN))
    assert client.get("/shifts").status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        SAME | {"Origin": "http://localhost.evil.example"},
    ],
)
def test_a_change_sent_from_another_site_is_refused_everywhere(world: World, headers: dict[str, str]) -> None:
    client = world.signed_in(Role.ADMIN)
    asked = [
        client.post("/login", data={"username": "admin", "password": PASSWORD}, headers=headers),
        client.post("/logout", headers=headers),
        client.post("/_dash-update-component", json=a_callback(world), headers=headers),
        client.post("/api/v1/events", json=[], headers=headers),
    ]
    assert [answer.status_code for answer in asked] == [403] * 4


def test_a_callback_needs_proof_that_it_comes_from_our_page(world: World) -> None:
    client = world.signed_in(Role.OPERATOR)

    def ask(headers: dict[str, str]) -> int:
        return client.post("/_dash-update-component", json=a_callback(world), headers=headers).status_code

    token = client.get_cookie(CSRF_COOKIE).value
    assert [ask({}), ask({"X-CSRFToken": "0" * 64}), ask({"X-CSRFToken": token})] == [403, 403, 200]
    assert ask({"Origin": "http://localhost"}) == 200


def test_a_callback_request_our_pages_would_never_send_is_refused_without_an_error(world: World) -> None:
    client, asked = world.signed_in(Role.OPERATOR), a_callback(world)
    for odd in (asked | {"inputs": []}, asked | {"inputs": "x"}, asked | {"state": [1] * 9}):
        assert client.post("/_dash-update-component", json=odd, headers=SAME).status_code == 400


def test_the_api_takes_no_form_without_proof(world: World) -> None:
    client = world.signed_in(Role.ADMIN)
    assert client.post("/api/v1/events", data={"kind": "x"}).status_code == 403
    assert client.post("/api/v1/events", data="{}", content_type="text/plain").status_code == 403
    assert client.post("/api/v1/events", json=[]).status_code == 200


def test_every_answer_carries_the_security_headers(world: World) -> None:
    client = world.signed_in(Role.OPERATOR)
    for path in ("/login", "/shifts", "/nothing", "/api/v1/equipment", "/api/v1/nothing", "/healthz", "/_dash-layout"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "unsafe" not in scripts
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_every_inline_script_of_the_page_is_allowed_by_hash(world: World) -> None:
    import base64
    import hashlib

    answer = world.signed_in(Role.OPERATOR).get("/shifts")
    inline = [
        s.string
        for s in BeautifulSoup(answer.data, "html.parser").find_all("script")
        if not s.get("src") and s.get("type") != "application/json"
    ]
    assert inline
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_nothing_is_loaded_from_elsewhere(world: World) -> None:
    page = BeautifulSoup(world.signed_in(Role.OPERATOR).get("/shifts").data, "html.parser")
    links = [tag.get("src") or tag.get("href") for tag in page.find_all(["script", "link", "img"])]
    assert all(link is None or (link.startswith("/") and not link.startswith("//")) for link in links)


def test_only_known_hosts_are_answered(world: World) -> None:
    client = world.client()
    asked = ("localhost:8050", "127.0.0.1", "plant.example", "localhost.evil.example", "")
    statuses = [client.get("/healthz", headers={"Host": host}).status_code for host in asked]
    assert statuses == [200, 200, 400, 400, 400]
    public = world.again(WebConfig("s" * 40, public_url="https://plant.example")).client()
    assert public.get("/healthz", headers={"Host": "plant.example"}).status_code == 200


def test_cookies_are_secure_behind_https(world: World) -> None:
    https = world.again(WebConfig("s" * 40, public_url="https://plant.example"))
    https.person(Role.OPERATOR)
    answer = https.client().post(
        "/login", data={"username": "operator", "password": PASSWORD}, headers={"Host": "plant.example"}
    )
    session = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(SESSION))
    assert all(word in session for word in ("Secure", "HttpOnly", "SameSite=Lax"))
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_a_secret_key_that_is_no_secret_stops_the_start() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        WebConfig("short")
