"""Call for help, say that one comes, and clear the call."""

from typing import get_args

from app.auth.guard import Invalid
from app.commands.desk import CommandDesk, Receipt, source_of
from app.domain.events.contract import AndonAction, AndonCall, AndonChanged
from app.domain.roles import Identity, Permission


def call_andon(desk: CommandDesk, who: Identity, line: str, call: AndonCall, *, key: str = "") -> Receipt:
    """Call for help on the line. Raises Forbidden, NotFound, Invalid, Unavailable."""
    return _say(desk, who, Permission.CALL_ANDON, line, call, "call", key)


def accept_andon(desk: CommandDesk, who: Identity, line: str, call: AndonCall, *, key: str = "") -> Receipt:
    """Say that one comes."""
    return _say(desk, who, Permission.ANSWER_ANDON, line, call, "accept", key)


def clear_andon(desk: CommandDesk, who: Identity, line: str, call: AndonCall, *, key: str = "") -> Receipt:
    """End the call; whoever may call may also end it."""
    return _say(desk, who, Permission.CALL_ANDON, line, call, "clear", key)


def _say(
    desk: CommandDesk,
    who: Identity,
    permission: Permission,
    name: str,
    call: AndonCall,
    action: AndonAction,
    key: str,
) -> Receipt:
    line = desk.line(who, permission, name)
    if call not in get_args(AndonCall):
        raise Invalid("refused.call", call=call, known=", ".join(get_args(AndonCall)))
    event = AndonChanged(
        machine=line.path,
        t=desk.now(),
        source=source_of(who),
        epoch=0,
        seq=0,
        call=call,
        action=action,
        by=who.name,
    )
    return desk.take(line, who, event, key=key)
