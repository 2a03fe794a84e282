"""The report tells a run's story in figures, drawings and words, and trusts no text."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen_core.report import render_page, summarise
from docgen_core.report.graph import lay_out
from docgen_core.store.record import RunRecord, SectionRecord
from docgen_core.store.requests import RequestRecord

FAILED = RequestRecord(
    deliverable="personas", started=3, first_token=4, ended=6, outcome="failed", error="it crashed"
)
ANSWERED = RequestRecord(
    deliverable="personas",
    attempt=2,
    ready=6,
    started=8,
    first_token=9,
    ended=19,
    outcome="answered",
    prompt_tokens=100,
    completion_tokens=41,
)
CACHED = RequestRecord(deliverable="goals", ended=0.1, outcome="cached")
SECTIONS = (
    SectionRecord(id="goals", title="Goals", status="done", cached=True),
    SectionRecord(
        id="personas",
        title="Personas",
        status="done",
        model="m",
        inputs=("goals",),
        usage={"prompt_tokens": 100, "completion_tokens": 41},
        rung="prompt",
        rung_reason="the server refused the schema",
    ),
)
RECORD = RunRecord(
    docgen="0.1.0",
    status="done",
    brief_sha256="",
    brief_title="Booking app",
    language="en",
    server={"kind": "lmstudio", "base_url": "http://127.0.0.1:1234/v1"},
    sections=SECTIONS,
    files={},
    started="2026-11-23T00:00:00+00:00",
    seconds=20.5,
    requests=(CACHED, FAILED, ANSWERED),
)


def test_the_totals_count_what_was_sent() -> None:
    """A cached answer is no request, and a failed one brought no tokens."""
    summary = summarise(RECORD)
    assert (summary.requests, summary.cached) == (2, 1)
    assert (summary.prompt_tokens, summary.completion_tokens) == (100, 41)
    assert summary.rate == pytest.approx(2.0)


def test_the_rate_of_a_section_is_that_of_its_writing() -> None:
    """Forty tokens after the first, in ten seconds; reading the prompt does not count."""
    line = summarise(RECORD).lines[1]
    assert line.rate == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "from the cache"),
        ({"cached": False}, "done"),
        ({"status": "failed"}, "failed"),
    ],
)
def test_each_section_says_what_became_of_it(change: dict[str, object], state: str) -> None:
    """In words that a reader knows."""
    sections = (attrs.evolve(SECTIONS[0], **change),)  # type: ignore[arg-type] # fields by name
    assert summarise(attrs.evolve(RECORD, sections=sections)).lines[0].state == state


def test_a_section_without_a_request_was_kept() -> None:
    """Nothing was asked for it in this run."""
    sections = (attrs.evolve(SECTIONS[0], cached=False),)
    record = attrs.evolve(RECORD, sections=sections, requests=(ANSWERED,))
    assert summarise(record).lines[0].state == "kept"


def test_the_timeline_parts_waiting_reading_and_writing() -> None:
    """Bars do not overlap and follow the clock."""
    timeline = summarise(RECORD).timeline
    assert timeline is not None
    last = [bar for bar in timeline.bars if "attempt 2" in bar.words]
    assert [bar.kind for bar in last] == ["waiting", "reading", "writing"]
    assert all(a.x + a.width == pytest.approx(b.x) for a, b in itertools.pairwise(last))
    assert [cross.words for cross in timeline.crosses] == ["attempt 1 failed: it crashed"]


def test_a_run_of_an_older_docgen_has_no_timeline() -> None:
    """The rest of the report is there all the same."""
    summary = summarise(attrs.evolve(RECORD, requests=()))
    assert summary.timeline is None
    assert "Personas" in render_page(summary)


def test_what_is_read_stands_to_the_left() -> None:
    """Every arrow of the graph points to the right."""
    graph = lay_out([("a", "A", ()), ("b", "B", ("a",)), ("c", "C", ("a", "b", "gone", "c"))])
    assert all(arrow.x1 < arrow.x2 for arrow in graph.arrows)
    assert len(graph.arrows) == 3


class Page(HTMLParser):
    """Collects the elements, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.names |= {name for name, _ in attributes}


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=40))
def test_no_text_becomes_markup(text: str) -> None:
    """Titles, errors, models and servers are data of others."""
    hostile = f'<script>"{text}'
    sections = (attrs.evolve(SECTIONS[1], title=hostile, model=hostile, warnings=(hostile,)),)
    request = attrs.evolve(FAILED, error=hostile)
    server = {"kind": hostile, "base_url": hostile}
    record = attrs.evolve(
        RECORD, brief_title=hostile, sections=sections, requests=(request,), server=server
    )
    page = Page(render_page(summarise(record)))
    plain = Page(render_page(summarise(attrs.evolve(RECORD, sections=sections[:0]))))
    assert "script" not in page.tags
    assert not any(name.startswith("on") for name in page.names)
    assert page.tags.count("style") == plain.tags.count("style") == 1


def test_the_page_fetches_nothing() -> None:
    """A content security policy says so, and there is nothing to fetch."""
    text = render_page(summarise(RECORD))
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=", text)


def test_the_drawing_is_readable_without_colour() -> None:
    """Each kind of bar has a pattern or an outline of its own, and words."""
    text = render_page(summarise(RECORD))
    for kind, words in (
        ("waiting", "waiting 6.0"),
        ("reading", "reading the prompt"),
        ("writing", "writing"),
    ):
        assert f"run-{kind}" in text
        assert words in text
