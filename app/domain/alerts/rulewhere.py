"""Reading where a rule of a rules file applies."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.plant.equipment import AmbiguousEquipment, Plant, UnknownEquipment, WorkUnit
from app.domain.plant.form import Form, suggestion
from app.domain.roles import covers


@dataclass(frozen=True, slots=True)
class Where:
    """Equipment under a path (``: everywhere), of a template (None: any)."""

    plant: Plant
    path: str = ""
    template: str | None = None

    def machines(self) -> Iterator[WorkUnit]:
        """Yield the machines meant, in the plant file's order."""
        for line in self.plant.lines():
            for machine in line.machines:
                is_there = not self.path or covers(self.path, machine.path)
                if is_there and self.template in (None, machine.template):
                    yield machine


def where_of(form: Form, plant: Plant) -> Where:
    """Return where a rule applies; notes equipment and templates that do not exist, or do not meet."""
    templates = sorted({m.template for m in Where(plant).machines() if m.template is not None})
    template = form.text("template")
    if template is not None and template not in templates:
        form.wrong("template", f"no machine is made from a template `{template}`", suggestion(template, templates))
        template = None
    found = Where(plant, _path(form, plant), template)
    if template is not None and not any(True for _ in found.machines()):
        form.wrong(
            "template", f"no machine under `{found.path}` is made from `{template}`", "another template or place"
        )
    return found


def _path(form: Form, plant: Plant) -> str:
    word = form.text("where")
    if word is None:
        return ""
    groups = [*(site.path for site in plant.sites), *(area.path for area in plant.areas())]
    if word in groups:
        return word
    try:
        line, machine = plant.resolve(word)
    except UnknownEquipment:
        lines = [line.path for line in plant.lines()]
        form.wrong("where", f"unknown equipment `{word}`", suggestion(word, [*groups, *lines]))
        return ""
    except AmbiguousEquipment as error:
        form.wrong("where", f"`{word}` may be any of {', '.join(error.args[1][:5])}", "a longer path")
        return ""
    return line.path if machine is None else machine.path
