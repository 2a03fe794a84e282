"""A run that is stopped says so everywhere, shows what was cut off, and goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Docgen

from docgen_core.testing import FakeLMStudio, Hold, Reply

#: One that the three others need.
FOUR = """
    from docgen_core.api import Deliverable, hookimpl

    @hookimpl
    def get_deliverables():
        first = Deliverable(id="first", title="First", summary="The first.")
        rest = [
            Deliverable(id=key, title=key.title(), summary="Another.", needs=("first",))
            for key in ("left", "middle", "right")
        ]
        return [first, *rest]

    @hookimpl
    def get_instructions(deliverable):
        return f"Write the {deliverable.title}."
"""
RUN = ("generate", "A booking app", "-o", "out", "--no-cache")
#: The options of each mode, and how many requests are in flight after the first is answered.
MODES = [
    pytest.param((), 1, id="sequential"),
    pytest.param(("--mode", "streaming"), 1, id="streaming"),
    pytest.param(("--mode", "batch", "--concurrency", "4"), 3, id="batch"),
]


@pytest.fixture
def docgen(tmp_path: Path) -> Docgen:
    """A command line with four deliverables."""
    folder, site = tmp_path / "work", tmp_path / "site"
    folder.mkdir()
    site.mkdir()
    made = Docgen(folder=folder, site=site)
    made.install("four", FOUR, {"docgen.deliverables": ["first", "left", "middle", "right"]})
    return made


def stop(
    docgen: Docgen,
    fake: FakeLMStudio,
    arguments: Sequence[str],
    *,
    in_flight: int,
    answered: int = 1,
    kind: signal.Signals = signal.SIGINT,
) -> str:
    """Run, let some be answered, and stop the process group in the middle of the next answers."""
    hold = Hold()
    before = fake.chats
    late = Reply.text("Half an answer and no more").held_after(2, hold)
    fake.enqueue(*[Reply.text("Text.")] * answered, *[late] * in_flight)
    process = subprocess.Popen(
        [sys.executable, "-m", "docgen_core", *arguments],
        cwd=docgen.folder,
        env=docgen.environment({"DOCGEN_BASE_URL": fake.base_url}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    wanted = before + answered + in_flight
    fake.wait_until(lambda: fake.chats == wanted and fake.in_flight == in_flight, 60)
    hold.wait_until_reached(timeout=60)
    os.killpg(process.pid, kind)
    errors = process.communicate(timeout=60)[1].decode()
    hold.release()
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    return errors


def record(docgen: Docgen) -> Any:
    """What run.json holds."""
    return json.loads((docgen.folder / "out/run.json").read_text(encoding="utf-8"))


def outcomes(docgen: Docgen) -> list[tuple[str, str]]:
    """Each request's deliverable and outcome."""
    return [(each["deliverable"], each["outcome"]) for each in record(docgen)["requests"]]


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminated"])
@pytest.mark.parametrize(("options", "in_flight"), MODES)
def test_a_stopped_run_says_what_was_cut_off(
    docgen: Docgen, options: tuple[str, ...], in_flight: int, kind: signal.Signals
) -> None:
    """In the record, the report and the status, whatever the mode; what was finished is there."""
    with FakeLMStudio() as fake:
        errors = stop(docgen, fake, (*RUN, *options), in_flight=in_flight, kind=kind)
    assert "what was finished is kept in out" in errors
    cut = [("left", "interrupted"), ("middle", "interrupted"), ("right", "interrupted")]
    assert record(docgen)["status"] == "interrupted"
    assert outcomes(docgen) == [("first", "answered"), *cut[:in_flight]]
    assert all(each["ended"] is not None for each in record(docgen)["requests"])
    facts = docgen.json("report", "out")
    states = ["done", *["interrupted"] * in_flight, *["not started"] * (3 - in_flight)]
    assert [line["state"] for line in facts["lines"]] == states
    assert (facts["status"], facts["interrupted"], facts["failed"]) == ("interrupted", in_flight, 0)
    told = docgen("status", "out")
    assert told.returncode == 0, told.stderr
    assert "A booking app: interrupted" in told.stdout
    assert (docgen.folder / "out/sections/first.md").read_text(encoding="utf-8") != ""


def test_the_page_of_a_stopped_run_shows_it(docgen: Docgen) -> None:
    """The status, a mark in the timeline and a sentence."""
    with FakeLMStudio() as fake:
        stop(docgen, fake, RUN, in_flight=1)
    assert docgen("report", "out").returncode == 0
    page = (docgen.folder / "out/report.html").read_text(encoding="utf-8")
    for words in ("<dd>interrupted</dd>", "run-sign run-interrupted", "Left, attempt 1"):
        assert words in page


def test_a_stopped_pack_is_not_called_sound(docgen: Docgen) -> None:
    """Each section that was not written is a finding; the folder itself is in order."""
    with FakeLMStudio() as fake:
        stop(docgen, fake, RUN, in_flight=1)
    done = docgen("check", "out")
    assert done.returncode != 0
    assert done.stdout.count("missing-section") == 3
    assert docgen("verify", "out").returncode == 0


def test_the_same_command_goes_on_and_the_report_tells_of_both_runs(docgen: Docgen) -> None:
    """What was finished is not asked for again, and what was cut off is forgotten."""
    with FakeLMStudio() as fake:
        stop(docgen, fake, RUN, in_flight=1)
        first = record(docgen)
        done = docgen(*RUN, DOCGEN_BASE_URL=fake.base_url)
    assert done.returncode == 0, done.stderr
    assert record(docgen)["status"] == "done"
    assert outcomes(docgen) == [(key, "answered") for key in ("first", "left", "middle", "right")]
    assert record(docgen)["requests"][0] == first["requests"][0]
    facts = docgen.json("report", "out")
    assert [line["state"] for line in facts["lines"]] == ["reused", "done", "done", "done"]
    assert docgen("check", "out").stdout.count("missing-section") == 0


def test_a_later_run_that_is_stopped_leaves_the_document(docgen: Docgen) -> None:
    """The sections that it did not reach stand as they were, until the same command goes on."""
    with FakeLMStudio() as fake:
        assert docgen(*RUN, DOCGEN_BASE_URL=fake.base_url).returncode == 0
        before = (docgen.folder / "out/document.md").read_bytes()
        stop(docgen, fake, (*RUN, "--force"), in_flight=1)
        assert (docgen.folder / "out/document.md").read_bytes() == before
        assert docgen("verify", "out").returncode == 0
        told = docgen("status", "out").stdout
        assert "missing" not in told
        assert "missing-section" not in docgen("check", "out").stdout
        assert docgen(*RUN, DOCGEN_BASE_URL=fake.base_url).returncode == 0
    assert record(docgen)["status"] == "done"


def test_a_refinement_that_is_stopped_changes_nothing(docgen: Docgen) -> None:
    """The folder is as it was."""
    with FakeLMStudio() as fake:
        assert docgen(*RUN, DOCGEN_BASE_URL=fake.base_url).returncode == 0
        before = record(docgen)
        refine = ("refine", "left", "shorter", "-o", "out", "--no-cache")
        stop(docgen, fake, refine, in_flight=1, answered=0)
    assert record(docgen) == before
    assert docgen("verify", "out").returncode == 0
    assert docgen("status", "out").stdout.count("up to date") == 4
