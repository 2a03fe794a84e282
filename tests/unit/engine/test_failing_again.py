"""A section that fails on being made again: the document keeps its text of before, and tells so."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from support.shapes import Cases, People
from support.shop import Shop

from docgen_core import OrchestrationResult
from docgen_core.check import check_pack
from docgen_core.engine.export_folder import export_folder
from docgen_core.engine.replay import replay
from docgen_core.store.verify import verify
from docgen_core.testing import Hold, RecordedRequest, Reply

REFUSAL = Reply.error(400, "Model crashed.")
PACK = ["a", "b", "c"]


def offered(shop: Shop) -> Shop:
    """Three deliverables; the last one needs the one before it."""
    for key, needs in (("a", ()), ("b", ()), ("c", ("b",))):
        shop.offer(key, *needs)
    return shop


def answered(shop: Shop, **replies: Reply) -> None:
    """Let the server answer each deliverable in its own way."""

    def respond(request: RecordedRequest) -> Reply:
        (reply,) = (reply for key, reply in replies.items() if f"Write {key}." in request.prompt)
        return reply

    shop.fake.respond = respond


def first(shop: Shop, out: Path, **config: Any) -> OrchestrationResult:
    """A run in which all is well."""
    texts = {key: Reply.text(f"First text of {key}.") for key in PACK}
    answered(offered(shop), **texts)
    return shop.engine(**config).orchestrate("A CRM", PACK, output=out)


def second(shop: Shop, out: Path, **config: Any) -> OrchestrationResult:
    """A run in which all is asked for again and `b` fails."""
    answered(shop, a=Reply.text("Second text of a."), b=REFUSAL, c=Reply.text("Never."))
    engine = shop.engine(**{"temperature": 0.1, **config})
    return engine.orchestrate("A CRM", PACK, output=out)


def text_of(out: Path, name: str = "document.md") -> str:
    """A file of the folder."""
    return (out / name).read_text(encoding="utf-8")


def record(out: Path) -> dict[str, Any]:
    """What run.json says, with the sections by their ids."""
    told: dict[str, Any] = json.loads(text_of(out, "run.json"))
    return {**told, "sections": {item["id"]: item for item in told["sections"]}}


def test_the_document_keeps_the_text_of_before(shop: Shop, tmp_path: Path) -> None:
    """Beside what could be written; what needs the failed section keeps its own, too."""
    first(shop, tmp_path)
    second(shop, tmp_path)
    document = text_of(tmp_path)
    for text in ("Second text of a.", "First text of b.", "First text of c."):
        assert text in document
    assert document.index("Second text of a.") < document.index("First text of b.")


def test_the_run_says_so(shop: Shop, tmp_path: Path) -> None:
    """With its exit code, its results and a warning."""
    first(shop, tmp_path)
    result = second(shop, tmp_path)
    assert (result.exit_code, result.success_count, result.error_count) == (5, 1, 2)
    told = "the document keeps the earlier text of b, c, which could not be written again"
    assert told in result.warnings


def test_run_json_tells_of_the_failure_and_of_the_text(shop: Shop, tmp_path: Path) -> None:
    """The failure is this run's; model, prompt and parameters are those of the text."""
    first(shop, tmp_path)
    before = record(tmp_path)
    second(shop, tmp_path)
    after = record(tmp_path)
    section = after["sections"]["b"]
    assert (after["status"], section["status"]) == ("partial", "failed")
    assert "Model crashed." in section["error"]
    assert section["text_from"] == before["started"]
    kept = {name: value for name, value in section.items() if name not in _OF_THE_RUN}
    assert kept == {name: before["sections"]["b"][name] for name in kept}
    assert after["sections"]["a"]["text_from"] == ""


_OF_THE_RUN = ("status", "error", "text_from")


def test_a_second_failure_keeps_it_as_well(shop: Shop, tmp_path: Path) -> None:
    """However often it fails."""
    first(shop, tmp_path)
    second(shop, tmp_path)
    once = record(tmp_path)
    second(shop, tmp_path, temperature=0.2)
    assert "First text of b." in text_of(tmp_path)
    assert record(tmp_path)["sections"]["b"]["text_from"] == once["sections"]["b"]["text_from"]


def test_a_success_takes_its_place(shop: Shop, tmp_path: Path) -> None:
    """And nothing tells of the failure any more."""
    first(shop, tmp_path)
    second(shop, tmp_path)
    texts = {key: Reply.text(f"Third text of {key}.") for key in PACK}
    answered(shop, **texts)
    result = shop.engine(temperature=0.1).orchestrate("A CRM", PACK, output=tmp_path)
    assert (result.exit_code, record(tmp_path)["status"]) == (0, "done")
    assert "Third text of b." in text_of(tmp_path)
    assert "First text" not in text_of(tmp_path)
    assert record(tmp_path)["sections"]["b"]["text_from"] == ""


def test_a_first_failure_is_as_it_was(shop: Shop, tmp_path: Path) -> None:
    """There is no text to keep."""
    result = second(offered(shop), tmp_path)
    assert result.exit_code == 5
    assert result.document is not None
    assert not {"b", "c"} & {section.id for section in result.document.sections}
    assert record(tmp_path)["sections"]["b"]["file"] == ""


@pytest.mark.parametrize("change", ["brief", "language"])
def test_a_text_of_something_else_is_not_kept(shop: Shop, tmp_path: Path, change: str) -> None:
    """A section of another brief or language has no place in the document."""
    first(shop, tmp_path)
    answered(shop, a=Reply.text("Second text of a."), b=REFUSAL, c=Reply.text("Never."))
    config: dict[str, Any] = {"language": "de"} if change == "language" else {}
    brief = "A shop" if change == "brief" else "A CRM"
    engine = shop.engine(temperature=0.1, **config)
    result = engine.orchestrate(brief, PACK, output=tmp_path)
    assert "First text of b." not in text_of(tmp_path)
    assert "the document does without b, c, which failed" in " ".join(result.warnings)
    assert "First text of b." in text_of(tmp_path, "sections/b.md")


@pytest.mark.parametrize("force", [False, True])
def test_what_a_person_wrote_stays(shop: Shop, tmp_path: Path, *, force: bool) -> None:
    """In the file and in the document, also when edits were to be given up."""
    first(shop, tmp_path)
    mine = tmp_path / "sections" / "b.md"
    mine.write_text(mine.read_text(encoding="utf-8") + "\nMy words.\n", encoding="utf-8")
    answered(shop, a=Reply.text("Second text of a."), b=REFUSAL, c=Reply.text("Never."))
    engine = shop.engine(temperature=0.1)
    engine.orchestrate("A CRM", PACK, output=tmp_path, force=force)
    for name in ("document.md", "sections/b.md"):
        assert "First text of b." in text_of(tmp_path, name)
        assert "My words." in text_of(tmp_path, name)
    assert not (tmp_path / "sections" / "b.edited.md").exists()


def test_an_edit_of_the_document_reaches_the_kept_section(shop: Shop, tmp_path: Path) -> None:
    """The next run knows under which heading it stands."""
    first(shop, tmp_path)
    second(shop, tmp_path)
    document = tmp_path / "document.md"
    edited = text_of(tmp_path).replace("First text of b.", "My text of b.")
    document.write_text(edited, encoding="utf-8")
    second(shop, tmp_path)
    assert "My text of b." in text_of(tmp_path)
    assert "My text of b." in text_of(tmp_path, "sections/b.md")


def test_the_appendix_names_what_made_the_text(shop: Shop, tmp_path: Path) -> None:
    """The model and the template of the run that wrote it."""
    first(shop, tmp_path)
    (before,) = (line for line in text_of(tmp_path).splitlines() if line.startswith("| B |"))
    second(shop, tmp_path)
    (after,) = (line for line in text_of(tmp_path).splitlines() if line.startswith("| B |"))
    assert after == before


def test_status_shows_it_as_stale(shop: Shop, tmp_path: Path) -> None:
    """With why it failed, since when its text is, and what had changed."""
    first(shop, tmp_path)
    second(shop, tmp_path)
    found = {item.id: item for item in shop.engine(temperature=0.1).status(tmp_path).sections}
    assert [found[key].state for key in PACK] == ["up to date", "stale", "stale"]
    assert (found["b"].file, found["b"].asks) == ("unchanged", True)
    assert "Model crashed." in found["b"].error
    told = [str(change) for change in found["b"].changes]
    assert told[0].startswith("the last run did not write it; its text is of the run of 2")
    assert any("temperature" in each for each in told)


def test_a_failure_by_force_is_made_good_without_asking(shop: Shop, tmp_path: Path) -> None:
    """The answer of before is still the answer to the same question."""
    first(shop, tmp_path)
    answered(shop, a=Reply.text("Second text of a."), b=REFUSAL, c=Reply.text("Never."))
    shop.engine().orchestrate("A CRM", PACK, output=tmp_path, force=True)
    found = {item.id: item for item in shop.engine().status(tmp_path).sections}
    assert (found["b"].state, found["b"].asks) == ("stale", False)
    chats = shop.fake.chats
    assert shop.engine().orchestrate("A CRM", PACK, output=tmp_path).exit_code == 0
    assert shop.fake.chats == chats


def test_another_deliverable_keeps_it_in_the_document(shop: Shop, tmp_path: Path) -> None:
    """A run for something else in the folder leaves the kept section where it is."""
    shop.offer("d")
    first(shop, tmp_path)
    second(shop, tmp_path)
    answered(shop, d=Reply.text("Text of d."))
    result = shop.engine(temperature=0.1).orchestrate("A CRM", ["d"], output=tmp_path)
    assert result.exit_code == 0
    for text in ("Text of d.", "First text of b.", "First text of c."):
        assert text in text_of(tmp_path)
    assert record(tmp_path)["sections"]["b"]["status"] == "failed"


def test_wrong_settings_of_another_cost_no_section(shop: Shop, tmp_path: Path) -> None:
    """A run for something else keeps the text that it cannot make again, and says why."""
    first(shop, tmp_path)
    engine = shop.engine(settings={"b": {"x": 1}})
    result = engine.orchestrate("A CRM", ["a"], output=tmp_path)
    assert result.exit_code == 0
    assert any("settings.b: b has no settings" in warning for warning in result.warnings)
    for text in ("First text of a.", "First text of b.", "First text of c."):
        assert text in text_of(tmp_path)
    assert {item["status"] for item in record(tmp_path)["sections"].values()} == {"done"}


def test_a_replay_makes_the_same_document(shop: Shop, tmp_path: Path) -> None:
    """From what is stored, and it says of which run the text is."""
    first(shop, tmp_path)
    second(shop, tmp_path)
    before = text_of(tmp_path)
    (tmp_path / "document.md").unlink()
    (tmp_path / "sections" / "b.md").unlink()
    shop.fake.stop()
    result = replay(tmp_path, registry=shop.engine().registry)
    assert text_of(tmp_path) == before
    told = [warning for each in result.deliverable_results for warning in each.warnings]
    assert sum("the run could not write it again" in warning for warning in told) == 2


def test_the_folder_can_be_verified(shop: Shop, tmp_path: Path) -> None:
    """The kept file is among those that are vouched for."""
    first(shop, tmp_path)
    second(shop, tmp_path)
    found = {each.file: each for each in verify(tmp_path)}
    assert all(each.sound for each in found.values())
    assert "sections/b.md" in found


def test_an_export_holds_it(shop: Shop, tmp_path: Path) -> None:
    """Later, from the folder."""
    held: list[Any] = []

    class Sections:
        """Notes what it is given."""

        suffix = ".txt"

        def export(self, document: Any, target: Path) -> None:
            held.append(document)
            target.write_text("x", encoding="utf-8")

    shop.object("docgen.exporters", "sections", Sections)
    first(shop, tmp_path)
    second(shop, tmp_path)
    export_folder(tmp_path, ["sections"], registry=shop.engine().registry)
    (document,) = held
    assert [section.id for section in document.sections] == [*PACK, "about"]
    assert [facts.section for facts in document.facts] == PACK


def test_an_interruption_does_not_forget_the_text(shop: Shop, tmp_path: Path) -> None:
    """What was not written stands as before, and a later failure still finds it."""
    first(shop, tmp_path)
    hold = Hold()
    held = Reply.text("Never.").held_after(1, hold)
    answered(shop, a=Reply.text("Second text of a."), b=held, c=Reply.text("Never."))

    async def interrupted() -> None:
        async with shop.engine(temperature=0.1) as engine:
            run = asyncio.create_task(engine.aorchestrate("A CRM", PACK, output=tmp_path))
            await asyncio.to_thread(hold.wait_until_reached)
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)

    asyncio.run(interrupted())
    hold.release()
    section = record(tmp_path)["sections"]["b"]
    assert (section["status"], section["file"]) == ("not started", "sections/b.md")
    assert all(each.sound for each in verify(tmp_path))
    second(shop, tmp_path)
    assert "First text of b." in text_of(tmp_path)


def test_references_to_what_is_gone_are_found(shop: Shop, tmp_path: Path) -> None:
    """The kept text may name items that the new sections do not have."""
    shop.offer("people", schema=People, api=(1, 1))
    shop.offer("cases", "people", schema=Cases, api=(1, 1))
    people, cases = _people("Ann Lee, nurse", "Bob Ray, cook"), _cases("P2")
    answered(shop, people=people, cases=cases)
    shop.engine().orchestrate("A rota", ["people", "cases"], output=tmp_path)
    assert "dangling-id" not in _codes(tmp_path)
    answered(shop, people=_people("Ann Lee, nurse"), cases=REFUSAL)
    result = shop.engine(temperature=0.1).orchestrate(
        "A rota", ["people", "cases"], output=tmp_path
    )
    assert result.exit_code == 5
    assert "dangling-id" in _codes(tmp_path)


def _codes(out: Path) -> set[str]:
    return {finding.code for finding in check_pack(out).findings}


def _people(*names: str) -> Reply:
    items = [{"name": name, "goals": [f"A goal of {name}."]} for name in names]
    return Reply.text(json.dumps({"people": items, "assumptions": []}))


def _cases(actor: str) -> Reply:
    case = {"name": "Plan", "actor": actor, "weight": 1, "level": "low", "steps": [{"text": "Do"}]}
    return Reply.text(json.dumps({"summary": "All.", "cases": [case]}))
