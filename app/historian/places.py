"""Which rows are about equipment under some path prefixes: a person's scope, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, false, or_

from app.domain.roles import EVERYWHERE


def under(place: Column[Any], scopes: Sequence[str]) -> ColumnElement[bool]:
    """Return whether a row's equipment lies under one of the path prefixes, by whole parts."""
    if EVERYWHERE in scopes:
        return place.is_not(None)
    return or_(false(), *((place == scope) | place.startswith(scope + "/", autoescape=True) for scope in scopes))
