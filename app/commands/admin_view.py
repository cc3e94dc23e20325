"""What the page of administrators shows, read from accounts, tokens, the sign-in log and the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.auth.tokens import Token
from app.auth.users import Account
from app.boards.admin import AdminBoard, AdminQuestion, AuditRow, Chain, PersonRow, TokenRow
from app.commands.ground import Ground
from app.domain.roles import EVERYWHERE, Identity
from app.historian.access_log import AccessLog
from app.historian.accounts import Accounts, Audit

ROWS = 50
ID_LENGTH = 16
CHECKED = 20_000
"""Rows of the audit trail that are checked whenever somebody looks; more on request."""
MOST_TOLD = 5_000
MADE_WITHIN_MS = 10_000


@dataclass(frozen=True, slots=True)
class AdminView:
    """Reads; who may is asked before (app.commands.admin)."""

    ground: Ground
    keys: Accounts[Account, Token]

    def board(self, who: Identity, asked: AdminQuestion) -> AdminBoard:
        """Return the page's chosen tab."""
        plant = self.ground.plant()
        board = AdminBoard(asked, plant.sites[0].zone, self.ground.now(), self.places())
        if asked.tab == "people":
            return replace(board, people=self._people(who))
        if asked.tab == "tokens":
            return replace(board, tokens=self._tokens())
        if asked.tab == "system":
            return replace(board, backup=next(iter(self._log.told("backup.made", 1)), None))
        return self._sign_ins(board) if asked.tab == "sign_ins" else self._audit(board)

    def places(self) -> Mapping[str, str]:
        """Return scope -> name of everything, each site, area and line, in the plant file's order."""
        found = {EVERYWHERE: ""}
        for site in self.ground.plant().sites:
            found[site.path] = site.name
            for area in site.areas:
                found[area.path] = f"{site.name} \u203a {area.name}"
                found.update({line.path: f"{area.name} \u203a {line.name}" for line in area.lines})
        return found

    def chain(self, most: int | None) -> Chain:
        """Return what checking the newest `most` rows of the audit trail gives; None: all of it."""
        audit = Audit(self.ground.database)
        rows = audit.last()
        checked = rows if most is None else min(rows, most)
        return Chain(rows, checked, audit.first_broken(rows - checked))

    @property
    def _log(self) -> AccessLog:
        return AccessLog(self.ground.database)

    def _people(self, who: Identity) -> tuple[PersonRow, ...]:
        last = self._log.last_sign_ins()
        return tuple(
            PersonRow(one.name, one.role, one.scopes, one.disabled, last.get(one.name), one.name == who.name)
            for one in self.keys.accounts()
        )

    def _tokens(self) -> tuple[TokenRow, ...]:
        told = self._log.told("token.created", MOST_TOLD)
        rows = [_token_row(one, told) for one in self.keys.tokens()]
        now = self.ground.now()
        return tuple(sorted(rows, key=lambda row: (row.state(now) != "active", row.name.casefold(), -row.created)))

    def _sign_ins(self, board: AdminBoard) -> AdminBoard:
        asked = board.asked
        rows = self._log.sign_ins(asked.who, asked.outcome, asked.before, ROWS + 1)
        known = tuple(one.name for one in self.keys.accounts())
        return replace(board, sign_ins=tuple(rows[:ROWS]), more=len(rows) > ROWS, known=known)

    def _audit(self, board: AdminBoard) -> AdminBoard:
        rows = self._log.audit(board.asked.who, board.asked.before, ROWS + 1)
        known = [one.name for one in self.keys.accounts()]
        known += dict.fromkeys(f"token:{one.name}" for one in self.keys.tokens())
        chain = self.chain(CHECKED)
        return replace(board, audit=tuple(rows[:ROWS]), more=len(rows) > ROWS, known=tuple(known), chain=chain)


def _token_row(token: Token, told: list[AuditRow]) -> TokenRow:
    made = [one for one in told if one.place == token.name and 0 <= one.at - token.created <= MADE_WITHIN_MS]
    times = (token.last_used, token.expires, token.revoked)
    by = made[-1].who if made else None
    return TokenRow(token.digest[:ID_LENGTH], token.name, token.role, token.scopes, token.created, by, *times)
