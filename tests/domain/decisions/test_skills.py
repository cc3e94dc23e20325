"""Coverage, validity and routing of qualifications, as laws over any of them."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.decisions.skills import CALLED, Skill, cover, is_for, is_valid, route
from app.domain.roles import TASKS

LINE, MACHINES = "s/a/l", ("s/a/l/filler", "s/a/l/capper")
PLACES = (LINE, *MACHINES, "*/filler", "s/a/other", "s/a", "s/a/l-2")
CALLS = st.sampled_from(sorted(CALLED))
SKILLS = st.lists(
    st.builds(
        Skill, st.sampled_from("abcd"), st.sampled_from(PLACES), st.sampled_from(TASKS), st.integers(1, 3),
        st.none() | st.integers(0, 200), st.none() | st.sampled_from(("early", "late")),
    )
)  # fmt: skip


@given(SKILLS, CALLS, st.integers(0, 200))
def test_who_is_called_is_qualified_valid_once_and_best_first(skills, call, at) -> None:
    found, (task, least) = route(call, MACHINES[0], skills, at, "early"), CALLED[call]
    assert len({skill.person for skill in found}) == len(found)
    assert [skill.level for skill in found] == sorted((skill.level for skill in found), reverse=True)
    for skill in found:
        assert skill in skills
        assert skill.task == task
        assert skill.level >= least
        assert is_valid(skill, at)
        assert is_for(skill, MACHINES[0])
        assert skill.shift in (None, "early")


@given(SKILLS, CALLS, st.integers(0, 200))
def test_nobody_who_could_come_is_forgotten(skills, call, at) -> None:
    task, least = CALLED[call]
    able = {s.person for s in skills if s.task == task and s.level >= least and is_valid(s, at) and is_for(s, LINE)}
    assert {skill.person for skill in route(call, LINE, skills, at)} == able


@given(SKILLS, st.integers(0, 200), st.dictionaries(st.sampled_from(TASKS), st.integers(0, 4)))
def test_cover_counts_people_once_and_a_gap_is_too_few(skills, at, needs) -> None:
    covers = cover(LINE, MACHINES, ("late", at), skills, needs)
    assert [one.task for one in covers] == list(TASKS)
    for one in covers:
        assert len(set(one.people)) == len(one.people)
        assert one.needed == needs.get(one.task, 1)
        assert one.is_gap == (len(one.people) < one.needed)


@given(SKILLS, st.integers(0, 200))
def test_time_alone_only_ever_takes_people_away(skills, at) -> None:
    before, after = (cover(LINE, MACHINES, (None, t), skills, {}) for t in (at, at + 50))
    assert all(set(late.people) <= set(early.people) for early, late in zip(before, after, strict=True))


def test_a_qualification_is_void_from_its_end_on_and_a_line_is_no_prefix_of_its_neighbour() -> None:
    assert [is_valid(Skill("a", LINE, "run", 1, 100), at) for at in (99, 100)] == [True, False]
    assert not is_for(Skill("a", LINE, "run", 1), "s/a/l-2")
    assert not is_for(Skill("a", MACHINES[0], "run", 1), LINE)
