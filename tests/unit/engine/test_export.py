"""Further formats: one that fails is told and counted, and never takes another file with it."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest
from support.shop import Shop

from docgen_core.api import Document, UsageError
from docgen_core.errors import PluginLoadError

BRIEF = "# CRM\n\nA CRM for plumbers."


class Writer:
    """Writes the title, or fails as told."""

    def __init__(self, suffix: object = ".html", error: BaseException | None = None) -> None:
        self.suffix = suffix
        self.error = error

    def export(self, document: Document, target: Path) -> None:
        if self.error is not None:
            raise self.error
        target.write_text(document.title, encoding="utf-8")


class Raising:
    """Cannot even say its suffix, once it is loaded."""

    def __init__(self) -> None:
        self._asked = 0

    @property
    def suffix(self) -> str:
        self._asked += 1
        if self._asked > 1:
            msg = "boom"
            raise RuntimeError(msg)
        return ".html"

    def export(self, document: Document, target: Path) -> None:
        """Is never called."""


def offer(shop: Shop, **writers: object) -> None:
    """Install a deliverable and these exporters."""
    shop.offer("a")
    for name, writer in writers.items():
        shop.object("docgen.exporters", name, writer)


def status(folder: Path) -> object:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))["status"]


def test_a_format_is_written_beside_the_document(shop: Shop, tmp_path: Path) -> None:
    """And named among the files."""
    offer(shop, html=Writer())
    result = shop.engine(formats=("html",)).orchestrate(BRIEF, output=tmp_path)
    assert (tmp_path / "document.html").read_text(encoding="utf-8") == "CRM"
    assert tmp_path / "document.html" in result.files
    assert (result.exit_code, status(tmp_path)) == (0, "done")


@pytest.mark.parametrize(
    "error", [ValueError("cannot"), SystemExit(0), UsageError("no pictures, please")]
)
def test_a_format_that_fails_makes_the_run_partial(
    shop: Shop, tmp_path: Path, error: BaseException
) -> None:
    """The others are written; the error has a place of its own in the result."""
    offer(shop, html=Writer(error=error), txt=Writer(".txt"))
    result = shop.engine(formats=("html", "txt")).orchestrate(BRIEF, output=tmp_path)
    assert [str(error) in str(told) for told in result.export_errors] == [True]
    assert (result.error_count, result.exit_code, status(tmp_path)) == (0, 5, "partial")
    assert (tmp_path / "document.txt").is_file()
    assert (tmp_path / "document.md").is_file()


@pytest.mark.parametrize(
    "suffix",
    [".md", ".json", ".edited.md", "", "html", ".HTML", "./../x", ".a.b.c", ".a b", 7, None],
)
def test_a_suffix_that_would_harm_is_refused_before_anything_is_asked(
    shop: Shop, tmp_path: Path, suffix: object
) -> None:
    """The document of an earlier run stays."""
    offer(shop, bad=Writer(suffix))
    shop.engine().orchestrate(BRIEF, output=tmp_path)
    before = (tmp_path / "document.md").read_bytes()
    asked = shop.fake.chats
    with pytest.raises(PluginLoadError, match="the exporter bad"):
        shop.engine(formats=("bad",)).orchestrate("Another brief.", output=tmp_path)
    assert (tmp_path / "document.md").read_bytes() == before
    assert shop.fake.chats == asked


def test_a_suffix_that_cannot_be_read_is_the_plugin_s_fault(shop: Shop, tmp_path: Path) -> None:
    """Not an unforeseen exception."""
    offer(shop, html=Raising())
    with pytest.raises(PluginLoadError, match=r"html.*RuntimeError: boom"):
        shop.engine(formats=("html",)).orchestrate(BRIEF, output=tmp_path)


def test_an_export_of_an_earlier_document_goes_when_the_new_one_fails(
    shop: Shop, tmp_path: Path
) -> None:
    """An old file never looks like a new one."""
    writer = Writer()
    offer(shop, html=writer)
    engine = shop.engine(formats=("html",))
    engine.orchestrate(BRIEF, output=tmp_path)
    writer.error = ValueError("cannot")
    engine.orchestrate("Another brief.", output=tmp_path)
    assert not (tmp_path / "document.html").exists()


def test_an_earlier_export_stands_until_the_new_one_replaces_it(shop: Shop, tmp_path: Path) -> None:
    """Whoever looks meanwhile finds a whole file."""
    seen: list[bool] = []

    class Looking(Writer):
        def export(self, document: Document, target: Path) -> None:
            seen.append((tmp_path / "document.html").exists())
            super().export(document, target)

    offer(shop, html=Looking())
    engine = shop.engine(formats=("html",))
    engine.orchestrate(BRIEF, output=tmp_path)
    engine.orchestrate("# Other\n\nAnother brief.", output=tmp_path)
    assert seen == [False, True]
    assert (tmp_path / "document.html").read_text(encoding="utf-8") == "Other"


def test_a_run_cancelled_in_an_export_ends_and_is_recorded(shop: Shop, tmp_path: Path) -> None:
    """The exporter is left behind; what is written is named in the record."""
    begun, released = threading.Event(), threading.Event()

    class Slow(Writer):
        def export(self, document: Document, target: Path) -> None:
            del document, target
            begun.set()
            released.wait(60)

    offer(shop, html=Slow())

    async def cancel() -> None:
        async with shop.engine(formats=("html",)) as engine:
            task = asyncio.create_task(engine.aorchestrate(BRIEF, output=tmp_path))
            await asyncio.to_thread(begun.wait, 60)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not released.is_set()

    asyncio.run(cancel())
    released.set()
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert record["status"] == "interrupted"
    assert "document.md" in record["files"]
