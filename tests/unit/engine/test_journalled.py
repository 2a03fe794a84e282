from __future__ import annotations

import asyncio
from pathlib import Path

from support.shop import Shop

from docgen_core.store.journal import Journal, WorkItem
from docgen_core.testing import Hold, Reply

BRIEF = "# CRM\n\nDevelop a CRM tool for small businesses."


def work(out: Path) -> list[WorkItem]:
    """What the journal of a folder holds."""
    journal = Journal(out / ".docgen" / "journal.sqlite", lambda _: None)
    try:
        return list(journal.work())
    finally:
        journal.close()


def test_what_is_finished_and_what_failed_is_written_down(shop: Shop, tmp_path: Path) -> None:
    """With the requests that it took, and the reason."""
    shop.offer("a")
    shop.offer("b")
    shop.fake.enqueue(Reply.text("Fine."), Reply.error(400, "bad grammar"))
    shop.engine().orchestrate(BRIEF, output=tmp_path)
    done, failed = work(tmp_path)
    assert (done.deliverable, done.state, done.starts, done.requests) == ("a", "finished", 1, 1)
    assert (failed.deliverable, failed.state, failed.object) == ("b", "failed", None)
    assert "bad grammar" in failed.error


def test_a_second_try_is_the_same_entry(shop: Shop, tmp_path: Path) -> None:
    """Begun twice, finished once."""
    shop.offer("a")
    shop.fake.enqueue(Reply.error(400, "bad grammar"), Reply.text("Fine."))
    for _ in range(2):
        shop.engine().orchestrate(BRIEF, output=tmp_path)
    (item,) = work(tmp_path)
    assert (item.state, item.starts, item.error) == ("finished", 2, "")


def test_what_was_interrupted_stays_started(shop: Shop, tmp_path: Path) -> None:
    """There is no answer, and no failure either."""
    shop.offer("a")
    hold = Hold()
    shop.fake.enqueue(Reply.text("Never").held_after(1, hold))

    async def interrupted() -> None:
        async with shop.engine() as engine:
            run = asyncio.create_task(engine.aorchestrate(BRIEF, output=tmp_path))
            await asyncio.to_thread(hold.wait_until_reached)
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)

    asyncio.run(interrupted())
    hold.release()
    assert [(item.state, item.starts) for item in work(tmp_path)] == [("started", 1)]


def test_a_damaged_answer_is_asked_for_again_and_told_of(shop: Shop, tmp_path: Path) -> None:
    """The warning is part of the result."""
    shop.offer("a")
    shop.engine().orchestrate(BRIEF, output=tmp_path)
    for path in (tmp_path / ".docgen" / "objects").glob("??/*"):
        path.write_bytes(path.read_bytes()[:-1])
    result = shop.engine().orchestrate(BRIEF, output=tmp_path)
    assert (result.success_count, len(shop.fake.chat_requests)) == (1, 2)
    assert "damaged" in result.warnings[0]
