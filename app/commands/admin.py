"""Who may come in, changed and looked at on the page of administrators: all or nothing, for administrators everywhere.

Every call asks again what the account of who asks is now, and changes only what is still as it was read: of two who
would close each other's account, one does. So an administrator is always left: who acts is one and changes others only.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound, require
from app.auth.steward import Steward
from app.auth.tokens import Token
from app.auth.users import Account, made_password
from app.boards.admin import DAYS, TOKEN_ROLES, AdminBoard, AdminQuestion, Chain, Secret
from app.commands.admin_view import ID_LENGTH, AdminView
from app.commands.ground import Ground
from app.domain.interval import MINUTE_MS
from app.domain.roles import EVERYWHERE, PEOPLE, Identity, Permission, Role
from app.historian.access_log import AccessLog
from app.historian.accounts import Accounts

Keys = Accounts[Account, Token]


@dataclass(frozen=True, slots=True)
class AdminDesk:
    """Looks and acts for an administrator. Every call raises Forbidden for anybody else, and may raise DatabaseAway."""

    ground: Ground

    def board(self, who: Identity, asked: AdminQuestion) -> AdminBoard:
        """Return what the address asks for; that somebody looked at the logs is recorded."""
        self._actor(who)
        if asked.tab in ("sign_ins", "audit"):
            self._looked(who.name, f"looked.{asked.tab}", asked.who or EVERYWHERE)
        return AdminView(self.ground, self._keys).board(who, asked)

    def verify(self, who: Identity) -> Chain:
        """Return what checking the whole audit trail gives."""
        self._actor(who)
        return AdminView(self.ground, self._keys).chain(None)

    def add(self, who: Identity, name: str, role: str, scopes: Collection[str], password: str) -> Secret | None:
        """Make an account; return its password where none was typed. Raises Conflict, Invalid."""
        actor, name = self._actor(who), name.strip()
        if any(one.name.casefold() == name.casefold() for one in self._keys.accounts()):
            raise Conflict("refused.account_taken", name=name[:80])
        made = password or made_password()
        self._steward(actor).put_account(name, made, _role(role, PEOPLE), self._scopes(scopes))
        return None if password else Secret("password", name, made)

    def change(self, who: Identity, name: str, role: str, scopes: Collection[str]) -> None:
        """Give another person's account a role and places; their sessions end. Raises Conflict, Invalid, NotFound."""
        actor, found = self._other(who, name)
        wanted = _role(role, PEOPLE), self._scopes(scopes)
        if wanted != (found.role, found.scopes):
            self._steward(actor, found).change(found.name, *wanted)

    def disable(self, who: Identity, name: str) -> None:
        """Close another person's account; their sessions end. Raises Conflict, NotFound."""
        actor, found = self._other(who, name)
        if not found.disabled:
            self._steward(actor, found).disable(found.name)

    def enable(self, who: Identity, name: str) -> None:
        """Open a closed account again. Raises Conflict, NotFound."""
        actor, found = self._other(who, name)
        if found.disabled:
            self._steward(actor, found).enable(found.name)

    def set_password(self, who: Identity, name: str, password: str) -> Secret | None:
        """Give another person a new password; return it where none was typed. Raises Conflict, Invalid, NotFound."""
        actor, found = self._other(who, name)
        made = password or made_password()
        self._steward(actor, found).set_password(found.name, made)
        return None if password else Secret("password", found.name, made)

    def make_token(self, who: Identity, name: str, role: str, scope: str, days: str) -> Secret:
        """Make a token for a program or a display and return it, the only time it is seen. Raises Invalid."""
        actor = self._actor(who)
        wanted, (place,) = _role(role, (*TOKEN_ROLES, Role.DISPLAY)), self._scopes([scope])
        if days and days not in DAYS:
            raise Invalid("refused.days", days=days[:20])
        text = self._steward(actor).create_token(name.strip(), wanted, (place,), int(days) if days else None)
        if wanted is not Role.DISPLAY:
            return Secret("api", name.strip(), text)
        return Secret("display", name.strip(), text, self._wall(place))

    def revoke(self, who: Identity, id: str) -> None:  # noqa: A002
        """Revoke a token; streams it holds open end. Raises NotFound."""
        actor = self._actor(who)
        found = [one for one in self._keys.tokens() if len(id) == ID_LENGTH and one.digest.startswith(id)]
        if not found:
            raise NotFound("refused.no_such_token")
        for token in found:
            if token.revoked is None:
                self._steward(actor).revoke(token)

    def _looked(self, who: str, what: str, about: str) -> None:
        """Record that somebody looked; looking on within a minute is the same look."""
        now = self.ground.now()
        last = AccessLog(self.ground.database).audit(None, None, 1)
        if not any((row.who, row.what, row.place) == (who, what, about) and now - row.at < MINUTE_MS for row in last):
            self.ground.trail.write(now, who, what, about, "")

    @property
    def _keys(self) -> Keys:
        return Accounts(self.ground.database, Account, Token)

    def _actor(self, who: Identity) -> Account:
        """Return the account of who asks, as it is now: an administrator of everything, and a person, not a token."""
        require(who, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
        found = self._keys.account(who.name)
        if found is None or found.disabled:
            raise Forbidden("refused.people_only")
        require(found.identity, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
        return found

    def _other(self, who: Identity, name: str) -> tuple[Account, Account]:
        """Return the account of who asks and another one. Raises Conflict for their own, NotFound."""
        actor = self._actor(who)
        found = None if "\x00" in name else self._keys.account(name)
        if found is None:
            raise NotFound("refused.no_such_account", name=name[:80])
        if found.name == actor.name:
            raise Conflict("refused.last_admin" if self._is_last(actor) else "refused.own_account")
        return actor, found

    def _is_last(self, actor: Account) -> bool:
        others = (one for one in self._keys.accounts() if one.name != actor.name and not one.disabled)
        return not any(one.role is Role.ADMIN and EVERYWHERE in one.scopes for one in others)

    def _steward(self, actor: Account, *seen: Account) -> Steward:
        keys = _StillSo(self._keys, (actor, *seen), self.ground, actor.name)
        return Steward(keys, self.ground.trail, actor.name, self.ground.now)

    def _scopes(self, wanted: Collection[str]) -> tuple[str, ...]:
        """Return places as an account keeps them: everything alone, else in the plant's order, none inside another."""
        known = AdminView(self.ground, self._keys).places()
        unknown = [path for path in wanted if path not in known]
        if unknown or not wanted:
            raise Invalid("refused.scope", path=unknown[0][:200] if unknown else "\u2013")
        if EVERYWHERE in wanted:
            return (EVERYWHERE,)
        return tuple(p for p in known if p in wanted and not any(p.startswith(o + "/") for o in wanted))

    def _wall(self, place: str) -> str:
        """Return where a display of this place opens: a line's screen, or its lines in turn."""
        shown = self.ground.plant().sites[0].path if place == EVERYWHERE else place
        is_line = any(line.path == shown for line in self.ground.plant().lines())
        return f"/line/{shown}?kiosk=1" if is_line else f"/kiosk/{shown}"


@dataclass(frozen=True, slots=True)
class _StillSo:
    """The store, changing an account only while everything that was read for it still holds; else the trail says so."""

    keys: Keys
    seen: tuple[Account, ...]
    ground: Ground
    who: str

    def account(self, name: str) -> Account | None:
        return self.keys.account(name)

    def put_account(self, account: Account) -> None:
        if not self.keys.put_while(account, self.seen):
            self.ground.trail.write(
                self.ground.now(), self.who, "account.not_changed", account.name, "changed meanwhile"
            )
            raise Conflict("refused.account_changed", name=account.name)

    def token(self, digest: str) -> Token | None:
        return self.keys.token(digest)

    def put_token(self, token: Token) -> None:
        self.keys.put_token(token)

    def tokens(self) -> list[Token]:
        return self.keys.tokens()

    def revoke(self, digest: str, at: int) -> None:
        self.keys.revoke(digest, at)


def _role(said: str, offered: Collection[Role]) -> Role:
    found = next((role for role in offered if role.value == said), None)
    if found is None:
        raise Invalid("refused.role", role=said[:20], roles=", ".join(offered))
    return found
