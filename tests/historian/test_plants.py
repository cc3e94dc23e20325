"""Plant files that were in use are kept: once each, signed later, in order."""

from app.historian.plants import PlantVersion, PlantVersions

TEXTS = {"plant.yaml": "version: 1\n"}


def a_version(name: str, at: int, by: str | None = None, note: str | None = None) -> PlantVersion:
    return PlantVersion(name, at, by, note, TEXTS)


def test_what_is_in_use_is_kept_once_and_a_return_to_it_again(db) -> None:
    versions = PlantVersions(db)
    told = [versions.saw(a_version(name, at)) for at, name in enumerate(("a", "a", "b", "b", "a"))]
    assert told == [True, False, True, False, True]
    assert [(v.version, v.at) for v in versions.newest(10)] == [("a", 4), ("b", 2), ("a", 0)]


def test_a_signature_is_added_to_the_version_and_never_replaced(db) -> None:
    versions = PlantVersions(db)
    versions.saw(a_version("a", 1))
    assert versions.saw(a_version("a", 2, "ada", "new gearbox"))
    assert not versions.saw(a_version("a", 3, "eve", "mine"))
    assert not versions.saw(a_version("a", 4))
    assert versions.newest(10) == [a_version("a", 1, "ada", "new gearbox")]
