"""`docgen report` on a real folder, and the same report for exporters."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

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
    assert not {"timeline", "graph"} & set(facts)


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


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_a_folder_without_a_run_is_an_error(docgen: Docgen, folder: str) -> None:
    """It says what would help."""
    done = docgen("report", folder)
    assert done.returncode == 6
    assert "docgen generate" in done.stderr
