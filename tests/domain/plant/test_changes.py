"""What differs between two plant files is said by the names people gave, not by places in a list."""

from app.domain.plant.changes import Change, changes

MACHINES = [{"id": "filler", "cycle": "2s"}, {"id": "packer", "states": {"4": "run"}}]


def a_file(machines: list) -> list:
    return [{"version": 1, "sites": [{"id": "home", "lines": [{"id": "line-1", "machines": machines}]}]}]


def test_a_changed_added_and_removed_key_is_named_by_ids() -> None:
    after = [{"id": "packer", "states": {"4": "run"}, "owner": "anna"}, {"id": "filler", "cycle": "3s"}]
    where = "sites.home.lines.line-1.machines"
    assert changes(a_file(MACHINES), a_file(after)) == [
        Change(f"{where}.filler.cycle", "2s", "3s"),
        Change(f"{where}.packer.owner", None, "anna"),
    ]
    assert changes(a_file(MACHINES), a_file(MACHINES[:1])) == [
        Change(f"{where}.packer.states.4", "run", None),
    ]


def test_a_key_that_moves_to_another_file_of_the_folder_is_no_change() -> None:
    assert changes([{"a": 1, "b": [1, 2]}], [{"b": [1, 2]}, {"a": 1}]) == []
