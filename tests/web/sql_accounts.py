"""Accounts, tokens, ended sessions and the audit trail as the product keeps them: in the world's own database."""

from collections.abc import Callable

from app.auth.tokens import Token
from app.auth.users import Account
from app.historian.accounts import Accounts, Audit
from app.historian.database import Database
from app.historian.sessions import EndedSessions


class SqlAccounts(Accounts[Account, Token]):
    """In place of MemoryAccounts, where what one page writes another has to read."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        super().__init__(database, Account, Token)
        self._ended = EndedSessions(database, now)
        self.write = Audit(database).write

    def access(self) -> int:
        return 0  # app.historian.access sees every change of this database

    def revoke(self, session_id: str, ttl_ms: int) -> None:
        self._ended.revoke(session_id, ttl_ms)

    def is_revoked(self, session_id: str) -> bool:
        return self._ended.is_revoked(session_id)
