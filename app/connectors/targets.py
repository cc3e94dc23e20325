"""Who gets what: webhooks, addresses and the maintenance system, as the file LINESIDE_TARGETS names has them."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from app.boards.messages import ORDER_CHANGED, ORDER_CREATED, Parcel
from app.connectors.guard import BadAddress, Guard
from app.connectors.webhook import BadSecret, secret_of
from app.domain.decisions.outside import STATUSES, Status
from app.domain.roles import EVERYWHERE, PEOPLE, covers
from app.text.translate import DEFAULT, languages

CMMS = "cmms"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ADDRESS = re.compile(r"[A-Za-z0-9_!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}")


class BadTargets(ValueError):
    """The file of targets is wrong; the text says where, and never a secret."""


class WebhookTarget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """events: CloudEvents types it wants, `*` at an end: whatever follows; places: path prefixes; secret: whsec_..."""

    name: str
    url: str
    secret: str
    events: tuple[str, ...] = ("*",)
    places: tuple[str, ...] = (EVERYWHERE,)
    lang: str = DEFAULT

    def __repr__(self) -> str:
        return f"WebhookTarget({self.name!r})"


class MailTarget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """roles: what is meant for these roles comes here; places: path prefixes."""

    name: str
    address: str
    roles: tuple[str, ...]
    places: tuple[str, ...] = (EVERYWHERE,)
    lang: str = DEFAULT


class CmmsTarget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The maintenance system. url: base of its interface; states: its word -> ours (open, planned, in_work, done)."""

    url: str
    token: str
    states: dict[str, Status] = msgspec.field(default_factory=lambda: {status: status for status in STATUSES})
    places: tuple[str, ...] = (EVERYWHERE,)

    def __repr__(self) -> str:
        return "CmmsTarget()"


class Targets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of them, as tables `[[webhook]]`, `[[mail]]` and `[cmms]` of the file."""

    webhook: tuple[WebhookTarget, ...] = ()
    mail: tuple[MailTarget, ...] = ()
    cmms: CmmsTarget | None = None

    def wanting(self, parcel: Parcel) -> list[str]:
        """Return the names of the targets that get a parcel."""
        place = parcel.equipment
        if parcel.channel == "mail":
            return [m.name for m in self.mail if parcel.to in m.roles and _lies_in(m.places, place)]
        if parcel.channel == "webhook":
            return [w.name for w in self.webhook if _wants(w.events, parcel.kind) and _lies_in(w.places, place)]
        is_order = parcel.kind in (ORDER_CREATED, ORDER_CHANGED)
        return [CMMS] if self.cmms and is_order and _lies_in(self.cmms.places, place) else []


def targets_of(found: Mapping[str, Any], guard: Guard, domains: Collection[str] = ()) -> Targets:
    """Return the targets of a parsed file. domains: whose addresses may be used, () is all. Raises BadTargets."""
    try:
        targets = msgspec.convert(found, Targets)
    except msgspec.ValidationError as error:
        raise BadTargets(str(error)) from error
    names = [*(hook.name for hook in targets.webhook), *(to.name for to in targets.mail)]
    for name in names:
        if not _NAME.fullmatch(name) or name == CMMS or names.count(name) > 1:
            raise BadTargets(f"name {name[:60]!r}: must be unique, of a-z 0-9 - _, at most 40, and not {CMMS!r}")
    for webhook in targets.webhook:
        _check_webhook(webhook, guard)
    for mail in targets.mail:
        _check_mail(mail, domains)
    if targets.cmms is not None:
        _check_cmms(targets.cmms, guard)
    return targets


def _check_webhook(target: WebhookTarget, guard: Guard) -> None:
    try:
        guard.check(target.url)
        secret_of(target.secret)
    except BadAddress as error:
        raise BadTargets(f"webhook {target.name}: url {error}") from error
    except BadSecret as error:
        raise BadTargets(f"webhook {target.name}: secret {error}") from error
    _check_lang(target.name, target.lang)


def _check_mail(target: MailTarget, domains: Collection[str]) -> None:
    domain = target.address.rpartition("@")[2].lower()
    if not _ADDRESS.fullmatch(target.address) or ".." in target.address:
        raise BadTargets(f"mail {target.name}: address {target.address[:80]!r}: must be name@host")
    if domains and domain not in domains:
        raise BadTargets(f"mail {target.name}: LINESIDE_MAIL_DOMAINS does not name {domain!r}")
    unknown = sorted(set(target.roles) - {role.value for role in PEOPLE})
    if unknown or not target.roles:
        raise BadTargets(f"mail {target.name}: roles must be some of {', '.join(PEOPLE)}")
    _check_lang(target.name, target.lang)


def _check_cmms(target: CmmsTarget, guard: Guard) -> None:
    try:
        parts = guard.check(target.url)
    except BadAddress as error:
        raise BadTargets(f"cmms: url {error}") from error
    if parts.query:
        raise BadTargets("cmms: url must be without ?")
    if not target.token or not target.token.isascii() or not target.token.isprintable() or " " in target.token:
        raise BadTargets("cmms: token must be printable ASCII without spaces")


def _check_lang(name: str, lang: str) -> None:
    if lang not in languages():
        raise BadTargets(f"{name}: lang {lang[:20]!r}: must be one of {', '.join(languages())}")


def _wants(events: Sequence[str], kind: str) -> bool:
    return any(kind.startswith(e[:-1]) if e.endswith("*") else kind == e for e in events)


def _lies_in(places: Sequence[str], equipment: str) -> bool:
    return any(covers(place, equipment) for place in places)
