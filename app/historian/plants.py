"""The plant files that were in use: since when, who changed them and why, and their texts."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, Engine, insert, select

from app.historian.database import asking_database
from app.historian.plants_schema import plant_versions


@dataclass(frozen=True, slots=True)
class PlantVersion:
    """A plant file in use from `at` on (UTC ms) until the next one. by None: nobody signed the change.

    texts: file name -> YAML, as it was.
    """

    version: str
    at: int
    by: str | None
    note: str | None
    texts: Mapping[str, str]


class PlantVersions:
    """Every call may raise DatabaseAway."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def saw(self, found: PlantVersion) -> bool:
        """Keep a version that is in use now; False when it is known to be. A signature of it is kept beside it."""
        with asking_database(), self._engine.begin() as connection:
            newest = _newest(connection, 1)
            if newest and newest[0].version == found.version and (found.by is None or newest[0].by is not None):
                return False
            texts = msgspec.json.encode(found.texts).decode()
            row = {"version": found.version, "at": found.at, "by": found.by, "note": found.note, "texts": texts}
            connection.execute(insert(plant_versions).values(**row))
        return True

    def newest(self, most: int) -> list[PlantVersion]:
        """Return the newest versions, newest first; one that was signed later once, with its signature."""
        with asking_database(), self._engine.connect() as connection:
            rows = _newest(connection, 2 * most)
        kept: list[PlantVersion] = []
        for row in rows:
            if kept and kept[-1].version == row.version:
                signed = kept[-1]
                kept[-1] = PlantVersion(row.version, row.at, signed.by, signed.note, row.texts)
            else:
                kept.append(row)
        return kept[:most]


def _newest(connection: Connection, most: int) -> list[PlantVersion]:
    c = plant_versions.c
    query = select(c.version, c.at, c.by, c.note, c.texts).order_by(c.id.desc()).limit(most)
    decode = msgspec.json.Decoder(dict[str, str]).decode
    return [PlantVersion(r.version, r.at, r.by, r.note, decode(r.texts)) for r in connection.execute(query)]
