"""Of many briefs that are open at once, each folder's record tells of its own requests."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from support.shop import Shop

from docgen_core.model import Brief
from docgen_core.testing import Hold, Reply
from docgen_core.testing.wire import RecordedRequest


@pytest.fixture
def two(shop: Shop) -> Shop:
    """A shop with two deliverables, the second of which reads the first."""
    shop.offer("a")
    shop.offer("b", "a")
    return shop


def record(folder: Path) -> Any:
    """What run.json holds."""
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def asked(folder: Path) -> list[tuple[str, str]]:
    """Each request's deliverable and outcome, in order; all of them are of the folder's run."""
    found = record(folder)
    assert {request["run"] for request in found["requests"]} <= {found["run_id"]}
    return [(request["deliverable"], request["outcome"]) for request in found["requests"]]


def test_each_folder_has_the_timeline_of_its_own_brief(two: Shop, tmp_path: Path) -> None:
    """As a single run notes it, whatever fails for another brief at the same time."""

    def respond(request: RecordedRequest) -> Reply:
        failing = "Fails" in request.prompt
        return Reply.error(404, "no such thing") if failing else Reply.text("Text.")

    two.fake.respond = respond
    engine = two.engine(completion_mode="batch", concurrency=2)
    briefs = ("# Works\n\nText.", "# Fails\n\nText.", "# Goes\n\nText.")
    list(engine.orchestrate_many(briefs, output=lambda brief: tmp_path / brief.title))
    assert asked(tmp_path / "Works") == asked(tmp_path / "Goes")
    assert asked(tmp_path / "Works") == [("a", "answered"), ("b", "answered")]
    assert asked(tmp_path / "Fails") == [("a", "failed")]


def test_briefs_that_are_stopped_say_so(two: Shop, tmp_path: Path) -> None:
    """Each folder shows what was in flight for it, and what was finished."""
    hold = Hold()
    two.fake.enqueue(*[Reply.text("Half an answer").held_after(1, hold)] * 2)
    engine = two.engine(completion_mode="batch", concurrency=2)

    async def run() -> None:
        briefs = (Brief(text="x", title=name) for name in ("one", "two"))
        results = engine.aorchestrate_many(briefs, output=lambda brief: tmp_path / brief.title)
        task = asyncio.ensure_future(anext(results))
        await asyncio.to_thread(two.fake.wait_until, lambda: two.fake.in_flight == 2, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await engine.aclose()

    asyncio.run(run())
    hold.release()
    for name in ("one", "two"):
        assert record(tmp_path / name)["status"] == "interrupted"
        assert asked(tmp_path / name) == [("a", "interrupted")]


def test_a_finished_brief_has_given_its_folder_back(two: Shop, tmp_path: Path) -> None:
    """Whoever gets its result may open the folder at once."""
    engine, other = two.engine(), two.engine()
    results = engine.orchestrate_many(["one"], output=lambda _: tmp_path / "out")
    next(results)
    assert other.orchestrate("one", output=tmp_path / "out").success_count == 2
    results.close()  # type: ignore[attr-defined] # a generator
