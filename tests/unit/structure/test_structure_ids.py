"""Ids: who gets which number, and that it stays."""

from __future__ import annotations

import attrs
from hypothesis import given
from hypothesis import strategies as st
from support.shapes import Case, Cases, People, Person, Step

from docgen_core.structure import assign_ids, ids_in, known_ids, shape_of


def people(*names: str) -> People:
    """People with these names."""
    return People(people=tuple(Person(name=name, goals=(f"goal of {name}",)) for name in names))


def numbers(data: People) -> dict[str, str]:
    """The id of each name."""
    return {person.name: person.id for person in data.people}


def test_items_are_numbered_in_their_order() -> None:
    """The first has the number 1."""
    assert numbers(assign_ids(people("Ann", "Bob"))) == {"Ann": "P1", "Bob": "P2"}


def test_an_item_keeps_its_number_when_others_are_added() -> None:
    """Wherever the new one stands."""
    before = assign_ids(people("Ann Lee, nurse", "Bob Ray, doctor"))
    after = assign_ids(people("Cleo Fox, cook", "Bob Ray, doctor", "Ann Lee, nurse"), before)
    assert numbers(after) == {
        "Cleo Fox, cook": "P3", "Bob Ray, doctor": "P2", "Ann Lee, nurse": "P1"
    }  # fmt: skip


def test_an_item_in_slightly_other_words_is_the_same() -> None:
    """Models do not write a name the same way twice."""
    before = assign_ids(people("Ann Lee, nurse", "Bob Ray, doctor"))
    after = assign_ids(people("Bob Ray (doctor)", "Ann Lee, ward nurse"), before)
    assert numbers(after) == {"Bob Ray (doctor)": "P2", "Ann Lee, ward nurse": "P1"}


def test_the_number_of_an_item_that_is_gone_is_not_given_again() -> None:
    """A link to it would lead to somebody else."""
    before = assign_ids(people("Ann Lee, nurse", "Bob Ray, doctor"))
    after = assign_ids(people("Zoe Quist, porter"), before, used={"P": ("P1", "P2", "P7")})
    assert numbers(after) == {"Zoe Quist, porter": "P8"}


def test_an_item_that_has_an_id_keeps_it() -> None:
    """After a pack added one more."""
    data = assign_ids(people("Ann"))
    more = attrs.evolve(data, people=(*people("Bob").people, *data.people))
    assert numbers(assign_ids(more)) == {"Bob": "P2", "Ann": "P1"}


@given(
    st.lists(st.text("abc ", min_size=1, max_size=6), min_size=1, max_size=6, unique=True),
    st.lists(st.text("abc ", min_size=1, max_size=6), min_size=1, max_size=6, unique=True),
)
def test_ids_never_repeat_and_assigning_again_changes_nothing(
    first: list[str], second: list[str]
) -> None:
    """Whatever the texts are."""
    before = assign_ids(people(*first))
    after = assign_ids(people(*second), before)
    assert len(set(numbers(after).values())) == len(second)
    assert assign_ids(people(*second), after) == after
    assert assign_ids(after, before) == after


def case(name: str, *after: str) -> Case:
    """A case that comes after others."""
    return Case(name=name, weight=1, level="low", steps=(Step(text="x"),), after=after)


def test_references_within_an_answer_follow_its_items() -> None:
    """The model names them by their place; one to itself or to none is dropped."""
    cases = Cases(summary="x", cases=(case("Plan it", "UC1"), case("Do it", "UC1", "UC9")))
    before = assign_ids(Cases(summary="x", cases=(case("Do it"),)))
    first, second = assign_ids(cases, before).cases
    assert (first.id, first.after) == ("UC2", ())
    assert (second.id, second.after) == ("UC1", ("UC2",))


def test_known_ids_are_those_of_the_inputs_and_the_own_places() -> None:
    """Free Markdown has none."""
    known = known_ids(shape_of(Cases), [assign_ids(people("Ann", "Bob")), None, "text"])
    assert known == {"P": ("P1", "P2"), "UC": ("UC1", "UC2", "UC3", "UC4")}


def test_ids_in_data_stand_in_their_order() -> None:
    """By prefix."""
    assert ids_in(assign_ids(people("Ann", "Bob"))) == {"P": ("P1", "P2")}
    assert ids_in(None) == {}
