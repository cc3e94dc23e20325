"""Ids of a plant file: they become paths of events, URLs and keys, so they are plain words."""

import re

from app.domain.plant.form import Form

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class Ids:
    """The ids used at one place so far."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.seen: set[str] = set()

    def of(self, form: Form) -> str:
        """Return the form's id; notes one that is missing, no plain word, or there twice."""
        own_id = checked_id(form, "id", form.needed("id", f"an id for this {self.what}"))
        if own_id and own_id in self.seen:
            form.wrong("id", f"the {self.what} `{own_id}` is there twice", f"one id a {self.what}")
        self.seen.add(own_id)
        return own_id


def checked_id(form: Form, key: str, own_id: str) -> str:
    """Return the id; notes one that cannot stand in a path."""
    if own_id and not ID.fullmatch(own_id):
        form.wrong(key, f"`{own_id}` is no id", "up to 64 letters, digits and `-_.`, such as line-1")
    return own_id
