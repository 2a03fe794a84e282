"""`docgen report` on a real folder, and the same report for exporters."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Docgen

from docgen_core.testing import FakeLMStudio, Reply


@pytest.fixture
def docgen(tmp_path: Path) -> Docgen:
    """A command line in an empty folder."""
    folder, site = tmp_path / "work", tmp_path / "site"
    folder.mkdir()
    site.mkdir()
    return Docgen(folder=folder, site=site)


KEEPER = """
    from docgen_core.api import Document

    class Keeper:
        suffix = ".txt"

        def export(self, document, target):
            target.write_text(document.report.html)

    exporter = Keeper()
"""


def generate(docgen: Docgen, *more: str) -> None:
    """Write two sections, the first of which fails once."""
    docgen.install_good()
    with FakeLMStudio() as fake:
        fake.enqueue(Reply.error(500, "the model crashed"))
        done = docgen(
            "generate", "A booking app", "-o", "out", "--no-cache", *more,
            DOCGEN_BASE_URL=fake.base_url,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_page_tells_what_happened(docgen: Docgen) -> None:
    """Each section, the request that failed and why, and where the page is."""
    generate(docgen)
    done = docgen("report", "out")
    assert done.stdout.strip() == "out/report.html"
    page = (docgen.folder / "out/report.html").read_text(encoding="utf-8")
    for words in ("Alpha Part", "Beta Part", "the model crashed", "<svg", "Beta Part reads Alpha"):
        assert words in page


def test_the_figures_are_there_as_json(docgen: Docgen) -> None:
    """Without the drawings, which are for eyes."""
    generate(docgen)
    facts = docgen.json("report", "out")
    assert facts["requests"] == 3
    assert [line["title"] for line in facts["lines"]] == ["Alpha Part", "Beta Part"]
    assert facts["mishaps"][0]["attempt"] == 1
    assert not {"panels", "graph"} & set(facts)


def test_every_request_is_in_the_record(docgen: Docgen) -> None:
    """In the order in which they were sent, with times that grow."""
    generate(docgen)
    record = json.loads((docgen.folder / "out/run.json").read_text(encoding="utf-8"))
    outcomes = [(request["deliverable"], request["outcome"]) for request in record["requests"]]
    assert outcomes == [("alpha", "failed"), ("alpha", "answered"), ("beta", "answered")]
    for request in record["requests"]:
        assert request["ready"] <= request["started"] <= request["ended"]


def test_exporters_are_given_the_report(docgen: Docgen) -> None:
    """A format can show it as a part of its page."""
    docgen.install(
        "keeper", textwrap.dedent(KEEPER), {"docgen.exporters": ["keeper = keeper:exporter"]}
    )
    generate(docgen, "-F", "keeper")
    assert "Beta Part" in (docgen.folder / "out/document.txt").read_text(encoding="utf-8")


def recorded(docgen: Docgen) -> Any:
    """What run.json holds."""
    return json.loads((docgen.folder / "out/run.json").read_text(encoding="utf-8"))


def again(docgen: Docgen, *arguments: str) -> None:
    """Run in the same folder."""
    with FakeLMStudio() as fake:
        base = ("-o", "out", "--no-cache")
        done = docgen("generate", *arguments, *base, DOCGEN_BASE_URL=fake.base_url)
    assert done.returncode == 0, done.stderr


def test_a_run_without_changes_keeps_how_things_came_to_be(docgen: Docgen) -> None:
    """Requests, tokens and failures are those of the run that asked."""
    generate(docgen)
    before = recorded(docgen)
    again(docgen, "A booking app")
    after = recorded(docgen)
    assert after["run_id"] != before["run_id"]
    assert after["requests"] == before["requests"]
    assert {request["run"] for request in after["requests"]} == {before["run_id"]}
    facts = docgen.json("report", "out")
    assert [line["state"] for line in facts["lines"]] == ["reused", "reused"]
    assert (facts["requests"], facts["reused"]) == (0, 2)


def test_the_record_does_not_grow(docgen: Docgen) -> None:
    """It tells of the answers that stand, and of the last run, however many there were."""
    generate(docgen)
    for brief in ("Another app", "A third app", "A third app"):
        again(docgen, brief)
    assert [request["deliverable"] for request in recorded(docgen)["requests"]] == ["alpha", "beta"]


def test_a_section_that_fails_run_after_run_keeps_the_last_failures_only(docgen: Docgen) -> None:
    """And the requests to the text that is kept."""
    generate(docgen)
    made = recorded(docgen)["requests"]
    for _ in range(3):
        with FakeLMStudio(respond=lambda _: Reply.error(404, "gone")) as fake:
            base = ("-o", "out", "--no-cache", "--force")
            docgen("generate", "A booking app", *base, DOCGEN_BASE_URL=fake.base_url)
    *before, last = recorded(docgen)["requests"]
    assert before == made
    assert (last["deliverable"], last["outcome"]) == ("alpha", "failed")
    assert last["run"] == recorded(docgen)["run_id"]


def test_an_answer_that_is_taken_up_again_has_its_requests(docgen: Docgen) -> None:
    """Also when the run in between was about something else."""
    generate(docgen)
    before = recorded(docgen)["requests"]
    again(docgen, "Another app")
    again(docgen, "A booking app")
    assert recorded(docgen)["requests"] == before


def test_sections_of_an_earlier_command_keep_their_requests(docgen: Docgen) -> None:
    """With -d, the others stay in the document, and in the record."""
    generate(docgen)
    again(docgen, "A booking app", "-d", "alpha", "--force")
    requests = recorded(docgen)["requests"]
    assert [request["deliverable"] for request in requests] == ["beta", "alpha"]
    assert len({request["run"] for request in requests}) == 2


def test_a_refined_section_has_the_requests_of_its_refinement(docgen: Docgen) -> None:
    """The others keep theirs; taking the wish back brings the earlier ones back."""
    generate(docgen)
    before = recorded(docgen)["requests"]
    with FakeLMStudio() as fake:
        done = docgen(
            "refine", "beta", "shorter", "-o", "out", "--no-cache", DOCGEN_BASE_URL=fake.base_url
        )
    assert done.returncode == 0, done.stderr
    refined = recorded(docgen)["requests"]
    assert refined[:2] == before[:2]
    assert refined[2]["run"] != before[2]["run"]
    assert "A refinement, " in page(docgen)
    assert [each["state"] for each in docgen.json("report", "out")["lines"]] == ["done", "refined"]
    assert docgen("refine", "beta", "--undo", "-o", "out").returncode == 0
    assert recorded(docgen)["requests"] == before


def test_a_record_that_was_lost_is_made_anew_with_the_requests(docgen: Docgen) -> None:
    """They are kept with the answers."""
    generate(docgen)
    before = recorded(docgen)["requests"]
    (docgen.folder / "out/run.json").unlink()
    assert docgen("replay", "out").returncode == 0
    assert recorded(docgen)["requests"] == before


def page(docgen: Docgen) -> str:
    """The report's page."""
    assert docgen("report", "out").returncode == 0
    return (docgen.folder / "out/report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_a_folder_without_a_run_is_an_error(docgen: Docgen, folder: str) -> None:
    """It says what would help."""
    done = docgen("report", folder)
    assert done.returncode == 6
    assert "docgen generate" in done.stderr
