"""The slides: what a person who opens them in PowerPoint expects."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pptx
import pytest
from pptx.presentation import Presentation
from support.hostile_documents import HOSTILE, UNMERGED, hostile_document, merged_document
from support.office_schema import schema_errors

from docgen_core.api import Document, Exporter
from docgen_plugin_pptx import exporter
from docgen_plugin_pptx.fit import Room, fit_points, fit_title

PLAN = {
    "executive_summary": "x",
    "slides": [
        {
            "title": "Why gyms lose climbers",
            "message": "Half of the evening slots stay empty.",
            "visual": "Bar chart of empty slots",
            "features": ["F1", "F9"],
        },
        {"title": "Plain", "points": ["One", "Two"], "notes": "Say hello."},
    ],
}
FEATURES = {"features": [{"id": "F1", "name": "Slot booking"}]}
KINDS = {
    "core-properties", "extended-properties", "notesMaster", "notesSlide", "officeDocument",
    "presProps", "slide", "slideLayout", "slideMaster", "tableStyles", "theme", "viewProps",
}  # fmt: skip


def document(
    data: Mapping[str, Any] | None = PLAN, text: str = "Text.", **changes: Any
) -> Document:
    made = merged_document({"pitch": text, "outline": "More."}, title="Booking")
    first, second = made.sections
    sections = (attrs.evolve(first, data=data), attrs.evolve(second, data=FEATURES))
    return attrs.evolve(made, sections=sections, **changes)


def slides(tmp_path: Path, made: Document | None = None) -> Presentation:
    target = tmp_path / "document.pptx"
    exporter.export(made or document(), target)
    return pptx.Presentation(str(target))


def texts(slide: Any) -> list[list[str]]:
    """The paragraphs of each shape with text but the slide's number."""
    found = [
        [paragraph.text for paragraph in shape.text_frame.paragraphs]
        for shape in slide.shapes
        if shape.has_text_frame
    ]
    return [lines for lines in found if any(lines) and not re.fullmatch(".#.", lines[0])]


def notes(slide: Any) -> str:
    return str(slide.notes_slide.notes_text_frame.text)


def test_it_is_an_exporter() -> None:
    """With an ending of its own."""
    assert isinstance(exporter, Exporter)
    assert exporter.suffix == ".pptx"


def test_each_item_is_a_slide_after_the_title(tmp_path: Path) -> None:
    """Title, points, the features by name, and a frame for the picture."""
    cover, first, second = slides(tmp_path).slides
    assert texts(cover)[0] == ["Booking"]
    assert texts(first) == [
        ["Why gyms lose climbers"],
        ["Half of the evening slots stay empty.", "F1 Slot booking"],
        ["Picture: Bar chart of empty slots"],
    ]
    assert texts(second) == [["Plain"], ["One", "Two"]]


def test_notes_hold_what_is_said(tmp_path: Path) -> None:
    """The author's own first, then everything that stands on the slide."""
    _, first, second = slides(tmp_path).slides
    assert notes(second).splitlines()[0] == "Say hello."
    for said in ("Half of the evening", "Bar chart", "F1 Slot booking", "F9"):
        assert said in notes(first)


@pytest.mark.parametrize(
    "items", [[], "no list", [1, "x"], [{}], [{"title": ["a"]}], {"a": 1}, None]
)
def test_data_of_any_shape_gives_slides(tmp_path: Path, items: Any) -> None:
    """Where it holds no slides, the text does."""
    made = slides(tmp_path, document({"slides": items}))
    assert len(made.slides) >= 2


def test_what_a_person_edited_counts_more_than_the_data(tmp_path: Path) -> None:
    """The slides follow the list in the text."""
    text = "1. **Mine** (F1)\n   - My point\n   - Another\n2. **Second**\n"
    _, one, two = slides(tmp_path, edited(text)).slides
    assert texts(one) == [["Mine"], ["My point", "Another"]]
    assert texts(two) == [["Second"]]


def test_a_document_without_slides_gives_one_for_each_section(tmp_path: Path) -> None:
    """With its first points; the notes have the rest."""
    made = merged_document(
        {
            "goals": "Be quick. And more.\n\n- one\n  - two\n\n| a | b |\n|---|---|\n| x | y |\n",
            "plan": "Do it.",
        },
        title="Booking",
    )
    _, goals, plan = slides(tmp_path, made).slides
    assert texts(goals) == [["Goals"], ["Be quick.", "one", "two", "x – y"]]  # noqa: RUF001 - a dash between cells
    assert "Be quick. And more." in notes(goals)
    assert texts(plan) == [["Plan"], ["Do it."]]


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("顧客の情報。" + "長い文章" * 50, "顧客の情報。"),
        ("長い文章" * 50, ("長い文章" * 50)[:159] + "…"),
        ("word " * 50, ("word " * 50)[:154] + "…"),
        ("```python\nx = 1\n```", "x = 1"),
    ],
)
def test_a_section_of_one_block_says_something(tmp_path: Path, markdown: str, shown: str) -> None:
    """Also without spaces to end at, and without sentences."""
    _, only = slides(tmp_path, merged_document({"goals": markdown}, title="T")).slides
    assert texts(only) == [["Goals"], [shown]]


def test_a_diagram_is_in_the_notes_of_its_section(tmp_path: Path) -> None:
    """Its lines would say nothing on a slide."""
    diagram = "```mermaid\nflowchart LR\n  A --> B\n```"
    _, only = slides(tmp_path, merged_document({"goals": diagram}, title="T")).slides
    assert texts(only) == [["Goals"]]
    assert "A --> B" in notes(only)


def edited(text: str) -> Document:
    """The presentation as a person changed it."""
    made = document(PLAN, text)
    first, second = made.sections
    changed: Document = attrs.evolve(made, sections=(attrs.evolve(first, edited=True), second))
    return changed


@pytest.mark.parametrize(
    ("made", "told"),
    [
        pytest.param(document(), (), id="nothing"),
        pytest.param(edited("1. **Mine**\n"), (), id="edited"),
        pytest.param(
            edited("Only a text."),
            ("edits of Pitch are not on the slides: they are no numbered list of bold titles",),
            id="edits that are no slides",
        ),
        pytest.param(
            document(None),
            ("no section has slides, so the first points of each section make one",),
            id="digest",
        ),
        pytest.param(
            document({"slides": [{"title": "x", "points": ["word " * 700] * 9}]}),
            ("slides whose text goes on in the speaker notes only: 1",),
            id="long",
        ),
        pytest.param(
            document({"slides": [{"title": "x"}] * 203}),
            ("slides left out, since a presentation has 200 at most: 3",),
            id="many",
        ),
    ],
)
def test_a_reader_is_told_what_is_not_on_the_slides(
    tmp_path: Path, made: Document, told: tuple[str, ...]
) -> None:
    """Once for each kind, and nothing when there is nothing to say."""
    assert exporter.export(made, tmp_path / "document.pptx") == told


def test_a_long_slide_goes_on_over_others(tmp_path: Path) -> None:
    """Nothing runs out of its box, and the notes have everything."""
    points = [f"Point {number} " + "with many words " * 8 for number in range(20)]
    made = slides(tmp_path, document({"slides": [{"title": "Long", "points": points}]}))
    pages = list(made.slides)[1:]
    assert len(pages) > 2
    heads = [texts(page)[0][0] for page in pages]
    assert heads == [f"Long ({n}/{len(pages)})" for n in range(1, len(pages) + 1)]
    shown = [line for page in pages for line in texts(page)[1]]
    assert [line.strip() for line in shown] == [point.strip() for point in points]
    assert "Point 19" in notes(pages[0])


@pytest.mark.parametrize(
    "points",
    [
        ["short"],
        ["word " * 60] * 5,
        ["x" * 5000],
        ["日本語" * 300],
        ["a " * 100_000],
        [],
    ],
)
def test_text_fits_its_box(points: list[str]) -> None:
    """By lines and their height, at every size."""
    room = Room(800, 350)
    pages = fit_points(points, room)
    assert 1 <= len(pages) <= 6
    for page in pages:
        wide = [2 if char > "\u2e80" else 1 for point in page.points for char in point]
        # 0.45 of the size is the usual breadth of a letter.
        lines = sum(wide) * page.size * 0.45 / room.width + len(page.points)
        assert lines * page.size * 1.2 <= room.height + page.size * 1.2 * len(page.points)
        assert page.size >= 16


@pytest.mark.parametrize("title", ["short", "long " * 200, "x" * 3_000, "題" * 500, ""])
def test_a_title_takes_two_lines(title: str) -> None:
    """Shortened with a sign when it must be."""
    shown, size = fit_title(title, 860)
    assert len(shown) * size * 0.45 <= 2 * 860
    assert shown == title or shown.endswith("…")


def test_a_shortened_title_keeps_its_count() -> None:
    """So that one sees that a slide goes on."""
    shown, size = fit_title("long " * 100, 400, " (1/3)")
    assert shown.endswith("… (1/3)")
    assert size == 24


def test_slides_are_wide_and_numbered(tmp_path: Path) -> None:
    """16:9, as screens are; the first has no number."""
    made = slides(tmp_path)
    assert (made.slide_width or 0) * 9 == (made.slide_height or 0) * 16
    fields = ["slidenum" in slide._element.xml for slide in made.slides]
    assert fields == [False, True, True]
    for slide in made.slides:
        for shape in slide.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= (made.slide_width or 0)
            assert 0 <= shape.top <= shape.top + shape.height <= (made.slide_height or 0)


def test_no_two_shapes_of_a_slide_have_one_id(tmp_path: Path) -> None:
    """PowerPoint would offer to repair the file."""
    for slide in slides(tmp_path).slides:
        ids = [shape.shape_id for shape in slide.shapes]
        assert len(ids) == len(set(ids))


def test_the_whole_file_follows_the_published_schemas(tmp_path: Path) -> None:
    """Elements, attributes, values, parts and relationships, as PowerPoint expects them."""
    slides(tmp_path)
    assert schema_errors(tmp_path / "document.pptx") == []


def test_the_properties_and_the_language_are_told(tmp_path: Path) -> None:
    """Title, day and program; no person, no clock."""
    made = slides(tmp_path, document(language="de"))
    facts = made.core_properties
    assert (facts.title, facts.author, facts.language) == ("Booking", "docgen", "de")
    assert facts.created is not None
    assert facts.created.date().isoformat() == "2026-11-23"
    assert 'lang="de"' in made.slides[1]._element.xml
    assert texts(made.slides[1])[2] == ["Bild: Bar chart of empty slots"]


def test_the_same_document_gives_the_same_file(tmp_path: Path) -> None:
    """Byte for byte."""
    slides(tmp_path)
    first = (tmp_path / "document.pptx").read_bytes()
    slides(tmp_path)
    assert (tmp_path / "document.pptx").read_bytes() == first


@pytest.fixture(scope="module", params=[*HOSTILE, "unmerged", "data"])
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hostile document as slides."""
    tmp_path = tmp_path_factory.mktemp("slides")
    evil = "\x00\x1b\u202e<a:t> {{ 7 * 7 }} http://collector.invalid ../../x " * 20
    data = {"slides": [{"title": evil, "points": [evil], "visual": evil, "notes": evil}] * 3}
    made = {
        "unmerged": lambda: Document(title="T", markdown=UNMERGED),
        "data": lambda: document(data, title=evil),
    }.get(request.param, lambda: hostile_document(request.param))()
    exporter.export(made, tmp_path / "document.pptx")
    assert [path.name for path in tmp_path.iterdir()] == ["document.pptx"]
    return tmp_path / "document.pptx"


def test_nothing_in_the_slides_acts_or_leads_out(hostile: Path) -> None:
    """No macro, object, media, link or action; names of parts are docgen's."""
    with zipfile.ZipFile(hostile) as package:
        names = package.namelist()
        rels = b"".join(package.read(name) for name in names if name.endswith(".rels")).decode()
        own = "".join(package.read(n).decode() for n in names if n.startswith("ppt/slides/slide"))
    assert all(re.fullmatch(r"[\w\[\]/.-]+", name) and ".." not in name for name in names)
    assert set(re.findall('relationships/(?:metadata/)?([A-Za-z-]+)"', rels)) <= KINDS
    assert "External" not in rels
    assert "hlinkClick" not in own
    assert "\u202e" not in own


def test_hostile_text_stays_in_bounds(hostile: Path) -> None:
    """A file that opens, with no more slides than anybody shows."""
    made = pptx.Presentation(str(hostile))
    assert 1 <= len(made.slides) <= 1300
    assert hostile.stat().st_size < 5_000_000
