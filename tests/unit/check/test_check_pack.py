"""What a check reads, and what it makes of texts that nobody foresaw."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.packs import LANGUAGES, clean_pack

from docgen_core.check import RULES, Severity, check_pack
from docgen_core.errors import FileError


def codes(folder: Path, text: str, **options: str) -> list[str]:
    (folder / "a.md").write_text(text, encoding="utf-8")
    return [finding.code for finding in check_pack(folder, **options).findings]


def test_a_folder_without_markdown_is_an_error(tmp_path: Path) -> None:
    """So is a folder that is not there."""
    for folder, told in ((tmp_path, "no Markdown to check"), (tmp_path / "none", "no folder")):
        with pytest.raises(FileError, match=told):
            check_pack(folder)


def test_texts_that_were_set_aside_are_not_checked(tmp_path: Path) -> None:
    """They are no part of the pack."""
    for name in ("a.edited.md", "a.edited-2.md", "a.new.md"):
        (tmp_path / name).write_text("# A\n\nTBD\n", encoding="utf-8")
    assert codes(tmp_path, "# A\n\nWords.\n") == []


def test_the_same_fault_is_told_once(tmp_path: Path) -> None:
    """Of the section's file, not again of the document."""
    pack = clean_pack("en")
    pack.add("sections/goals.md", "TBD by the team")
    pack.swap("document.md", "The budget", "TBD by the team\n\nThe budget")
    findings = check_pack(pack.write(tmp_path)).findings
    assert [(finding.file, finding.code) for finding in findings] == [
        ("sections/goals.md", "placeholder")
    ]


def test_code_is_not_read_as_text(tmp_path: Path) -> None:
    """Examples hold placeholders for good reasons."""
    text = "# A\n\nWrite `TBD` or `<name>`.\n\n```text\n[insert P9]\n# B\n```\n"
    assert codes(tmp_path, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Todo el equipo decide, todos los días.",
        "The placeholder text of a field helps people.",
        "See [the address book](https://example.org/).",
        "Roman numeral XIX, size XL, model XX-1.",
        "Insert the card. Enter your name.",
        "P95 latency, G20, K9 units, HTTP2, A4 paper, R2-D2 and F1.5.",
        "Is it so? Really?? Yes!",
        "if a < b and c > d",
        "- [ ] open\n- [x] done",
    ],
)
def test_harmless_texts_are_no_placeholders(text: str, tmp_path: Path) -> None:
    """Nor ids, where the pack has no such kind."""
    assert codes(tmp_path, f"# A\n\n{text}\n") == []


@pytest.mark.parametrize("text", ["# A\n\nGarbage \x80 bytes", "# A\n\n\x00\x1b[31mred\x1b[0m"])
def test_bytes_that_are_no_text_are_told(text: str, tmp_path: Path) -> None:
    """A file of another encoding is named; control characters do no harm."""
    (tmp_path / "a.md").write_bytes(text.encode("latin-1"))
    found = [finding.code for finding in check_pack(tmp_path).findings]
    assert found == (["unreadable-file"] if "\x80" in text else [])


def test_headings_in_code_are_no_headings(tmp_path: Path) -> None:
    """And a link to one of them leads nowhere."""
    assert codes(tmp_path, "# A\n\n[x](#b)\n\n```text\n# B\n```\n") == ["broken-link"]


def test_links_between_sections_and_to_files_are_found(tmp_path: Path) -> None:
    """By heading, by section id and by path, from the file and from the folder."""
    (tmp_path / "b.md").write_text("# Other\n\nWords.\n\n## Deep down\n\nW.\n", encoding="utf-8")
    text = "# A\n\n[1](#other) [2](#b) [3](#deep-down) [4](b.md) [5](b.md#deep-down) [6](#a)\n"
    assert codes(tmp_path, text) == []


@pytest.mark.parametrize("name", ["", "p1", "P", "PPPP1", "P99999", "№1"])
def test_a_record_with_odd_ids_does_no_harm(name: str, tmp_path: Path) -> None:
    """Somebody may have changed it."""
    pack = clean_pack("en")
    record = pack.files[".docgen/data/_trace.json"]
    pack.files[".docgen/data/_trace.json"] = record.replace('"id": "P2"', f'"id": "{name}"')
    findings = check_pack(pack.write(tmp_path)).findings
    assert {finding.code for finding in findings} <= {"dangling-id", "unused-item"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_can_be_given(language: str, tmp_path: Path) -> None:
    """What the run recorded gives way."""
    pack = clean_pack(language, document=False)
    wanted = "fr" if language != "fr" else "de-AT"
    findings = check_pack(pack.write(tmp_path), language=wanted).findings
    assert {finding.code for finding in findings} == {"wrong-language"}


def test_every_rule_has_words() -> None:
    """They are the page of the documentation."""
    for code, rule in RULES.items():
        assert code == code.lower()
        assert rule.meaning.endswith(".")
        assert rule.advice.endswith(".")
        assert rule.severity in Severity


_LINES = st.sampled_from(
    [
        "# A",
        "## P1 B",
        '- <a id="p1"></a>P1 x',
        "[P2](#p2) and [x](y.md)",
        "```",
        "~~~text",
        "| a | b |",
        "| --- | --- |",
        "| K1 | 10 % |",
        "> quote",
        "TBD",
        "<<<<<<< yours",
        "1. one",
        "   - two",
        "<!-- open",
        "Budget: 10 EUR",
        "[^1]: note",
        "",
    ]
)


@given(st.lists(_LINES | st.text(max_size=30), max_size=25))
def test_any_text_can_be_checked(lines: list[str]) -> None:
    """Findings name a line of the file and a known code, always in the same order."""
    text = "\n".join(lines)
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "a.md").write_bytes(text.encode("utf-8", "surrogatepass"))
        report = check_pack(Path(name))
        assert check_pack(Path(name)) == report
    for finding in report.findings:
        assert 0 <= finding.line <= len(text.splitlines()) + text.count("\r") + 1
        assert finding.code in RULES
