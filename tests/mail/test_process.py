"""`python -m app mail` as a process: killed while it sends, told to try a letter, asked who gets what."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from app.historian.database import open_database
from app.historian.mail import Outbox
from app.historian.mail_schema import outbox, subscriptions
from app.streams.embedded import EmbeddedServer
from tests.mail.server import Postbox, a_mail_server, authenticator, certificate
from tests.makers import a_plant_file

pytestmark = [pytest.mark.slow, pytest.mark.redis]
ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


class Runs:
    """Runs verbs against a mail server and a data folder."""

    def __init__(self, data: Path, valkey: EmbeddedServer, url: str) -> None:
        plant = data / "plant.yaml"
        plant.write_text(json.dumps(a_plant_file()), encoding="utf-8")
        said = {"LINESIDE_DATA": str(data), "LINESIDE_PLANT": str(plant), "REDIS_URL": valkey.url}
        mail = {"LINESIDE_SMTP_URL": url, "LINESIDE_MAIL_FROM": "lineside@plant.example"}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LINESIDE_", "DATABASE_URL"))}
        self.environment = kept | said | mail

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=self.environment | more,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str, said: str = "", **more: str) -> tuple[int, str]:
        process = self.start(*words, **more)
        out, err = process.communicate(said, timeout=120)
        return process.returncode, out + err


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest.fixture
def runs(tmp_path: Path, valkey_server: EmbeddedServer, box: Postbox) -> Iterator[Runs]:
    with a_mail_server(box) as port:
        yield Runs(tmp_path, valkey_server, f"smtp+plain://127.0.0.1:{port}")


def test_a_kill_while_sending_leaves_one_letter_twice_at_most_and_says_so(
    runs: Runs, box: Postbox, tmp_path: Path
) -> None:
    assert runs("user", "add", "ada", "manager", said="correct horse battery\n")[0] == 0
    code, told = runs("mail", "subscribe", "ada", "site/area/line-1", "shift", "ada@plant.example", "--form", "csv")
    assert (code, told) == (0, "ada: site/area/line-1, shift, csv to ada@plant.example\n")
    assert runs("mail", "list")[1].startswith("ada\tsite/area/line-1\tshift\tcsv\ten\t")
    db = open_database(None, tmp_path)
    with db.begin() as connection:
        connection.execute(update(subscriptions).values(since=0))
    box.answers.clear()
    process = runs.start("mail", "--once")
    deadline = time.monotonic() + PATIENCE_S
    while not box.taken and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    box.answers.set()
    assert "sending" in {letter.state for letter in Outbox(db).newest(9)}
    with db.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.state == "sending").values(next_at=0))
    assert runs("mail", "--once")[0] == 0
    assert {letter.state for letter in Outbox(db).newest(9)} == {"sent"}
    db.dispose()
    ids = [message["Message-ID"] for message in box.taken]
    assert ids.count(ids[0]) == 2
    assert len(set(ids)) == len(ids) - 1
    again = [m for m in box.taken if "may have reached you before" in m.get_body(("plain",)).get_content()]
    assert [message["Message-ID"] for message in again] == [ids[0]]
    assert "\tsent\t" in runs("mail", "outbox")[1]
    assert runs("mail", "--once") == (0, "due 0, sent 0, failed 0, dead 0\n")


def test_a_trial_letter_says_whether_the_server_takes_it_encrypted_and_signed_in(
    tmp_path: Path, valkey_server: EmbeddedServer, box: Postbox
) -> None:
    serves, _ = certificate(tmp_path)
    with a_mail_server(box, tls_context=serves, authenticator=authenticator, auth_required=True) as port:
        runs = Runs(tmp_path, valkey_server, f"smtp://127.0.0.1:{port}")
        user = {"LINESIDE_SMTP_USER": "lineside", "SSL_CERT_FILE": str(tmp_path / "cert.pem")}
        right = user | {"LINESIDE_SMTP_PASSWORD": "right"}
        assert runs("mail", "test", "ada@plant.example", **right) == (0, "ada@plant.example: taken by 127.0.0.1\n")
        assert box.sent_encrypted == [True]
        code, told = runs("mail", "test", "ada@plant.example", **user, LINESIDE_SMTP_PASSWORD="wrong")
        assert (code, "535" in told, "wrong" in told) == (1, True, False)
        code, told = runs("mail", "test", "ada@elsewhere.example", **right, LINESIDE_MAIL_DOMAINS="plant.example")
        assert (code, "plant.example" in told) == (1, True)
        assert "mail server: ok" in runs("doctor", **right)[1]


@pytest.mark.parametrize("wrong", [
    {"LINESIDE_SMTP_URL": "mail.plant"}, {"LINESIDE_SMTP_URL": ""}, {"LINESIDE_MAIL_FROM": "nobody"},
])  # fmt: skip
def test_a_wrong_setting_ends_it_with_one_line(runs: Runs, wrong: dict[str, str]) -> None:
    code, told = runs("mail", "--once", **wrong)
    assert (code, len(told.splitlines())) == (2, 1)
    assert next(iter(wrong)) in told
