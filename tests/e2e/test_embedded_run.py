"""The whole pack from a real language model, through the embedded server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.terminal import Terminal

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """One run over the example brief with short answers: its folder, and what stderr said."""
    terminal = Terminal(tmp_path_factory.mktemp("embedded"))
    brief = str(ROOT / "docs" / "examples" / "crm.md")
    done = terminal.run(
        *("generate", "-f", brief, "-o", "out", "--server", "embedded"),
        *("--max-tokens", "120", "--seed", "1"),
    )
    assert done.returncode == 0, done.stderr
    return terminal.folder / "out", done.stderr


def test_all_seven_sections_are_in_the_document(run: tuple[Path, str]) -> None:
    """Each with some text of its own."""
    out, _ = run
    assert len(list((out / "sections").glob("*.md"))) == 7
    document = (out / "document.md").read_text(encoding="utf-8")
    assert document.count("\n## ") == 9


def test_the_user_is_told_which_model_answers(run: tuple[Path, str]) -> None:
    """It is a small demonstration model, and says so."""
    assert "demonstration" in run[1]


def test_the_shared_prompt_comes_from_the_cache(run: tuple[Path, str]) -> None:
    """The brief stands first in every prompt, so it is evaluated once."""
    record = json.loads((run[0] / "run.json").read_text(encoding="utf-8"))
    usages = [section["usage"] for section in record["sections"]]
    shared = usages[0]["prompt_tokens"] - 250  # the first prompt is the brief and one task
    cached = [usage["cached_tokens"] for usage in usages[1:]]
    assert sum(cached) >= 0.7 * shared * len(cached)


def test_every_link_of_the_contents_has_its_heading(run: tuple[Path, str]) -> None:
    """Whatever the model wrote."""
    document = (run[0] / "document.md").read_text(encoding="utf-8")
    anchors = re.findall(r"\]\(#([^)]+)\)", document)
    titles = re.findall(r"(?m)^#{1,6} (.+)$", document)
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    assert {re.sub(r"-\d+$", "", anchor) for anchor in anchors} <= slugs | set(anchors) & slugs
