"""Name of a target -> the way to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage

from app.connectors.base import Connector
from app.connectors.cmms import CmmsHttp
from app.connectors.guard import Guard
from app.connectors.http import Line
from app.connectors.mail import Mail
from app.connectors.targets import CMMS, Targets
from app.connectors.webhook import Webhook, secret_of
from app.connectors.words import Words


@dataclass(frozen=True, slots=True)
class MailServed:
    """How letters leave. sender: our address; deliver, there: the mail server's, they raise NotDelivered."""

    sender: str
    deliver: Callable[[EmailMessage], None]
    there: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Ways:
    """Targets and the way to each. base: where the screens are, no slash at its end; mail None: no mail server."""

    targets: Targets = field(default_factory=Targets)
    guard: Guard = field(default_factory=Guard)
    base: str = ""
    mail: MailServed | None = None

    def connectors(self) -> Mapping[str, Connector]:
        """Return target -> its connector; without a mail server there is none to an address."""
        found: dict[str, Connector] = {}
        line = Line(self.guard)
        for hook in self.targets.webhook:
            words = Words(self.base, hook.lang)
            found[hook.name] = Webhook(hook.url, secret_of(hook.secret), line, self.base or "/lineside", words)
        for to in self.targets.mail if self.mail else ():
            found[to.name] = self._mail(to.address, to.lang)
        cmms = self.cmms()
        return found if cmms is None else {**found, CMMS: cmms}

    def cmms(self) -> CmmsHttp | None:
        """Return the way to the maintenance system, None where there is none."""
        to = self.targets.cmms
        return None if to is None else CmmsHttp(to.url, to.token, Line(self.guard), Words(self.base), to.states)

    def _mail(self, address: str, lang: str) -> Mail:
        if self.mail is None:
            raise ValueError("there is no mail server")
        return Mail(address, self.mail.sender, Words(self.base, lang), self.mail.deliver, self.mail.there)
