"""Is there such a place? What is kept for later names one of the plant file."""

from app.auth.guard import NotFound
from app.domain.plant.equipment import Plant


def check_place(plant: Plant, path: str) -> None:
    """Return for the path of a site, area or line. Raises NotFound."""
    groups = {site.path for site in plant.sites} | {area.path for area in plant.areas()}
    if path not in groups | {line.path for line in plant.lines()}:
        raise NotFound("refused.no_such_equipment", name=path)
