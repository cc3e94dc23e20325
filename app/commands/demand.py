"""What is wanted, as people and other systems say it: read row by row, the good ones kept, within their scope."""

from app.auth.guard import NotFound, require
from app.commands.ground import Ground
from app.domain.decisions.demand import STATES, Reader, Taken, Wanted, Wrong
from app.domain.plant.equipment import Plant
from app.domain.roles import Identity, Permission, covers, in_scope
from app.domain.suggestion import Said
from app.historian.demand import Counted, DemandBook


def reader_for(ground: Ground, who: Identity, source: str) -> Reader:
    """Return what reads rows for a person; a row without a place is of their first. Raises Forbidden, NotFound."""
    require(who, Permission.PLAN_ORDERS)
    plant = ground.plant()
    places = [place for place in places_of(plant) if in_scope(who, place)]
    if not places:
        raise NotFound("schedule.refused.site", site="")
    zone = next(site.zone for site in plant.sites if covers(site.path, places[0]))
    return Reader(frozenset(plant.products), frozenset(places), places[0], zone, source or f"person-{who.name}")


def places_of(plant: Plant) -> list[str]:
    """Return the paths of all sites, areas and lines."""
    found = []
    for site in plant.sites:
        found.append(site.path)
        for area in site.areas:
            found += [area.path, *(line.path for line in area.lines)]
    return found


def take_demand(ground: Ground, who: Identity, taken: Taken) -> tuple[Taken, Counted]:
    """Keep the good rows; an order that is made where they may not plan is wrong. Raises Forbidden, DatabaseAway."""
    book, now = DemandBook(ground.database), ground.now()
    foreign = {known.wanted.order for known in book.all(STATES) if not in_scope(who, known.wanted.place)}
    good = [one for one in taken.wanted if one.order not in foreign]
    wrong = [*taken.wrong, *(_elsewhere(one) for one in taken.wanted if one.order in foreign)]
    for place in {one.place for one in good}:
        require(who, Permission.PLAN_ORDERS, place)
    counted = book.put(good, now, who.name)
    if counted.new or counted.changed:
        said = f"{counted.new} new, {counted.changed} changed, {len(wrong)} wrong"
        ground.trail.write(now, who.name, "schedule.demand", good[0].place, said)
    return Taken(tuple(good), tuple(wrong)), counted


def touches(who: Identity, place: str) -> bool:
    """Return whether a place and what they may see overlap."""
    return in_scope(who, place) or any(covers(place, scope) for scope in who.scopes)


def _elsewhere(one: Wanted) -> Wrong:
    return Wrong(0, "order", Said("schedule.wrong.elsewhere", {"order": one.order}))
