"""Path -> page, title, roles: the product's table of contents. What is not listed here does not exist."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.roles import Identity, Role

_FLOOR = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER, Role.ENGINEER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Page:
    """One page. key: name of its layout and callbacks files; title: text key; arg: its path names equipment.

    in_menu: shown in the role's navigation when no equipment has to be named.
    """

    key: str
    pattern: re.Pattern[str]
    title: str
    roles: frozenset[Role]
    in_menu: bool = False


def _page(key: str, pattern: str, roles: frozenset[Role], *, in_menu: bool = False) -> Page:
    return Page(key, re.compile(pattern), f"page.{key}", roles, in_menu)


_OFFICE = _FLOOR - {Role.OPERATOR}
_KEEPERS = frozenset({Role.ENGINEER, Role.ADMIN})
_PLACE = r"(?P<arg>[\w.\-]+(?:/[\w.\-]+){0,2})"
PAGES: tuple[Page, ...] = (
    _page("home", r"/", _FLOOR | {Role.DISPLAY}),
    _page("line", rf"/line/{_PLACE}", _FLOOR | {Role.DISPLAY}),
    _page("area", rf"/area/{_PLACE}", _FLOOR | {Role.DISPLAY}),
    _page("alerts", r"/alerts", _FLOOR, in_menu=True),
    _page("shifts", r"/shifts", _FLOOR, in_menu=True),
    _page("downtime", r"/downtime", _FLOOR, in_menu=True),
    _page("decisions", r"/decisions", _FLOOR, in_menu=True),
    _page("outcomes", r"/outcomes", _OFFICE, in_menu=True),
    _page("reports", r"/reports", _OFFICE, in_menu=True),
    _page("plant", r"/plant", _OFFICE, in_menu=True),
    _page("catalogue", r"/catalogue", _OFFICE, in_menu=True),
    _page("connections", r"/connections", _OFFICE, in_menu=True),
    _page("commissioning", r"/commissioning", _OFFICE, in_menu=True),
    _page("rules", r"/rules", _OFFICE, in_menu=True),
    _page("quality", r"/quality", _FLOOR, in_menu=True),
    _page("messages", r"/messages", _KEEPERS, in_menu=True),
    _page("handover", r"/handover", _FLOOR, in_menu=True),
    _page("practice", r"/practice", _FLOOR, in_menu=True),
    _page("skills", r"/skills", _FLOOR, in_menu=True),
    _page("schedule", r"/schedule", _FLOOR, in_menu=True),
    _page("maintenance", r"/maintenance", _FLOOR, in_menu=True),
    _page("admin", r"/admin", frozenset({Role.ADMIN}), in_menu=True),
    _page("kiosk", rf"/kiosk/{_PLACE}", _FLOOR | {Role.DISPLAY}),
)
FRAME = "frame"
EVERYBODY = frozenset(Role)


class Visit(NamedTuple):
    """A path that was found: the page, and what its path names (`None` where it names nothing)."""

    page: Page
    arg: str | None


def find(path: str) -> Visit | None:
    """Return the page of a URL path, or None: there is no such page."""
    for page in PAGES:
        match = page.pattern.fullmatch(path.rstrip("/") or "/")
        if match:
            return Visit(page, match.groupdict().get("arg"))
    return None


def roles_of(key: str) -> frozenset[Role]:
    """Return who may open the page `key`; the frame is everybody's. An unknown page is nobody's."""
    if key == FRAME:
        return EVERYBODY
    return next((page.roles for page in PAGES if page.key == key), frozenset())


def may_open(identity: Identity, key: str) -> bool:
    """Return whether this identity may open the page `key`."""
    return identity.role in roles_of(key)


MENU: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("menu.now", ("alerts", "decisions", "handover")),
    ("menu.past", ("shifts", "downtime", "reports", "plant", "outcomes")),
    ("menu.better", ("maintenance", "quality", "schedule", "practice", "skills")),
    ("menu.data", ("catalogue", "connections", "commissioning", "rules", "messages", "admin")),
)
"""The navigation: text key of a group, and its pages in order."""


def menu(identity: Identity) -> list[tuple[str, list[Page]]]:
    """Return the groups of the navigation for this identity with the pages they may open, in order."""
    known = {page.key: page for page in PAGES if page.in_menu and may_open(identity, page.key)}
    groups = [(title, [known[key] for key in keys if key in known]) for title, keys in MENU]
    return [(title, pages) for title, pages in groups if pages]
