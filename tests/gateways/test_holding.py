"""What a source of changes told holds while it lives: a value that stays the same is no silence."""

from app.domain.events.contract import Measured
from app.plantyaml import parse_plant
from gateways.base import Sample
from gateways.mapping import Mapper
from tests.gateways.sparkplug.plant import FILLER, text

TEMP, GOOD = "Hall/Line-1/Filler:Temp", "Hall/Line-1/Filler:Counts/Good"
PLANT = parse_plant(text("mqtt://127.0.0.1").replace("unit: degC,", "unit: degC, every: 10s,"))


class Heard:
    """A mapper and what it told of the filler's temperature."""

    def __init__(self, *, holds: bool = True) -> None:
        self._mapper, self.told = Mapper(PLANT, PLANT.sources[0], holds=holds), []

    def hear(self, now: int, *samples: Sample) -> None:
        events = [e for _, e in self._mapper.events(samples, now) if isinstance(e, Measured) and e.machine == FILLER]
        self.told += [(e.t, e.value) for e in events if e.signal == "temp"]


def test_a_value_that_stays_is_told_at_its_pace_while_its_source_lives() -> None:
    heard = Heard()
    heard.hear(100_000, Sample(TEMP, 260, 99_900))
    for now in range(103_000, 131_000, 3_000):
        heard.hear(now)
    assert heard.told == [(99_900, 21.0), (109_900, 21.0), (121_900, 21.0)]


def test_a_first_reading_of_old_is_told_as_it_holds_now() -> None:
    heard = Heard()
    heard.hear(100_000, Sample(TEMP, 260, 5_000, snapshot=True))
    assert heard.told == [(5_000, 21.0), (98_000, 21.0)]


def test_a_change_on_its_way_is_not_overtaken() -> None:
    heard = Heard()
    heard.hear(100_000, Sample(TEMP, 260, 93_000))
    heard.hear(120_000)
    heard.hear(120_500, Sample(TEMP, 270, 113_500))
    assert [t for t, _ in heard.told] == sorted(t for t, _ in heard.told)
    assert heard.told[-1] == (113_500, 22.0)


def test_what_is_dead_bad_stored_or_counted_elsewhere_is_not_told_again() -> None:
    heard = Heard()
    heard.hear(100_000, Sample(TEMP, 260, 100_000), Sample(GOOD, 7, 100_000))
    heard.hear(101_000, Sample(TEMP, None, None, "bad", gone=True))
    heard.hear(150_000)
    assert len(heard.told) == 1
    heard.hear(151_000, Sample(TEMP, 250, 90_000, stored=True), Sample(TEMP, None, 151_000, "bad"))
    heard.hear(190_000)
    assert len(heard.told) == 3


def test_a_source_that_does_not_say_when_it_no_longer_knows_is_not_spoken_for() -> None:
    heard = Heard(holds=False)
    heard.hear(100_000, Sample(TEMP, 260, 100_000))
    heard.hear(150_000)
    assert len(heard.told) == 1
