"""Alerts by e-mail: a short letter with what, why and a link. No word of it becomes a header or markup."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.boards.messages import Parcel
from app.connectors.base import Receipt, short
from app.connectors.words import Words
from app.text.translate import t


@dataclass(frozen=True, slots=True)
class Mail:
    """The way to one address. sender: our own; deliver, there: the mail server, they raise NotDelivered."""

    address: str
    sender: str
    words: Words
    deliver: Callable[[EmailMessage], None]
    there: Callable[[], None]

    def check(self) -> None:
        """Return when the mail server lets us in. Raises NotDelivered."""
        self.there()

    def send(self, parcel: Parcel, now: int) -> Receipt:
        """Hand a letter over; its Message-ID stays with every try. Raises NotDelivered, ValueError for a bad header."""
        self.deliver(self.letter(parcel, now))
        return Receipt(t("messages.mail_taken", self.words.lang))

    def letter(self, parcel: Parcel, now: int) -> EmailMessage:
        """Return the letter. now: UTC ms, its date."""
        lang, said = self.words.lang, self.words.of(parcel)
        title = short(str(said.get("title", parcel.kind)))
        message = EmailMessage(policy=SMTP)
        message["From"] = Address("Lineside", addr_spec=self.sender)
        message["To"] = Address(addr_spec=self.address)
        message["Subject"] = title
        message["Date"] = format_datetime(datetime.fromtimestamp(now / 1000, UTC))
        message["Message-ID"] = f"<{parcel.key[:40]}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        response = str(said.get("response", ""))
        told = t("messages.do_this", lang, response=response) if response else ""
        parts = [title, str(said.get("why", "")), told, str(said.get("place", parcel.equipment))]
        if parcel.is_again:
            parts.insert(0, t("mail.again", lang))
        if said.get("link"):
            parts.append(f"{t('messages.open', lang)}: {said['link']}")
        parts.append(t("messages.why_you", lang, role=t(f"role.{parcel.to}", lang)))
        message.set_content("\n\n".join(part for part in parts if part) + "\n")
        return message
