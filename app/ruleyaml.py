"""Rules files from disk: the YAML file beside a plant file, read as safely as the plant file itself."""

from pathlib import Path

from app.domain.alerts.rule import RuleBook
from app.domain.alerts.rulefile import rulebook_of
from app.domain.plant.equipment import Plant
from app.domain.plant.node import PlantFileErrors
from app.plantyaml import RULES, yaml_node


def rules_path(plant_file: Path) -> Path:
    """Return where the rules of a plant lie: `demo.yaml` has `demo.rules.yaml`, a folder has `rules.yaml` in it."""
    return plant_file / RULES if plant_file.is_dir() else plant_file.with_suffix(f".{RULES}")


def plant_path(rules_file: Path) -> Path:
    """Return the plant file or folder beside which a rules file lies."""
    if rules_file.name == RULES:
        return rules_file.parent
    return rules_file.with_name(rules_file.name.removesuffix(f".{RULES}") + ".yaml")


def load_rules(path: Path, plant: Plant) -> RuleBook:
    """Return what a rules file says about a plant. Raises PlantFileErrors with every mistake."""
    node, mistakes = yaml_node(path)
    return rulebook_of(node, plant, mistakes)


def rules_beside(plant_file: Path, plant: Plant) -> RuleBook:
    """Return the rules of a plant file; none when no file lies beside it. Raises PlantFileErrors."""
    path = rules_path(plant_file)
    return load_rules(path, plant) if path.exists() else RuleBook(file=str(path))


class RuleFile:
    """The rules of a plant file, read again when the file changes; a wrong file leaves the last right one in force.

    wrong: what is wrong with the file as it is now; None: nothing.
    """

    def __init__(self, plant_file: Path, plant: Plant) -> None:
        self.path = rules_path(plant_file)
        self._plant_file, self._plant = plant_file, plant
        self._stamp: tuple[int, int] | None = (-1, -1)
        self._book = RuleBook(file=str(self.path))
        self.wrong: PlantFileErrors | None = None

    def book(self) -> RuleBook:
        """Return the last right rules."""
        stamp = self._stamped()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._book, self.wrong = rules_beside(self._plant_file, self._plant), None
            except PlantFileErrors as error:
                self.wrong = error
        return self._book

    def _stamped(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
