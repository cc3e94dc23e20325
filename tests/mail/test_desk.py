"""Who may subscribe to what: themselves, places in their scope, and each change is in the audit trail."""

import pytest

from app.auth.guard import Forbidden, Invalid, NotFound
from app.boards.mail import Letter, Subscription
from app.commands.mail import MOST_EACH, MailDesk
from app.domain.roles import Identity, Role
from tests.told import LINE, PLANT
from tests.web.parts import MemoryAccounts, MemoryMail

ADA = Identity("ada", Role.SUPERVISOR, ("site/area",))


@pytest.fixture
def mail() -> MailDesk:
    kept = MemoryMail()
    return MailDesk(kept, kept, MemoryAccounts(), is_on=True, domains=(), now=lambda: 7)


def wanted(equipment: str = LINE, **changes: str) -> Subscription:
    said = {"rhythm": "shift", "address": "ada@plant.example", "form": "pdf", "lang": "en", **changes}
    return Subscription("ada", equipment, **said, since=7)


def test_a_subscription_in_scope_is_kept_and_recorded_and_taken_back(mail: MailDesk) -> None:
    mail.subscribe(ADA, wanted(), PLANT, "ada")
    mail.desk.letters.append(Letter("k", "ada", "ada@plant.example", LINE, "2026-11-23", "early", "pdf", "en", 1))
    mail.desk.letters.append(Letter("k", "ada", "ada@plant.example", LINE, "2026-11-23", None, "pdf", "en", 2))
    ((found, last),) = mail.mine(ADA).subscriptions
    assert (found, last.shift) == (wanted(), "early")
    mail.unsubscribe("ada", LINE, "shift", "ada")
    assert mail.mine(ADA).subscriptions == ()
    assert [row[1:4] for row in mail.trail.rows] == [
        ("ada", "mail.subscribed", LINE),
        ("ada", "mail.unsubscribed", LINE),
    ]
    with pytest.raises(NotFound):
        mail.unsubscribe("ada", LINE, "shift", "ada")


def test_a_place_out_of_scope_or_a_role_without_history_is_refused(mail: MailDesk) -> None:
    for who, where in ((ADA, "site"), (ADA, "other/place"), (Identity("tv", Role.DISPLAY, ("*",)), LINE)):
        with pytest.raises(Forbidden):
            mail.subscribe(who, wanted(where), PLANT, who.name)
    assert mail.desk.all() == []


@pytest.mark.parametrize("change", [{"rhythm": "week"}, {"form": "exe"}, {"address": "nobody"}])
def test_what_cannot_be_is_refused_in_words(mail: MailDesk, change: dict[str, str]) -> None:
    with pytest.raises(Invalid, match=r"must be one of|no e-mail address"):
        mail.subscribe(ADA, wanted(**change), PLANT, "ada")


def test_a_place_that_is_not_in_the_plant_file_is_not_found(mail: MailDesk) -> None:
    with pytest.raises(NotFound):
        mail.subscribe(ADA, wanted("site/area/nowhere"), PLANT, "ada")


def test_one_person_has_so_many_and_no_more(mail: MailDesk) -> None:
    for n in range(MOST_EACH):
        mail.desk.put(wanted(f"site/area/line-{n + 2}"))
    with pytest.raises(Invalid, match=str(MOST_EACH)):
        mail.subscribe(ADA, wanted(), PLANT, "ada")
