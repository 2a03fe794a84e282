"""Formats are written from a folder that is there, without a server, edits included."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import attrs
import pytest
from support.shop import Shop

from docgen_core.api import Document
from docgen_core.engine.export_folder import export_folder
from docgen_core.errors import FileError, MissingPluginError
from docgen_core.store.verify import FileState, verify

BRIEF = "# CRM\n\nA CRM for plumbers."


class Keeping:
    """Writes the Markdown in capitals and keeps what it was given."""

    suffix = ".txt"

    def __init__(self) -> None:
        self.seen: list[Document] = []
        self.error: Exception | None = None

    def export(self, document: Document, target: Path) -> None:
        self.seen.append(document)
        if self.error is not None:
            raise self.error
        target.write_text(document.markdown.upper(), encoding="utf-8")


def made(shop: Shop, out: Path) -> Keeping:
    """A finished run, and the exporter; the server has gone."""
    keeping = Keeping()
    shop.offer("a")
    shop.object("docgen.exporters", "txt", keeping)
    shop.engine().orchestrate(BRIEF, output=out)
    shop.fake.stop()
    return keeping


def test_a_folder_is_exported_without_a_server(shop: Shop, tmp_path: Path) -> None:
    """With title, date, sections and facts, as in the run."""
    keeping = made(shop, tmp_path)
    done = export_folder(tmp_path, ["txt"], registry=shop.engine().registry)
    assert (done.exit_code, done.errors) == (0, ())
    assert done.files == (tmp_path / "document.txt",)
    (document,) = keeping.seen
    assert document.title == "CRM"
    assert document.date
    assert [section.id for section in document.sections] == ["a", "about"]
    assert document.facts[0].model
    assert document.facts[0].usage is not None


def test_a_folder_is_exported_as_its_run_was(shop: Shop, tmp_path: Path) -> None:
    """Exporters see one and the same document: outline, appendices and facts included."""
    keeping = Keeping()
    shop.offer("a")
    shop.object("docgen.exporters", "txt", keeping)
    engine = shop.engine(formats=("txt",))
    engine.orchestrate(BRIEF, output=tmp_path)
    export_folder(tmp_path, ["txt"], registry=engine.registry)
    in_run, from_folder = keeping.seen
    assert [section.id for section in from_folder.sections] == ["a", "about"]
    assert attrs.asdict(from_folder) == attrs.asdict(in_run)


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"id": "x"}]', '{"a": 1}', '[{"none": "x"}]'])
def test_damaged_appendices_are_left_out(shop: Shop, tmp_path: Path, text: str) -> None:
    """The document itself has them; only their parts are unknown."""
    keeping = made(shop, tmp_path)
    (tmp_path / ".docgen" / "data" / "_appendices.json").write_text(text, encoding="utf-8")
    export_folder(tmp_path, ["txt"], registry=shop.engine().registry)
    assert [section.id for section in keeping.seen[0].sections] == ["a"]


def test_what_a_person_edited_is_exported(shop: Shop, tmp_path: Path) -> None:
    """The document is taken as it stands."""
    made(shop, tmp_path)
    with (tmp_path / "document.md").open("a", encoding="utf-8") as file:
        file.write("\nAdded by hand.\n")
    export_folder(tmp_path, ["txt"], registry=shop.engine().registry)
    assert "ADDED BY HAND." in (tmp_path / "document.txt").read_text(encoding="utf-8")


def test_the_record_and_the_seal_know_the_export(shop: Shop, tmp_path: Path) -> None:
    """By its bytes; nothing else in the folder changes."""
    made(shop, tmp_path)
    export_folder(tmp_path, ["txt"], registry=shop.engine().registry)
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    body = (tmp_path / "document.txt").read_bytes()
    assert record["files"]["document.txt"] == hashlib.sha256(body).hexdigest()
    states = {finding.file: finding.state for finding in verify(tmp_path)}
    assert states["document.txt"] is FileState.UNCHANGED
    assert set(states.values()) == {FileState.UNCHANGED}


def test_a_failed_export_takes_the_old_file_away(shop: Shop, tmp_path: Path) -> None:
    """And is told; the record forgets the file."""
    keeping = made(shop, tmp_path)
    registry = shop.engine().registry
    export_folder(tmp_path, ["txt"], registry=registry)
    keeping.error = ValueError("cannot")
    done = export_folder(tmp_path, ["txt"], registry=registry)
    assert done.exit_code == 5
    assert "cannot" in str(done.errors[0])
    assert not (tmp_path / "document.txt").exists()
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert "document.txt" not in record["files"]


def test_a_folder_without_a_document_is_refused(shop: Shop, tmp_path: Path) -> None:
    """Also one that docgen never wrote, which is left as it is."""
    made(shop, tmp_path / "out")
    registry = shop.engine().registry
    (tmp_path / "out" / "document.md").unlink()
    with pytest.raises(FileError, match="nothing to export"):
        export_folder(tmp_path / "out", ["txt"], registry=registry)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(FileError, match="not a folder that docgen wrote"):
        export_folder(other, ["txt"], registry=registry)
    assert list(other.iterdir()) == []


def test_a_link_in_place_of_the_document_is_not_followed(shop: Shop, tmp_path: Path) -> None:
    """It leads elsewhere."""
    out = tmp_path / "out"
    made(shop, out)
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    (out / "document.md").unlink()
    (out / "document.md").symlink_to(secret)
    with pytest.raises(FileError, match="nothing to export"):
        export_folder(out, ["txt"], registry=shop.engine().registry)


def test_an_unknown_format_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    """It is told before the folder is opened."""
    made(shop, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(MissingPluginError, match="pdf"):
        export_folder(tmp_path, ["txt", "pdf"], registry=shop.engine().registry)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_document_of_an_earlier_run_is_told(shop: Shop, tmp_path: Path) -> None:
    """The last run wrote sections only, so they are not what the file shows."""
    shop.offer("a")
    shop.object("docgen.exporters", "txt", Keeping())
    shop.engine().orchestrate(BRIEF, output=tmp_path)
    engine = shop.engine(merge_into_single_document=False)
    assert export_folder(tmp_path, ["txt"], registry=engine.registry).warnings == ()
    engine.orchestrate(BRIEF, output=tmp_path)
    (told,) = export_folder(tmp_path, ["txt"], registry=engine.registry).warnings
    assert told.startswith("document.md is of an earlier run, because the last one wrote none")
