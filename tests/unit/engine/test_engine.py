from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.shop import Shop

from docgen_core import OrchestrationEngine, PromptGenerator
from docgen_core.engine import ModeContext
from docgen_core.errors import (
    ConnectError,
    HookError,
    SettingsError,
    UnknownDeliverableError,
    UsageError,
)
from docgen_core.events import DeliverableFinished, Notice, RunFinished, RunStarted, TextArrived
from docgen_core.model import DeliverableResult
from docgen_core.testing import Answer, FakeLMStudio, FakeModel, Reply

BRIEF = "# CRM\n\nDevelop a CRM tool for small businesses."


def prompts(fake: FakeLMStudio) -> list[str]:
    """The user messages that were sent, in order."""
    return [str(request.messages[-1]["content"]) for request in fake.chat_requests]


def test_a_chain_is_written_in_order_and_merged(shop: Shop) -> None:
    """Each later prompt holds the earlier result; the document holds both sections."""
    shop.offer("problem")
    shop.offer("personas", "problem")
    shop.fake.enqueue(Reply.text("Leads get lost."), Reply.text("Anna the plumber."))
    result = shop.engine().orchestrate(BRIEF, ["personas"])
    assert [str(r.deliverable_type) for r in result.deliverable_results] == ["problem", "personas"]
    assert "Leads get lost." in prompts(shop.fake)[1]
    assert result.merged_document is not None
    assert result.merged_document.index("## Problem") < result.merged_document.index("## Personas")
    assert "Anna the plumber." in result.merged_document


def test_prompts_share_their_start(shop: Shop) -> None:
    """System message and brief come first, byte for byte the same; the task comes last."""
    shop.offer("a")
    shop.offer("b")
    shop.engine().orchestrate(BRIEF)
    first, second = prompts(shop.fake)
    assert first.startswith(f"# Brief\n\n{BRIEF}")
    assert first.removesuffix("Write a.") == second.removesuffix("Write b.")
    assert second.endswith("Write b.")


def test_a_failure_takes_with_it_only_what_needs_it(shop: Shop) -> None:
    """The reason is told for each; the others are written."""
    for key, *needs in (["a"], ["b", "a"], ["c"]):
        shop.offer(key, *needs)
    shop.fake.enqueue(Reply.error(400, "json schema conversion failed"))
    result = shop.engine().orchestrate(BRIEF, ["a", "b", "c"])
    by_id = {str(r.deliverable_type): r for r in result.deliverable_results}
    assert [by_id[key].success for key in "abc"] == [False, False, True]
    assert "because a failed" in (by_id["b"].error_message or "")
    assert (result.success_count, result.error_count, result.exit_code) == (1, 2, 5)


def test_a_server_that_goes_away_is_noticed_once(shop: Shop) -> None:
    """Independent deliverables are not each retried against a dead address."""
    shop.offer("a")
    shop.offer("b")
    engine = shop.engine(max_retries_per_deliverable=0)
    assert engine.initialize()
    shop.fake.stop()
    result = engine.orchestrate(BRIEF)
    assert [isinstance(r.error, ConnectError) for r in result.deliverable_results] == [True, True]
    assert result.exit_code == 4


@pytest.mark.parametrize("mode", ["sequential", "batch", "streaming"])
def test_every_mode_gives_the_same_document(shop: Shop, mode: str) -> None:
    """Order, layout and anchors do not depend on the mode."""
    for key, *needs in (["a"], ["b", "a"], ["c", "a"], ["d", "a"]):
        shop.offer(key, *needs)
    shop.fake.respond = lambda request: Reply.text(
        "Text of " + request.messages[-1]["content"][-8:]
    )
    document = shop.engine(completion_mode=mode).orchestrate(BRIEF).merged_document
    assert document is not None
    assert [line for line in document.splitlines() if line.startswith("## ")] == [
        "## Contents",
        "## A",
        "## B",
        "## C",
        "## D",
        "## About this document",
    ]


def test_batch_with_a_number_uses_that_many_slots(shop: Shop) -> None:
    """The user's number is taken as it is."""
    for key in "abc":
        shop.offer(key)
    shop.fake.respond = lambda _: Reply.text("Text.").delayed(first=0.05)
    shop.engine(completion_mode="batch", concurrency=3).orchestrate(BRIEF)
    assert shop.fake.in_flight_peak == 3


def test_sequential_sends_one_request_at_a_time(shop: Shop) -> None:
    """Whatever could run beside it."""
    for key in "abc":
        shop.offer(key)
    shop.engine().orchestrate(BRIEF)
    assert shop.fake.in_flight_peak == 1


def test_events_tell_the_story_in_order(shop: Shop) -> None:
    """Plan, text, finish, end."""
    shop.offer("a")
    shop.engine().orchestrate(BRIEF)
    kinds = [type(event) for event in shop.events]
    wanted = [RunStarted, TextArrived, DeliverableFinished, RunFinished]
    assert [kind for kind in dict.fromkeys(kinds) if kind in wanted] == wanted


def test_a_cut_answer_is_kept_and_marked(shop: Shop) -> None:
    """A finish reason of length is said, never passed as complete."""
    shop.offer("a")
    shop.fake.enqueue(Reply.text("First line.\n\nSecond li", finish_reason="length"))
    (result,) = shop.engine().orchestrate(BRIEF).deliverable_results
    assert result.finish_reason == "length"
    assert any("cut off" in warning for warning in result.warnings)


def test_a_brief_that_cannot_fit_is_refused_before_anything_is_sent(shop: Shop) -> None:
    """Both numbers are named."""
    shop.offer("a")
    with pytest.raises(UsageError, match=r"about [\d,]+ tokens.*holds [\d,]+"):
        shop.engine().orchestrate("word " * 1_000_000)
    assert shop.fake.chat_requests == ()


def test_an_empty_brief_is_refused(shop: Shop) -> None:
    """Before anything else."""
    shop.offer("a")
    with pytest.raises(UsageError, match="empty"):
        shop.engine().orchestrate(" \n")


def test_an_unknown_id_is_refused_with_a_suggestion(shop: Shop) -> None:
    """Nothing is sent."""
    shop.offer("personas")
    with pytest.raises(UnknownDeliverableError, match="personas"):
        shop.engine().orchestrate(BRIEF, ["persona"])


def test_a_hook_that_raises_fails_its_deliverable_only(shop: Shop) -> None:
    """The run goes on."""

    def explode() -> str:
        msg = "boom"
        raise RuntimeError(msg)

    shop.offer("a", hooks={"get_instructions": explode})
    shop.offer("b")
    first, second = shop.engine().orchestrate(BRIEF, ["a", "b"]).deliverable_results
    assert isinstance(first.error, HookError)
    assert second.success


def test_packs_add_to_the_instructions_and_the_answer(shop: Shop) -> None:
    """House style reaches every deliverable without its plugin's help."""
    shop.offer("a")
    shop.pack("style", {"get_instructions": lambda: "Use British spelling."})
    shop.engine().orchestrate(BRIEF)
    assert prompts(shop.fake)[0].endswith("Write a.\n\nFrom style:\n\nUse British spelling.")


def test_settings_for_a_deliverable_without_any_are_a_problem(shop: Shop) -> None:
    """All problems at once, before anything is sent."""
    shop.offer("a")
    with pytest.raises(SettingsError, match=r"settings\.a"):
        shop.engine(settings={"a": {"count": 3}}).orchestrate(BRIEF)


def test_a_custom_prompt_generator_changes_one_deliverable(shop: Shop) -> None:
    """The others keep what their plugins say."""

    class Custom(PromptGenerator):
        def _get_deliverable_instructions(self, deliverable_type: str) -> str:
            if deliverable_type == "a":
                return "Custom instructions."
            return super()._get_deliverable_instructions(deliverable_type)

    shop.offer("a")
    shop.offer("b")
    engine = shop.engine()
    engine.prompt_generator = Custom()
    engine.orchestrate(BRIEF)
    first, second = prompts(shop.fake)
    assert first.endswith("Custom instructions.")
    assert second.endswith("Write b.")


def test_a_subclass_adds_a_mode(shop: Shop) -> None:
    """It decides what is written when."""

    class Mine(OrchestrationEngine):
        async def _process_backwards(
            self,
            user_input: str,  # noqa: ARG002 - part of what a mode is given
            deliverable_types: Sequence[str],
            context: ModeContext,
        ) -> list[DeliverableResult]:
            results = []
            for key in reversed(deliverable_types):
                results += await context.write([key])
            return results

    shop.offer("a")
    shop.offer("b")
    shop.engine(Mine, completion_mode="backwards").orchestrate(BRIEF)
    assert [prompt[-2] for prompt in prompts(shop.fake)] == ["b", "a"]


def test_an_unknown_mode_names_the_known_ones(shop: Shop) -> None:
    """Before anything is sent."""
    shop.offer("a")
    with pytest.raises(UsageError) as caught:
        shop.engine(completion_mode="sideways").orchestrate(BRIEF)
    assert "batch, sequential, streaming" in caught.value.hint


def test_many_briefs_come_back_one_by_one(shop: Shop) -> None:
    """As many open as there are slots; every brief gets its own document."""
    shop.offer("a")
    shop.offer("b", "a")
    engine = shop.engine(completion_mode="batch", concurrency=2)
    results = list(engine.orchestrate_many(f"# Brief {n}\n\nText." for n in range(5)))
    titles = {result.document.title for result in results if result.document}
    assert titles == {f"Brief {n}" for n in range(5)}
    assert shop.fake.in_flight_peak <= 2


def test_a_missing_model_gives_way_to_a_fallback_and_says_so(shop: Shop) -> None:
    """The notice is plain."""
    shop.offer("a")
    shop.engine(model_name="gone", fallback_models=("demo-8b",)).orchestrate(BRIEF)
    notices = [event.message for event in shop.events if isinstance(event, Notice)]
    assert any("demo-8b" in notice and "gone" in notice for notice in notices)


def test_embedding_models_are_not_offered() -> None:
    """They cannot write."""
    models = (FakeModel("demo-8b", loaded=True), FakeModel("nomic-embed", kind="embedding"))
    with FakeLMStudio(models=models) as fake:
        from docgen_core import OrchestrationConfig

        with OrchestrationEngine(OrchestrationConfig(lm_studio_base_url=fake.base_url)) as engine:
            assert engine.get_available_models() == ["demo-8b"]


def test_a_failed_start_is_false_with_the_reason(shop: Shop) -> None:
    """`initialize` never raises for a server that is not there."""
    shop.fake.stop()
    engine = shop.engine()
    assert engine.initialize() is False
    assert isinstance(engine.error, ConnectError)


def test_the_sync_face_refuses_to_block_an_event_loop(shop: Shop) -> None:
    """It names the async twin."""
    shop.offer("a")
    engine = shop.engine()

    async def inside() -> None:
        engine.orchestrate(BRIEF)

    with pytest.raises(UsageError, match="event loop") as caught:
        asyncio.run(inside())
    assert "async twin" in caught.value.hint


def test_the_async_twin_runs_in_an_event_loop(shop: Shop) -> None:
    """For servers and notebooks."""
    shop.offer("a")
    engine = shop.engine()

    async def inside() -> int:
        async with engine:
            return (await engine.aorchestrate(BRIEF)).success_count

    assert asyncio.run(inside()) == 1


def test_every_method_that_waits_has_its_async_twin(shop: Shop) -> None:
    """The refusal of the blocking face is true; the twin gives the same."""
    shop.offer("a")

    async def inside() -> None:
        async with shop.engine() as engine:
            for name, arguments in (
                ("preview", (BRIEF,)),
                ("validate_deliverable_templates", ()),
                ("get_available_models", ()),
                ("server_info", ()),
                ("initialize", ()),
                ("orchestrate", (BRIEF,)),
            ):
                with pytest.raises(UsageError, match="event loop"):
                    getattr(engine, name)(*arguments)
                assert await getattr(engine, f"a{name}")(*arguments)
            assert await engine.aplan(["a"]) == engine.plan(["a"])

    asyncio.run(inside())


def test_a_text_in_place_of_a_list_of_ids_is_refused(shop: Shop) -> None:
    """It would otherwise be taken apart into letters."""
    shop.offer("personas")
    with pytest.raises(UsageError, match="'personas', not a list") as caught:
        shop.engine().orchestrate(BRIEF, "personas")
    assert "['personas']" in caught.value.hint


def test_a_plugin_that_hangs_while_it_loads_does_not_hold_up_a_cancellation(
    shop: Shop,
) -> None:
    """Loading runs beside the event loop."""
    begun, released = threading.Event(), threading.Event()

    def hang() -> list[object]:
        begun.set()
        released.wait(60)
        return []

    shop.offer("a", hooks={"get_deliverables": hang})

    async def cancel() -> None:
        async with shop.engine() as engine:
            task = asyncio.create_task(engine.aorchestrate(BRIEF, ["a"]))
            await asyncio.to_thread(begun.wait, 60)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not released.is_set()

    asyncio.run(cancel())
    released.set()


def test_a_preview_needs_no_server(shop: Shop) -> None:
    """Prompts without the inputs of a run."""
    shop.offer("a")
    shop.offer("b", "a")
    shop.fake.stop()
    first, second = shop.engine().preview(BRIEF)
    assert (first.id, second.inputs) == ("a", ("a",))
    assert second.prompt.endswith("Write b.")


def test_templates_are_validated_by_id(shop: Shop) -> None:
    """The shared templates are good for a plugin without its own; the shell is one of them."""
    shop.offer("a")
    good = {"is_valid": True, "errors": []}
    found = shop.engine().validate_deliverable_templates()
    assert found == {"a": good, "document.md.j2": good}


def test_the_log_tells_what_failed_and_what_was_written(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """Through the standard logging module, under docgen's own name."""
    shop.offer("a")
    shop.fake.enqueue(Reply.error(400, "Model unloaded."))
    with caplog.at_level("INFO", logger="docgen_core"):
        shop.engine().orchestrate(BRIEF)
    text = caplog.text
    assert "a: attempt 1 failed" in text
    assert "trying again" in text
    assert "1 written, 0 failed" in text


def test_logging_goes_to_stderr_only_when_asked(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """And stops with the engine."""
    shop.offer("a")
    engine = shop.engine(enable_logging=True, log_level="INFO")
    engine.orchestrate(BRIEF)
    engine.close()
    assert "1 written" in capsys.readouterr().err
    shop.engine().orchestrate(BRIEF)
    assert "1 written" not in capsys.readouterr().err


def test_the_appendix_says_which_model_and_plugin_wrote_each_section(shop: Shop) -> None:
    """Names from the server are data: a pipe in one does not break the table."""
    shop.offer("a")
    shop.fake.enqueue(Reply.of(Answer(tokens=("Text.",), model="odd|model")))
    document = shop.engine().orchestrate(BRIEF).merged_document or ""
    appendix = document.partition("## About this document")[2]
    assert r"odd\|model" in appendix
    assert "docgen-plugin-a 1.0" in appendix


class Steps(OrchestrationEngine):
    """A mode that writes each deliverable in a step of its own."""

    async def _process_steps(
        self,
        user_input: str,  # noqa: ARG002 - part of what a mode is given
        deliverable_types: Sequence[str],
        context: ModeContext,
    ) -> list[DeliverableResult]:
        await context.write([])
        return [result for key in deliverable_types for result in await context.write([key])]


def test_a_step_does_not_write_what_an_earlier_failure_took_away(shop: Shop) -> None:
    """What it needs failed in an earlier step."""
    shop.offer("a")
    shop.offer("b", "a")
    shop.fake.enqueue(Reply.error(400, "json schema conversion failed"))
    result = shop.engine(Steps, completion_mode="steps").orchestrate(BRIEF)
    assert [item.success for item in result.deliverable_results] == [False, False]
    assert len(shop.fake.chat_requests) == 1


def test_a_failed_result_says_how_often_it_was_tried(shop: Shop) -> None:
    """And keeps its title."""
    shop.offer("a")
    shop.offer("b", "a")
    shop.fake.respond = lambda _: Reply.error(400, "json schema conversion failed")
    first, second = shop.engine().orchestrate(BRIEF).deliverable_results
    assert (first.attempts, first.title) == (1, "A")
    assert (second.attempts, second.title) == (0, "B")


def test_one_bad_brief_of_many_is_a_failed_result(shop: Shop) -> None:
    """The others are written."""
    shop.offer("a")
    results = list(shop.engine().orchestrate_many(["one", "", "three"]))
    assert sorted(result.success_count for result in results) == [0, 1, 1]
    failed = next(result for result in results if not result.success_count)
    assert "empty" in (failed.deliverable_results[0].error_message or "")


def test_two_briefs_cannot_share_a_folder(shop: Shop, tmp_path: Path) -> None:
    """The second one is told who writes there."""
    shop.offer("a")
    shop.offer("b", "a")
    engine = shop.engine(completion_mode="batch", concurrency=2)
    results = list(engine.orchestrate_many(["one", "two"], output=lambda _: str(tmp_path)))
    assert sorted(result.success_count for result in results) == [0, 2]


def test_a_brief_that_leaves_no_room_is_refused_at_once(shop: Shop) -> None:
    """Not after each deliverable failed in turn."""
    shop.offer("a")
    with pytest.raises(UsageError, match="tokens"):
        shop.engine().orchestrate("word " * 7_100)
    assert shop.fake.chat_requests == ()
