"""Looks at rules and playbooks, and what a rule would have done."""

from dataclasses import dataclass

from app.commands.ground import Ground


@dataclass(frozen=True, slots=True)
class RuleDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground
