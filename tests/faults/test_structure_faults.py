"""What models and servers do to a structured answer: it ends in a section or in a named error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import attrs
import pytest
from support.rows import case, row
from support.shapes import Cases
from support.shop import Shop

from docgen_core import OrchestrationResult
from docgen_core.api import Field
from docgen_core.errors import GenerationError, StructureError
from docgen_core.testing import Answer, FakeLMStudio, FakeModel, RecordedRequest, Reply

RETRIES = 3
MAX_TOKENS = 1000
#: Fields of the class; what docs/structured.md says about the bound.
FIELDS = 5
MOST_REQUESTS = (1 + RETRIES) + FIELDS + RETRIES

VALUE: dict[str, Any] = {
    "summary": "A plan for the ward.",
    "cases": [
        {
            "name": "Plan the week",
            "weight": 2,
            "level": "low",
            "steps": [{"text": "Look at the list."}],
        }
    ],
    "days": 3,
    "script": "Say hello.",
    "ready": True,
}
GOOD = json.dumps(VALUE)


@attrs.frozen(kw_only=True)
class Names:
    """A list that has to be longer than one."""

    names: Annotated[tuple[str, ...], Field("who works here", least=3)]


def write(shop: Shop, tmp_path: Path | None = None, **config: Any) -> OrchestrationResult:
    """One run of one structured deliverable."""
    if not shop.events:
        shop.offer("cases", schema=Cases, api=(1, 1))
    settings = {"max_retries_per_deliverable": RETRIES, "max_tokens": MAX_TOKENS, **config}
    engine = shop.engine(**settings)
    return engine.orchestrate("A ward rota.", ["cases"], output=tmp_path)


def rung(result: OrchestrationResult) -> str:
    """The rung that gave the section."""
    (section,) = result.deliverable_results
    assert section.success, section.error_message
    assert section.data.summary
    return section.rung


def wanted(request: RecordedRequest) -> list[str]:
    """The top-level fields that a request asks for by schema."""
    form = request.json.get("response_format")
    return list(form["json_schema"]["schema"]["properties"]) if form else []


def raw(text: str, **facts: Any) -> Reply:
    """An answer that no grammar held."""
    return Reply.raw_text(text, **facts)


@row("schema-held")
def test_a_server_with_a_grammar_gives_the_answer_at_once(shop: Shop) -> None:
    """One request, and nothing to explain."""
    result = write(shop)
    assert rung(result) == "schema"
    assert result.deliverable_results[0].rung_reason == ""
    assert wanted(shop.fake.chat_requests[0]) == ["summary", "cases", "days", "script", "ready"]
    assert shop.fake.chats == 1


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop whose server refuses every `response_format`."""
    with FakeLMStudio(models=(FakeModel("demo-8b", loaded=True, schemas="refused"),)) as fake:
        fake.respond = lambda _: raw(GOOD)
        shop = Shop(monkeypatch, fake)
        yield shop
        shop.close()


@row("schema-refused")
def test_a_refused_schema_is_put_into_the_prompt(refusing: Shop) -> None:
    """Error 400 is no reason to give up, nor to ask the same again."""
    result = write(refusing)
    assert rung(result) == "prompt"
    assert "grammar" in result.deliverable_results[0].rung_reason
    assert refusing.fake.chats == 2


@row("schema-refused")
def test_a_second_run_begins_where_the_first_one_ended(refusing: Shop) -> None:
    """What was learned about the model is kept for the next process."""
    write(refusing)
    again = write(refusing, seed=1)
    assert rung(again) == "prompt"
    assert "learned before" in again.deliverable_results[0].rung_reason
    assert refusing.fake.chats == 3


@pytest.mark.parametrize("bound", [1, 63])
def test_a_bound_without_room_is_named(shop: Shop, bound: int) -> None:
    """Nothing is asked that could never be answered, and no field is said to be wrong."""
    (section,) = write(shop, max_tokens=bound).deliverable_results
    assert isinstance(section.error, StructureError)
    assert f"{bound} tokens" in str(section.error)
    assert "max_tokens" in section.error.hint
    assert shop.fake.chats == 0


def test_the_error_tells_what_was_wrong_with_the_answer(shop: Shop) -> None:
    """Not that a list is missing which the model gave, only too short."""
    shop.offer("names", schema=Names, api=(1, 1))
    shop.fake.respond = lambda _: raw('{"names": ["Anna"]}')
    (section,) = shop.engine().orchestrate("A ward rota.", ["names"]).deliverable_results
    assert isinstance(section.error, StructureError)
    assert "names: needs 3 items or more, has 1" in str(section.error)


#: Answers that are read without asking again: what the model sends, then the rung.
READ = [
    case("json-in-dress/fenced", f"```json\n{GOOD}\n```"),
    case("json-in-dress/text-around", f"Sure! Here it is:\n\n{GOOD}\n\nI hope it helps."),
    case("json-in-dress/thoughts-before", f"<think>{{hm}} [x]</think>\n{GOOD}"),
    case("json-damaged/trailing-comma", GOOD[:-1] + ",}"),
    case("json-damaged/unicode", GOOD.replace("ward", "wa\\ud83d\ufffdrd")),
    case("json-damaged/byte-order-mark", "\ufeff" + GOOD),
    case("wrong-types/text-for-number", GOOD.replace("3", '"three days, or 3"')),
    case("wrong-types/one-item", GOOD.replace('[{"text"', '{"text"').replace('."}]', '."}')),
    case("wrong-types/text-for-flag", GOOD.replace('"ready": true', '"ready": "yes"')),
    case("wrong-types/other-name", GOOD.replace('"days"', '"Days "')),
]


@pytest.mark.parametrize("text", READ)
def test_an_answer_that_needs_no_model_to_put_right(shop: Shop, text: str) -> None:
    """It is read as it is meant, in one request."""
    shop.fake.respond = lambda _: raw(text)
    result = write(shop)
    assert rung(result) == "schema"
    assert result.deliverable_results[0].data.cases[0].name == "Plan the week"
    assert shop.fake.chats == 1


@row("json-in-the-reasoning-seat")
def test_json_in_the_reasoning_seat_is_the_answer(shop: Shop) -> None:
    """With empty content, as some servers do with a schema."""
    shop.fake.respond = lambda _: Reply.of(Answer(thinking=(GOOD,), raw=True))
    assert rung(write(shop)) == "schema"


@row("schema-ignored")
def test_prose_instead_of_json_is_asked_for_in_the_prompt(shop: Shop) -> None:
    """A grammar that fails open; the next run begins with the prompt."""
    shop.fake.enqueue(raw("# Cases\n\nHere are some cases."))
    shop.fake.respond = lambda _: raw(f"Here:\n{GOOD}")
    assert rung(write(shop)) == "prompt"
    assert wanted(shop.fake.chat_requests[1]) == []
    assert rung(write(shop, seed=1)) == "prompt"
    assert shop.fake.chats == 3


@row("schema-ignored")
def test_a_model_that_writes_no_json_is_asked_field_by_field(shop: Shop) -> None:
    """Its words are taken for what needs words; lists of objects need JSON once."""

    def respond(request: RecordedRequest) -> Reply:
        asked = request.prompt.rpartition("one part of it only")
        if asked[1] and '"cases"' in asked[2]:
            return raw(json.dumps(VALUE["cases"]))
        return raw("It is 7 days of work." if asked[1] else "I would rather talk.")

    shop.fake.respond = respond
    result = write(shop)
    assert rung(result) == "fields"
    assert result.deliverable_results[0].data.days == 7
    before = shop.fake.chats
    assert rung(write(shop, seed=1)) == "fields"
    assert shop.fake.chats - before == FIELDS


@row("wrong-shape")
def test_the_model_is_shown_its_mistakes_once(shop: Shop) -> None:
    """With its answer, and the path of each."""
    shop.fake.enqueue(raw(json.dumps({**VALUE, "cases": [{"name": "Plan", "level": "never"}]})))
    shop.fake.enqueue(raw(GOOD))
    assert rung(write(shop)) == "repair"
    said = shop.fake.chat_requests[1].messages
    assert [message["role"] for message in said] == ["system", "user", "assistant", "user"]
    assert "cases[0].level: must be one of low, medium, high" in said[3]["content"]
    assert '"never"' in said[2]["content"]


@row("wrong-shape")
def test_only_what_is_missing_is_asked_for_field_by_field(shop: Shop) -> None:
    """When the repair did not help either."""
    bad = json.dumps({**VALUE, "cases": []})

    def respond(request: RecordedRequest) -> Reply:
        return (
            Reply.text(json.dumps({"cases": VALUE["cases"]}))
            if len(wanted(request)) == 1
            else raw(bad)
        )

    shop.fake.respond = respond
    result = write(shop)
    assert rung(result) == "fields"
    assert [wanted(request) for request in shop.fake.chat_requests[2:]] == [["cases"]]
    assert result.deliverable_results[0].data.summary == "A plan for the ward."


@row("json-cut-off")
def test_a_cut_answer_with_its_essentials_is_taken(shop: Shop) -> None:
    """The rest has defaults; a warning says that it was cut."""
    cut = GOOD[: GOOD.index("Say") + 5]
    shop.fake.respond = lambda _: raw(cut, finish_reason="length")
    result = write(shop)
    assert rung(result) == "schema"
    assert shop.fake.chats == 1
    assert any("cut off" in warning for warning in result.deliverable_results[0].warnings)


@row("json-cut-off")
def test_a_cut_answer_without_its_essentials_is_asked_for_again_shorter(shop: Shop) -> None:
    """With half the bounds in the schema."""
    shop.fake.enqueue(raw(GOOD[:20], finish_reason="length"))
    assert rung(write(shop)) == "schema"
    first, second = (
        request.json["response_format"]["json_schema"]["schema"]["properties"]
        for request in shop.fake.chat_requests
    )
    assert second["summary"]["maxLength"] < first["summary"]["maxLength"]
    assert second["cases"]["maxItems"] < first["cases"]["maxItems"]


ENDLESS = [
    case("endless-json/white-space", '{"summary": "' + " " * 60_000),
    case("endless-json/array", GOOD[:-1] + ', "more": [' + "1, " * 60_000),
    case("endless-json/sentence", '{"summary": "' + "The ward needs a plan. " * 5_000),
    case("endless-json/objects", '{"cases": [' + json.dumps(VALUE["cases"][0]) * 500),
    case("endless-json/braces", "{" * 60_000),
]


@pytest.mark.parametrize("text", ENDLESS)
def test_an_answer_without_end_ends(shop: Shop, text: str) -> None:
    """It is cut early, and the next way is tried."""

    def respond(request: RecordedRequest) -> Reply:
        return raw(text) if "one part of it only" not in request.prompt else Reply.text("Words 4.")

    shop.fake.respond = respond
    assert rung(write(shop)) in {"schema", "fields"}
    assert shop.fake.chats <= MOST_REQUESTS


@row("empty-structured-answer")
def test_an_empty_answer_is_asked_for_again(shop: Shop) -> None:
    """Once as it was, then in another way."""
    shop.fake.enqueue(raw(""), raw(""))
    shop.fake.respond = lambda _: raw(GOOD)
    assert rung(write(shop)) == "prompt"
    assert shop.fake.chats == 3


HOPELESS = [
    case("structure-hopeless/empty", ""),
    case("structure-hopeless/empty-object", "{}"),
    case("structure-hopeless/wrong", '{"cases": 3, "summary": []}'),
    case("structure-hopeless/white-space", " " * 5_000),
    case("structure-hopeless/endless", '{"summary": "' + "again and again " * 3_000),
]


@pytest.mark.parametrize("text", HOPELESS)
def test_a_model_that_never_answers_ends_in_a_named_error(shop: Shop, text: str) -> None:
    """Within the bounds on requests and tokens that the documentation states."""
    shop.fake.respond = lambda _: raw(text)
    (result,) = write(shop).deliverable_results
    assert isinstance(result.error, StructureError)
    assert result.attempts == shop.fake.chats <= MOST_REQUESTS
    asked = sum(request.json["max_tokens"] for request in shop.fake.chat_requests)
    assert asked <= (3 + RETRIES) * MAX_TOKENS


@row("structure-hopeless")
def test_without_retries_one_request_is_made(shop: Shop) -> None:
    """The user's bound holds for structured answers too."""
    shop.fake.respond = lambda _: raw('{"cases": 3}')
    (result,) = write(shop, max_retries_per_deliverable=0).deliverable_results
    assert isinstance(result.error, StructureError)
    assert shop.fake.chats == 1


@row("schema-held")
@pytest.mark.usefixtures("no_pauses")
def test_a_fault_of_the_server_is_no_fault_of_the_answer(shop: Shop) -> None:
    """It is retried as ever, and its own error is told."""
    shop.fake.respond = lambda _: Reply.error(500, "Internal server error")
    (result,) = write(shop).deliverable_results
    assert isinstance(result.error, GenerationError)
    assert not isinstance(result.error, StructureError)
    assert shop.fake.chats == 1 + RETRIES


@row("schema-held")
def test_run_json_says_how_each_section_was_got(refusing: Shop, tmp_path: Path) -> None:
    """The rung, and why not an earlier one."""
    write(refusing, tmp_path)
    (section,) = json.loads((tmp_path / "run.json").read_text())["sections"]
    assert section["rung"] == "prompt"
    assert "schema: " in section["rung_reason"]


@row("schema-held")
def test_the_same_run_again_asks_nothing(shop: Shop, tmp_path: Path) -> None:
    """The stored answer is the JSON, with ids."""
    first = write(shop, tmp_path)
    before = (tmp_path / "document.md").read_bytes()
    again = write(shop, tmp_path)
    assert shop.fake.chats == 1
    assert (tmp_path / "document.md").read_bytes() == before
    assert again.deliverable_results[0].data == first.deliverable_results[0].data
    assert again.deliverable_results[0].data.cases[0].id == "UC1"
