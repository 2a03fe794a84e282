"""Further formats: one that fails is told and counted, and never takes another file with it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.shop import Shop

from docgen_core.api import Document, UsageError
from docgen_core.errors import MissingPluginError, PluginLoadError, SettingsError

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


def test_an_export_is_for_the_user_alone(shop: Shop, tmp_path: Path) -> None:
    """Whatever rights the exporter gave its file."""

    class Open(Writer):
        def export(self, document: Document, target: Path) -> None:
            super().export(document, target)
            target.chmod(0o666)

    offer(shop, html=Open())
    shop.engine(formats=("html",)).orchestrate(BRIEF, output=tmp_path)
    assert (tmp_path / "document.html").stat().st_mode & 0o777 == 0o600


def test_a_link_is_no_export(shop: Shop, tmp_path: Path) -> None:
    """What an exporter links to was not written by it."""

    class Linking(Writer):
        def export(self, document: Document, target: Path) -> None:
            super().export(document, target.with_name("elsewhere"))
            target.symlink_to("elsewhere")

    offer(shop, html=Linking())
    result = shop.engine(formats=("html",)).orchestrate(BRIEF, output=tmp_path)
    assert "wrote no file" in str(result.export_errors[0])
    assert not (tmp_path / "document.html").is_symlink()


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
    [".md", ".edited.md", "", "html", ".HTML", "./../x", ".a.b.c", ".a b", 7, None],
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


@attrs.frozen(kw_only=True)
class Look:
    """What users may set for the format below."""

    theme: str = "light"


class Themed:
    """An exporter with settings."""

    suffix = ".html"
    settings = Look

    def export(self, document: Document, target: Path, *, settings: Look) -> None:
        target.write_text(f"{document.title} in {settings.theme}", encoding="utf-8")


@pytest.mark.parametrize(
    ("tables", "expected"), [({}, "CRM in light"), ({"html": {"theme": "dark"}}, "CRM in dark")]
)
def test_an_exporter_gets_its_settings(
    shop: Shop, tmp_path: Path, tables: dict[str, dict[str, object]], expected: str
) -> None:
    """Structured from the table with the format's name, or its defaults."""
    offer(shop, html=Themed())
    shop.engine(formats=("html",), settings=tables).orchestrate(BRIEF, output=tmp_path)
    assert (tmp_path / "document.html").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    ("writer", "message"),
    [(Themed(), "settings.html.colour: unknown key"), (Writer(), "html has no settings")],
)
def test_a_wrong_table_of_a_format_is_refused_before_anything_is_asked(
    shop: Shop, tmp_path: Path, writer: object, message: str
) -> None:
    """As that of a deliverable is."""
    offer(shop, html=writer)
    engine = shop.engine(formats=("html",), settings={"html": {"colour": "red"}})
    with pytest.raises(SettingsError, match=message):
        engine.orchestrate(BRIEF, output=tmp_path)
    assert shop.fake.chats == 0


def test_two_formats_of_one_ending_are_refused(shop: Shop, tmp_path: Path) -> None:
    """One would overwrite the other."""
    offer(shop, one=Writer(), two=Writer())
    with pytest.raises(UsageError, match=r"one and two both write document\.html"):
        shop.engine(formats=("one", "two")).orchestrate(BRIEF, output=tmp_path)


def test_an_unknown_format_names_those_installed_and_a_distribution(
    shop: Shop, tmp_path: Path
) -> None:
    """So that a user knows what to install."""
    offer(shop, html=Writer())
    with pytest.raises(MissingPluginError, match="export format 'docx'") as caught:
        shop.engine(formats=("docx",)).orchestrate(BRIEF, output=tmp_path)
    assert "Installed: html." in caught.value.hint
    assert "pip install docgen-plugin-docx" in caught.value.hint


def test_a_binary_export_is_recorded_by_its_bytes(shop: Shop, tmp_path: Path) -> None:
    """Whoever checks run.json hashes the file as it is."""
    body = bytes(range(256)) + b"\r\n"

    class Binary(Writer):
        def export(self, document: Document, target: Path) -> None:
            del document
            target.write_bytes(body)

    offer(shop, pdf=Binary(".pdf"))
    shop.engine(formats=("pdf",)).orchestrate(BRIEF, output=tmp_path)
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert record["files"]["document.pdf"] == hashlib.sha256(body).hexdigest()


def test_exporters_are_told_how_each_section_was_made(shop: Shop, tmp_path: Path) -> None:
    """Model, plugin, tokens, template; the Markdown document knows nothing of it."""
    seen: list[Document] = []

    class Asking(Writer):
        def export(self, document: Document, target: Path) -> None:
            seen.append(document)
            super().export(document, target)

    offer(shop, html=Asking())
    shop.engine(formats=("html",)).orchestrate(BRIEF, output=tmp_path)
    (facts,) = seen[0].facts
    assert facts.section == "a"
    assert facts.model
    assert facts.usage is not None
    assert facts.usage.total_tokens > 0
    assert facts.attempts == 1
    assert seen[0].date


def test_a_section_that_is_kept_has_the_time_of_the_run_that_asked(
    shop: Shop, tmp_path: Path
) -> None:
    """Not the moment that it took to find it again; an export of the folder says the same."""
    seen: list[Document] = []

    class Asking(Writer):
        def export(self, document: Document, target: Path) -> None:
            seen.append(document)
            super().export(document, target)

    offer(shop, html=Asking())
    shop.engine().orchestrate(BRIEF, output=tmp_path)
    (record,) = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["sections"]
    result = shop.engine(formats=("html",)).orchestrate(BRIEF, output=tmp_path)
    assert result.deliverable_results[0].reused
    ((facts,),) = (document.facts for document in seen)
    assert facts.seconds is not None
    assert 0 < facts.seconds <= record["seconds"]


@pytest.mark.parametrize(
    ("remarks", "shown"),
    [
        (None, ()),
        (("Two letters have no font.",), ("document.html: Two letters have no font.",)),
        (("\x1b[31mred\x07",), ("document.html: red",)),
        (("x" * 9_999,), ("document.html: " + "x" * 500,)),
        (("a",) * 9, ("document.html: a",) * 5),
        (("a", 7), ("document.html: a",)),
        ("a sentence that is no tuple", ()),
    ],
)
def test_what_an_exporter_remarks_is_shown(
    shop: Shop, tmp_path: Path, remarks: object, shown: tuple[str, ...]
) -> None:
    """Cleaned and bounded; an exporter that returns nothing remarks nothing."""

    class Remarking(Writer):
        def export(self, document: Document, target: Path) -> Any:
            super().export(document, target)
            return remarks

    offer(shop, html=Remarking())
    result = shop.engine(formats=("html",)).orchestrate(BRIEF, output=tmp_path)
    assert result.exit_code == 0
    assert result.warnings == shown


def test_an_earlier_export_that_cannot_be_removed_is_told(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another program has it open: the old file would pass for a new one."""
    writer = Writer()
    offer(shop, html=writer)
    engine = shop.engine(formats=("html",))
    engine.orchestrate(BRIEF, output=tmp_path)
    writer.error = ValueError("cannot")
    unlink = Path.unlink

    def refuse(self: Path, missing_ok: bool = False) -> None:  # noqa: FBT002 - as in pathlib
        if self.name == "document.html":
            raise PermissionError(13, "Permission denied")
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    result = engine.orchestrate("Another brief.", output=tmp_path)
    (told,) = result.export_errors
    assert "is of an earlier document, and cannot be replaced: Permission denied" in str(told)
    assert "Close the program that has it open" in told.hint
