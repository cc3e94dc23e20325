"""What a server is made of in these tests: real code around stores kept in memory."""

from collections.abc import Callable

from app.auth.tokens import Token
from app.auth.users import Account


class MemoryAccounts:
    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.revoked: set[str] = set()
        self.sign_ins: list[tuple[int, str, str, str]] = []
        self.counts: dict[str, int] = {}

    def account(self, name: str) -> Account | None:
        return self.accounts.get(name)

    def put_account(self, account: Account) -> None:
        self.accounts[account.name] = account

    def token(self, digest: str) -> Token | None:
        return self.tokens.get(digest)

    def put_token(self, token: Token) -> None:
        self.tokens[token.digest] = token

    def revoke(self, session_id: str, ttl_ms: int) -> None:
        self.revoked.add(session_id)

    def is_revoked(self, session_id: str) -> bool:
        return session_id in self.revoked

    def signed_in(self, at: int, name: str, address: str, outcome: str) -> None:
        self.sign_ins.append((at, name, address, outcome))

    def add(self, name: str, window_ms: int, amount: int = 1) -> int:
        self.counts[name] = self.counts.get(name, 0) + amount
        return self.counts[name]

    def read(self, name: str) -> int:
        return self.counts.get(name, 0)

    def forget(self, name: str) -> None:
        self.counts.pop(name, None)


class MemoryBoards:
    def __init__(self) -> None:
        self.boards: dict[str, bytes] = {}
        self.heard: list[Callable[[str, bytes], None]] = []

    def last(self, line: str) -> bytes | None:
        return self.boards.get(line)

    async def run(self, heard: Callable[[str, bytes], None]) -> None:
        import asyncio

        for line, payload in self.boards.items():
            heard(line, payload)
        self.heard.append(heard)
        await asyncio.Event().wait()
