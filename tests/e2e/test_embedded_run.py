"""The whole pack from a real language model, through the embedded server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.terminal import Terminal

ROOT = Path(__file__).parents[2]
BRIEF = ROOT / "docs" / "examples" / "crm.md"
SEVEN = (
    "problem_statement",
    "personas",
    "use_cases",
    "tool_outline",
    "implementation_instructions",
    "copilot365_presentation_prompt",
    "effectiveness_assessment",
)

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """One run over the example brief: its folder, and what stderr said."""
    terminal = Terminal(tmp_path_factory.mktemp("embedded"))
    done = terminal.run(
        *("generate", "-f", str(BRIEF), "-o", "out", "--server", "embedded", "--seed", "1"),
        *(part for key in SEVEN for part in ("-d", key)),
    )
    assert done.returncode == 0, done.stderr
    return terminal.folder / "out", done.stderr


def test_all_seven_sections_are_in_the_document(run: tuple[Path, str]) -> None:
    """Each with some text of its own."""
    out, _ = run
    assert {path.stem for path in (out / "sections").glob("*.md")} == set(SEVEN)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    document = (out / "document.md").read_text(encoding="utf-8")
    assert all(f"\n## {section['title']}\n" in document for section in record["sections"])


def test_the_user_is_told_which_model_answers(run: tuple[Path, str]) -> None:
    """It is a small demonstration model, and says so."""
    assert "demonstration" in run[1]


def test_the_shared_prompt_comes_from_the_cache(run: tuple[Path, str]) -> None:
    """The brief stands first in every prompt, so it is evaluated once."""
    record = json.loads((run[0] / "run.json").read_text(encoding="utf-8"))
    cached = [section["usage"]["cached_tokens"] for section in record["sections"][1:]]
    # A token of the brief, which is in English, has less than six letters.
    assert min(cached) >= len(BRIEF.read_text(encoding="utf-8")) / 6


def test_every_link_of_the_contents_has_its_heading(run: tuple[Path, str]) -> None:
    """Whatever the model wrote."""
    document = (run[0] / "document.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(#([^)]+)\)", document))
    items = set(re.findall(r'<a id="(\w+)"></a>', document))
    titles = re.findall(r"(?m)^#{1,6} (.+)$", re.sub(r"<a id=\"\w+\"></a>", "", document))
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    assert {re.sub(r"-\d+$", "", anchor) for anchor in linked - items - slugs} <= slugs
