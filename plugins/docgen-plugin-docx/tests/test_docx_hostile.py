"""Whatever the model wrote, the file is harmless, whole, and leads where document.md leads."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from support.document_links import links_of
from support.hostile_documents import HOSTILE, UNMERGED, hostile_document, merged_document

from docgen_core.api import Document, read_document
from docgen_plugin_docx import exporter
from docgen_plugin_docx.bookmarks import Bookmarks, ids_of
from docgen_plugin_docx.language import direction_runs, reads_right_to_left

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FIELDS = {"TOC", "PAGE", "NOTEREF"}
KINDS = {
    "core-properties", "extended-properties", "fontTable", "footer", "footnotes", "header",
    "hyperlink", "image", "numbering", "officeDocument", "settings", "styles", "theme",
}  # fmt: skip


class File:
    """What a Word file holds: its parts, links and targets."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
            self.parts = {name: package.read(name) for name in package.namelist()}
            assert len(self.parts) == len(package.namelist())
        self.roots: dict[str, Any] = {
            name: etree.fromstring(data)
            for name, data in self.parts.items()
            if name.endswith((".xml", ".rels"))
        }

    def all(self, tag: str, attribute: str) -> list[str]:
        """The values of an attribute over all parts."""
        found = (element for root in self.roots.values() for element in root.iter(f"{W}{tag}"))
        return [
            element.get(f"{W}{attribute}") for element in found if element.get(f"{W}{attribute}")
        ]

    def relations(self) -> list[dict[str, str]]:
        """Every relationship of every part."""
        found = (root for name, root in self.roots.items() if name.endswith(".rels"))
        return [dict(element.attrib) for root in found for element in root]

    def text(self, name: str = "word/document.xml") -> str:
        """What readers see."""
        return "".join(node.text or "" for node in self.roots[name].iter(f"{W}t"))


@pytest.fixture(scope="module", params=[*HOSTILE, "unmerged"])
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Document, File]:
    """A hostile document and its file."""
    target = tmp_path_factory.mktemp("word") / "document.docx"
    made = (
        Document(title="T", markdown=UNMERGED)
        if request.param == "unmerged"
        else hostile_document(request.param)
    )
    exporter.export(made, target)
    assert [path.name for path in target.parent.iterdir()] == ["document.docx"]
    return made, File(target)


def test_nothing_in_the_file_acts(exported: tuple[Document, File]) -> None:
    """No macro, object, outside template or picture; three kinds of field, all docgen's."""
    file = exported[1]
    assert {relation["Type"].rpartition("/")[2] for relation in file.relations()} <= KINDS
    outside = [found for found in file.relations() if found.get("TargetMode") == "External"]
    assert all(found["Type"].endswith("/hyperlink") for found in outside)
    assert all(re.match(r"https?://|mailto:|tel:", found["Target"]) for found in outside)
    codes = [node.text for root in file.roots.values() for node in root.iter(f"{W}instrText")]
    assert {code.split()[0] for code in codes} <= FIELDS
    tags = {etree.QName(node).localname for root in file.roots.values() for node in root.iter()}
    assert not tags & {"object", "control", "altChunk", "fldSimple", "subDoc", "attachedTemplate"}


def test_the_file_is_whole(exported: tuple[Document, File]) -> None:
    """Names of parts are docgen's, every relationship leads somewhere, every id is there."""
    file = exported[1]
    assert all(re.fullmatch(r"[\w\[\]/.-]+", name) and ".." not in name for name in file.parts)
    for name, root in file.roots.items():
        if name.endswith(".rels"):
            continue
        folder, _, leaf = name.rpartition("/")
        rels = file.roots.get(f"{folder}/_rels/{leaf}.rels")
        known = set() if rels is None else {relation.get("Id") for relation in rels}
        r = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
        used = {node.get(f"{r}{key}") for node in root.iter() for key in ("id", "embed")} - {None}
        assert used <= known


def test_styles_and_lists_that_are_used_are_there(exported: tuple[Document, File]) -> None:
    """A missing one would be taken for damage, or show nothing."""
    file = exported[1]
    styles = file.all("style", "styleId")
    assert len(styles) == len(set(styles))
    used = [*file.all("pStyle", "val"), *file.all("rStyle", "val"), *file.all("tblStyle", "val")]
    assert set(used) <= set(styles)
    assert set(file.all("numId", "val")) <= set(file.all("num", "numId"))


def test_bookmarks_are_names_that_word_takes(exported: tuple[Document, File]) -> None:
    """Unique without regard to case, forty characters, each begun and ended once."""
    file = exported[1]
    names = file.all("bookmarkStart", "name")
    assert all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,39}", name) for name in names)
    assert len({name.lower() for name in names}) == len(names)
    starts = Counter(file.all("bookmarkStart", "id"))
    assert starts == Counter(file.all("bookmarkEnd", "id"))
    assert set(starts.values()) <= {1}


def test_the_file_has_the_links_of_the_markdown_document(
    exported: tuple[Document, File],
) -> None:
    """The same targets, none broken; those of footnotes are the file's own."""
    made, file = exported
    names = Bookmarks.of(ids_of(read_document(made))).names
    bookmarks = set(file.all("bookmarkStart", "name"))
    links = file.all("hyperlink", "anchor")
    assert set(links) <= bookmarks
    own = {name for name in bookmarks if not name.startswith("_note_")}
    assert own == set(names.values())
    if made.markdown == UNMERGED:  # past the merge, with dead links and a list of nothing
        return
    expected = links_of(made)
    assert expected.broken == frozenset()
    assert set(names) == {*expected.headings, *expected.anchors}
    linked = {link for link in links if not link.startswith("_note_")}
    assert linked == {names[target] for target in expected.targets}


def test_a_link_leads_to_the_heading_that_it_names(exported: tuple[Document, File]) -> None:
    """The bookmark's paragraph says the heading's text."""
    made, file = exported
    content = read_document(made)
    names = Bookmarks.of(ids_of(content)).names
    said = {
        start.get(f"{W}name"): "".join(node.text or "" for node in start.getparent().iter(f"{W}t"))
        for start in file.roots["word/document.xml"].iter(f"{W}bookmarkStart")
    }
    from docgen_core.api import nodes

    for block in content.body:
        if isinstance(block, nodes.Heading):
            shown = " ".join(re.sub(r"\d+$", "", said[names[block.id]]).split())
            expected = re.sub(r"\d+$", "", nodes.plain_text(block.children)).strip()
            assert shown == expected


def test_the_number_of_links_is_that_of_the_markdown_document(tmp_path: Path) -> None:
    """Contents and text, each as often."""
    made = merged_document(
        {
            "first": "See [Second](#second), [own](#detail).\n\n## Detail\n\nx",
            "second": "[a](#first)",
        }
    )
    exporter.export(made, tmp_path / "d.docx")
    assert sorted(File(tmp_path / "d.docx").all("hyperlink", "anchor")) == list(
        links_of(made).links
    )


def test_commands_of_other_formats_are_only_text(tmp_path: Path) -> None:
    """Raw TeX, raw blocks, fields and formulas stand in the file as they were written."""
    exporter.export(hostile_document("answer"), tmp_path / "d.docx")
    text = File(tmp_path / "d.docx").text()
    for said in (r"\input{/etc/passwd}", "INCLUDETEXT", "DDEAUTO", "=HYPERLINK", "{=html}"):
        assert said in text
    assert "root:x:0" not in text


def test_text_from_right_to_left_is_marked(tmp_path: Path) -> None:
    """Paragraphs, runs, tables and the section; what is Latin in between is not."""
    exporter.export(hostile_document("right to left"), tmp_path / "d.docx")
    root = File(tmp_path / "d.docx").roots["word/document.xml"]
    runs = {
        "".join(node.text or "" for node in run.iter(f"{W}t")): run.find(f"{W}rPr/{W}rtl")
        is not None
        for run in root.iter(f"{W}r")
    }
    assert runs["שלום עולם"] is True
    assert [marked for text, marked in runs.items() if "evil" in text] == [False]
    assert root.find(f".//{W}tblPr/{W}bidiVisual") is not None
    assert root.find(f".//{W}sectPr/{W}bidi") is not None


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("plain", [("plain", False)]),
        ("א ב", [("א ב", True)]),
        ("a אב 1 ג b", [("a ", False), ("אב 1 ג", True), (" b", False)]),
        ("(אב) x", [("(", False), ("אב", True), (") x", False)]),
        ("", []),
    ],
)
def test_text_is_cut_where_its_direction_changes(text: str, pieces: list[tuple[str, bool]]) -> None:
    """Numbers and spaces between two words stay with them."""
    assert list(direction_runs(text)) == pieces


@pytest.mark.parametrize(
    ("text", "otherwise", "turned"),
    [("1. אב x", False, True), ("x אב", True, False), ("12", True, True), ("", False, False)],
)
def test_a_paragraph_reads_as_its_first_letter_does(
    text: str, *, otherwise: bool, turned: bool
) -> None:
    """Or as the document, without letters."""
    assert reads_right_to_left(text, otherwise=otherwise) is turned


def test_what_xml_cannot_hold_is_left_out(tmp_path: Path) -> None:
    """In the title, the language and the text."""
    made = Document(title="T\x00\x0b\ud800\ufffe", markdown="a\x01b `c\x1fd`\n", language="en\x00")
    exporter.export(made, tmp_path / "d.docx")
    file = File(tmp_path / "d.docx")
    assert "ab cd" in file.text()


@pytest.mark.parametrize(
    "address",
    ["http://[", "http://a:99999999/", "https://x.invalid/" + "a" * 3000, "https://"],
)
def test_an_address_that_word_would_stumble_over_is_only_text(tmp_path: Path, address: str) -> None:
    """One such address, and Word takes the whole file for damaged."""
    from docgen_core.api import nodes
    from docgen_plugin_docx.inline import Inline

    class NoPart:
        """It must not be asked for a relationship."""

    inline = Inline(
        part=NoPart(),  # type: ignore[arg-type] # never used
        styles=None,  # type: ignore[arg-type] # never used
        bookmarks=Bookmarks({}),
        notes=None,  # type: ignore[arg-type] # never used
    )
    (run,) = inline.write([nodes.Link(address=address, children=(nodes.Text("x"),))])
    assert run.tag == f"{W}r"
    del tmp_path


def test_ids_that_word_cannot_tell_apart_get_different_names() -> None:
    """Other scripts, long ones, and those that differ in a sign or in case."""
    long = "x" * 60
    ids = ["a-b", "a_b", "A-B", "1-a", "наш", "ваш", long, long + "y", "_note_1", ""]
    names = Bookmarks.of(ids).names
    assert list(names) == ids
    assert names["a-b"] == "a_b"
    assert len({name.lower() for name in names.values()}) == len(ids)
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,39}", name) for name in names.values())
