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
from docgen_core.report.timeline import draw
from docgen_core.report.words import duration, wrapped
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


def test_a_section_without_a_request_was_reused() -> None:
    """Nothing was asked for it in this run."""
    sections = (attrs.evolve(SECTIONS[0], cached=False),)
    record = attrs.evolve(RECORD, sections=sections, requests=(ANSWERED,))
    assert summarise(record).lines[0].state == "reused"


def of_earlier_run(request: RequestRecord) -> RequestRecord:
    """The request as a later run's record tells of it."""
    return attrs.evolve(request, run="before", run_started="2026-11-22T23:00:00+00:00")


REUSED = attrs.evolve(
    RECORD,
    sections=(attrs.evolve(SECTIONS[0], cached=False), SECTIONS[1]),
    requests=tuple(map(of_earlier_run, RECORD.requests)),
    run_id="now",
    seconds=0.2,
)


def test_a_reused_section_has_the_figures_of_the_run_that_made_it() -> None:
    """And says which one that was; the totals are those of the last run, which asked nothing."""
    summary = summarise(REUSED)
    line = summary.lines[1]
    assert (line.state, line.made) == ("reused", "2026-11-22T23:00:00+00:00")
    assert line.requests == 2
    assert line.rate == pytest.approx(4.0)
    assert (summary.requests, summary.completion_tokens, summary.failed) == (0, 0, 0)
    assert (summary.reused, summary.rate) == (2, None)


def test_each_run_has_a_drawing_of_its_own() -> None:
    """Their clocks differ: the last run stands first, then the others, the latest first."""
    older = attrs.evolve(FAILED, run="older", run_started="2026-11-21T00:00:00+00:00")
    later = attrs.evolve(FAILED, run="refine-1", run_started="2026-11-23T09:00:00+00:00")
    own = attrs.evolve(ANSWERED, run="now", run_started=RECORD.started)
    record = attrs.evolve(REUSED, requests=(older, *REUSED.requests, own, later))
    panels = summarise(record).panels
    assert [(panel.run, panel.started[8:10]) for panel in panels] == [
        ("this run", "23"), ("a refinement", "23"),
        ("an earlier run", "22"), ("an earlier run", "21"),
    ]  # fmt: skip


def test_a_run_that_asked_for_nothing_says_so() -> None:
    """The page shows how things came to be all the same."""
    page = render_page(summarise(REUSED))
    assert "This run asked for nothing" in page
    assert "An earlier run, 2026-11-22 23:00:00 UTC" in page
    assert "This run asked for nothing" not in render_page(summarise(RECORD))


def test_the_axis_of_an_earlier_run_begins_near_what_is_shown() -> None:
    """Its last requests would be a speck at the end of an hour."""
    late = attrs.evolve(ANSWERED, ready=3500, started=3500, first_token=3504, ended=3519)
    timeline = draw([late], {"personas": "Personas"})
    assert sum(bar.width for bar in timeline.bars) > 300
    assert timeline.ticks[0].words == "58 min 20 s"
    assert all(a.x < b.x for a, b in itertools.pairwise(timeline.ticks))


@given(
    st.lists(st.floats(0, 1e6), min_size=4, max_size=4).map(sorted),
    st.sampled_from(["answered", "failed", "cached", "interrupted", ""]),
)
def test_everything_drawn_stands_within_the_drawing(times: list[float], outcome: str) -> None:
    """Whatever the times are."""
    ready, started, first, ended = times
    request = attrs.evolve(
        ANSWERED, ready=ready, started=started, first_token=first, ended=ended, outcome=outcome
    )
    timeline = draw([request], {"personas": "Personas"})
    places = [each.x for each in timeline.ticks] + [each.x for each in timeline.bars]
    places += [each.x for each in timeline.marks]
    assert all(timeline.left - 0.1 <= place <= timeline.width for place in places)
    assert all(bar.x + bar.width <= timeline.width for bar in timeline.bars)
    assert 1 <= len(timeline.ticks) <= 11


def test_an_interrupted_request_is_told_from_a_failed_one() -> None:
    """By a mark of another shape and by words, and its section is called interrupted."""
    cut = attrs.evolve(FAILED, outcome="interrupted", error="")
    sections = (SECTIONS[0], attrs.evolve(SECTIONS[1], status="not started"))
    record = attrs.evolve(RECORD, status="interrupted", sections=sections, requests=(FAILED, cut))
    summary = summarise(record)
    assert (summary.failed, summary.interrupted) == (1, 1)
    assert summary.lines[1].state == "interrupted"
    assert [mark.kind for mark in summary.panels[0].timeline.marks] == ["failed", "interrupted"]
    page = render_page(summary)
    assert "<dt>Interrupted requests</dt><dd>1</dd>" in page
    assert "attempt 1: interrupted after 6.0 s" in page


def test_an_answer_from_the_cache_has_the_rate_at_which_it_was_written() -> None:
    """The run took no time for it."""
    cached = attrs.evolve(CACHED, took=12.0, began=2.0, completion_tokens=41)
    line = summarise(attrs.evolve(RECORD, requests=(cached,))).lines[0]
    assert line.rate == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (59.9, "59.9 s"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (None, "\N{EN DASH}"),
        (float("inf"), "\N{EN DASH}"),
        (float("nan"), "\N{EN DASH}"),
        (10**400, "\N{EN DASH}"),
        (59.97, "1 min"),
        (3599.8, "1 h"),
    ],
)
def test_lengths_of_time_are_said_as_people_say_them(seconds: float | None, words: str) -> None:
    """No run is told of in thousands of seconds."""
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Personas", ("Personas",)),
        ("Implementation phases", ("Implementati", "on phases")),
        ("Use cases and flows", ("Use cases", "and flows")),
        ("Use cases and all flows of it", ("Use cases", "and all flo…")),
        ("実装手順書の要約", ("実装手順書の", "要約")),
        ("実装手順書の要約と段階的な展開", ("実装手順書の", "要約と段階…")),
        ("", ("",)),
    ],
)
def test_a_title_has_two_lines_at_most(title: str, lines: tuple[str, ...]) -> None:
    """Letters of East Asia are twice as wide."""
    assert wrapped(title, 12) == lines


def test_the_timeline_parts_waiting_reading_and_writing() -> None:
    """Bars do not overlap and follow the clock."""
    timeline = summarise(RECORD).panels[0].timeline
    last = [bar for bar in timeline.bars if "attempt 2" in bar.words]
    assert [bar.kind for bar in last] == ["waiting", "reading", "writing"]
    assert all(a.x + a.width == pytest.approx(b.x) for a, b in itertools.pairwise(last))
    assert [(mark.kind, mark.words) for mark in timeline.marks] == [
        ("cached", "attempt 1 answered by the cache"),
        ("failed", "attempt 1 failed: it crashed"),
    ]


def test_a_run_of_an_older_docgen_has_no_timeline() -> None:
    """The rest of the report is there all the same."""
    summary = summarise(attrs.evolve(RECORD, requests=()))
    assert summary.panels == ()
    assert "Personas" in render_page(summary)


CHAIN = [("a", "A", ()), ("b", "B", ("a",)), ("c", "C", ("a", "b", "gone", "c"))]


def test_what_is_read_stands_before_what_reads_it() -> None:
    """In a chain, each level is below the one before."""
    graph = lay_out(CHAIN)
    assert [box.y for box in graph.boxes] == sorted({box.y for box in graph.boxes})
    assert [arrow.words for arrow in graph.arrows] == ["B reads A", "C reads A", "C reads B"]


def test_an_arrow_that_passes_a_level_does_not_hide_behind_its_box() -> None:
    """It has a lane beside it."""
    graph = lay_out(CHAIN)
    passing = next(arrow.path for arrow in graph.arrows if arrow.words == "C reads A")
    lane = float(passing.split("L")[1].split()[0])
    box = graph.boxes[1]
    assert not box.x <= lane <= box.x + box.width


def test_the_narrower_drawing_is_chosen() -> None:
    """Many that read one stand below each other, beside it."""
    graph = lay_out([("a", "A", ()), *((f"b{n}", "B", ("a",)) for n in range(9))])
    assert {box.x for box in graph.boxes[1:]} == {graph.boxes[1].x}
    assert graph.width < 500


names = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(names, st.text(max_size=60), st.lists(names)), unique_by=lambda i: i[0]))
def test_no_box_stands_on_another(items: list[tuple[str, str, list[str]]]) -> None:
    """Whatever a record says of inputs, circles among them."""
    graph = lay_out(items)
    for one, other in itertools.combinations(graph.boxes, 2):
        beside = abs(one.x - other.x) >= one.width or abs(one.y - other.y) >= one.height
        assert beside
    assert all(box.x >= 0 and box.x + box.width <= graph.width for box in graph.boxes)
    assert all(box.y >= 0 and box.y + box.height <= graph.height for box in graph.boxes)


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


def test_a_section_that_kept_its_text_says_of_which_run() -> None:
    """It failed, and the document has a text of it all the same."""
    failed = attrs.evolve(
        SECTIONS[1], status="failed", error="it crashed", text_from="2026-11-22T09:00:00+00:00"
    )
    line = summarise(attrs.evolve(RECORD, sections=(SECTIONS[0], failed))).lines[1]
    assert line.state == "failed"
    assert line.remarks == (
        "it crashed",
        "The document keeps its text of the run of 2026-11-22 09:00:00 UTC.",
    )


def test_a_run_in_which_nobody_answered_names_who_was_asked() -> None:
    """The model is what a reader looks for first when nothing came."""
    sections = (attrs.evolve(SECTIONS[1], status="failed", model=""),)
    asked = attrs.evolve(FAILED, model="small-3b")
    record = attrs.evolve(RECORD, sections=sections, requests=(asked,))
    assert summarise(record).models == ("small-3b",)


@pytest.mark.parametrize(
    ("sections", "status"),
    [(("failed", "failed"), "failed"), (("done", "failed"), "partial"), ((), "partial")],
)
def test_a_run_without_any_result_has_failed(sections: tuple[str, ...], status: str) -> None:
    """It is not done in part, and has no speed."""
    made = tuple(attrs.evolve(SECTIONS[0], status=each) for each in sections)
    record = attrs.evolve(RECORD, status="partial", sections=made, requests=(FAILED,))
    summary = summarise(record)
    assert (summary.status, summary.rate) == (status, None)


def test_a_run_that_was_stopped_before_it_asked_does_not_call_all_up_to_date() -> None:
    """It only had no time to ask."""
    page = render_page(summarise(attrs.evolve(REUSED, status="interrupted")))
    assert "This run asked for nothing. " in page


def test_on_a_phone_a_long_label_takes_two_lines_above_its_bar() -> None:
    """Neither is cut, and no label stands on the bar of another row."""
    titles = {"goals": "Goals", "personas": "Implementation instructions for regulated industries"}
    timeline = draw([ANSWERED, CACHED], titles, narrow=True)
    first, second = timeline.rows
    assert [len(row.lines) for row in timeline.rows] == [1, 2]
    bar = min(bar.y for bar in timeline.bars if bar.y > second.y)
    assert second.y + 14 <= bar
    assert second.y - first.y >= 42 + 14
