"""Structured deliverables in whole runs: ids that stay, references that exist, replays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import attrs
import pytest
from support.shapes import Cases, People, Person
from support.shop import Shop

from docgen_core import OrchestrationResult
from docgen_core.api import Draft, Field
from docgen_core.engine.replay import replay
from docgen_core.errors import HookError
from docgen_core.testing import RecordedRequest, Reply


def people(*names: str) -> Reply:
    """An answer with these people."""
    items = [{"name": name, "goals": [f"A goal of {name}."]} for name in names]
    return Reply.text(json.dumps({"people": items, "assumptions": []}))


def run(shop: Shop, output: Path | None = None, *, force: bool = False) -> OrchestrationResult:
    """One run of people and their cases."""
    if not shop.events:
        shop.offer("people", schema=People, api=(1, 1))
        shop.offer("cases", "people", schema=Cases, api=(1, 1))
    return shop.engine().orchestrate(
        "A ward rota.", ["people", "cases"], output=output, force=force
    )


def schema_of(request: RecordedRequest) -> dict[str, Any]:
    """The schema that a request asks for."""
    schema: dict[str, Any] = request.json["response_format"]["json_schema"]["schema"]
    return schema


def data(result: OrchestrationResult, number: int = 0) -> Any:
    """The data of one of the results."""
    section = result.deliverable_results[number]
    assert section.success, section.error_message
    return section.data


def test_a_later_deliverable_is_asked_with_the_ids_that_exist(shop: Shop) -> None:
    """In the schema as an enum, and in the prompt in words."""
    shop.fake.enqueue(people("Ann Lee, nurse", "Bob Ray, doctor"))
    result = run(shop)
    second = shop.fake.chat_requests[1]
    case = schema_of(second)["properties"]["cases"]["items"]["properties"]
    assert case["actor"]["enum"] == ["P1", "P2"]
    assert "(one of P1, P2)" in second.prompt
    assert data(result, 1).cases[0].actor in {"P1", "P2"}


def test_what_is_shared_stands_first_in_every_request(shop: Shop) -> None:
    """One system text for all, so that servers evaluate the brief once."""
    run(shop)
    first, second = shop.fake.chat_requests
    assert first.messages[0] == second.messages[0]
    assert second.messages[1]["content"].startswith("# Brief\n\nA ward rota.")


def test_the_shape_stands_last_in_the_prompt(shop: Shop) -> None:
    """After the plugin's instructions, where a small model heeds it."""
    run(shop)
    prompt = shop.fake.chat_requests[0].prompt
    assert prompt.index("Write people.") < prompt.index('- "people": who uses it')


def test_people_keep_their_ids_when_they_are_written_again(shop: Shop, tmp_path: Path) -> None:
    """In another order, with one more, and after one was gone."""
    shop.fake.enqueue(people("Ann Lee, nurse", "Bob Ray, doctor"))
    run(shop, tmp_path)
    shop.fake.enqueue(people("Cleo Fox, cook", "Bob Ray, the doctor"))
    second = run(shop, tmp_path, force=True)
    assert [person.id for person in data(second).people] == ["P3", "P2"]
    shop.fake.enqueue(people("Zoe Quist, porter", "Ann Lee, nurse"))
    third = run(shop, tmp_path, force=True)
    assert data(third).people[0].id == "P4"
    assert "P3" not in {person.id for person in data(third).people}


def test_a_pack_may_add_an_item_and_it_gets_an_id(shop: Shop) -> None:
    """Items that a hook adds are numbered after those of the model."""

    def postprocess(draft: Draft) -> Draft | None:
        if not isinstance(draft.data, People):
            return None
        more = Person(name="Everybody", goals=("Peace.",))
        people = (more, *draft.data.people)
        return attrs.evolve(draft, data=attrs.evolve(draft.data, people=people))

    shop.pack("more", {"postprocess": postprocess})
    shop.fake.enqueue(people("Ann Lee, nurse"))
    assert [person.id for person in data(run(shop)).people] == ["P2", "P1"]


def test_a_hook_that_loses_the_data_is_named(shop: Shop) -> None:
    """The template would fail in a way that nobody understands."""
    shop.pack("lossy", {"postprocess": lambda draft: attrs.evolve(draft, data=None)})
    error = run(shop).deliverable_results[0].error
    assert isinstance(error, HookError)
    assert "NoneType" in str(error)


def test_a_replay_gives_the_same_bytes(shop: Shop, tmp_path: Path) -> None:
    """From the stored JSON, ids included, without a server."""
    shop.fake.enqueue(people("Ann Lee, nurse", "Bob Ray, doctor"))
    run(shop, tmp_path)
    shop.fake.enqueue(people("Bob Ray, doctor", "Cleo Fox, cook"))
    run(shop, tmp_path, force=True)
    before = (tmp_path / "document.md").read_bytes()
    (tmp_path / "document.md").unlink()
    chats = shop.fake.chats
    again = replay(tmp_path, registry=shop.engine().registry)
    assert again.error_count == 0
    assert (tmp_path / "document.md").read_bytes() == before
    assert shop.fake.chats == chats


def test_a_small_context_makes_the_bounds_smaller(shop: Shop) -> None:
    """So that the answer ends before its limit."""
    shop.offer("cases", schema=Cases, api=(1, 1))
    for tokens in (2048, 400):
        shop.engine(max_tokens=tokens).orchestrate("A ward rota.", ["cases"])
    large, small = (schema_of(request)["properties"] for request in shop.fake.chat_requests)
    assert small["script"]["maxLength"] < large["script"]["maxLength"]


def test_a_language_of_characters_needs_smaller_bounds(shop: Shop) -> None:
    """There a token is about one character."""
    shop.offer("cases", schema=Cases, api=(1, 1))
    for language in ("en", "ja"):
        shop.engine(language=language).orchestrate("A ward rota.", ["cases"])
    english, japanese = (schema_of(request)["properties"] for request in shop.fake.chat_requests)
    assert japanese["script"]["maxLength"] < english["script"]["maxLength"]


def test_a_changed_class_is_asked_for_anew(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The schema is part of what decides the answer."""
    later = Shop(monkeypatch, shop.fake)
    for made, cls in ((shop, People), (later, Cases)):
        made.offer("one", schema=cls, api=(1, 1))
        result = made.engine().orchestrate("A ward rota.", ["one"], output=tmp_path)
        assert type(data(result)) is cls
    later.close()
    assert shop.fake.chats == 2


@attrs.frozen(kw_only=True)
class Counts:
    """How many people are asked for."""

    count: int = 2


@attrs.frozen(kw_only=True)
class Counted:
    """A list whose number users set."""

    people: Annotated[
        tuple[Person, ...], Field("who uses it", least=1, most=4, setting="count", exact=True)
    ]


def counted(shop: Shop, output: Path, count: int) -> OrchestrationResult:
    """One run with so many people asked for."""
    if not shop.events:
        shop.offer("counted", schema=Counted, settings=Counts, api=(1, 1))
    engine = shop.engine(settings={"counted": {"count": count}})
    return engine.orchestrate("A ward rota.", ["counted"], output=output)


def test_a_setting_reaches_the_schema_and_the_prompt(shop: Shop, tmp_path: Path) -> None:
    """The server's grammar and the model's words say the same number."""
    counted(shop, tmp_path, 3)
    request = shop.fake.chat_requests[0]
    asked = schema_of(request)["properties"]["people"]
    assert (asked["minItems"], asked["maxItems"]) == (3, 3)
    assert "a list of 3 objects" in request.prompt


def test_another_number_is_asked_for_again(shop: Shop, tmp_path: Path) -> None:
    """The schema decides the answer; the same number asks nobody."""
    assert len(data(counted(shop, tmp_path, 2)).people) == 2
    assert len(data(counted(shop, tmp_path, 3)).people) == 3
    chats = shop.fake.chats
    assert len(data(counted(shop, tmp_path, 3)).people) == 3
    assert shop.fake.chats == chats


def test_too_few_items_are_a_warning(shop: Shop, tmp_path: Path) -> None:
    """From a model that no grammar holds; the request is not made again."""
    shop.fake.enqueue(people("Ann Lee, nurse"))
    result = counted(shop, tmp_path, 3)
    assert len(data(result).people) == 1
    told = "people: 1 of the 3 that were asked for; the model wrote fewer, or repeated itself"
    assert told in result.deliverable_results[0].warnings
    assert shop.fake.chats == 1


def test_a_kept_text_is_not_measured_by_a_number_of_later(shop: Shop, tmp_path: Path) -> None:
    """A replay shows what two were asked for, after a run that asked for three in vain."""
    counted(shop, tmp_path, 2)
    shop.fake.enqueue(Reply.error(400, "Model crashed."))
    assert counted(shop, tmp_path, 3).error_count == 1
    (section,) = replay(tmp_path, registry=shop.engine().registry).deliverable_results
    assert section.success
    assert not [warning for warning in section.warnings if "asked for" in warning]
