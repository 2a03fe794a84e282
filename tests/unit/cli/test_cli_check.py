"""`docgen check`: exit codes, the JSON document, and what people read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.packs import clean_pack

from docgen_core.cli.main import main

PAGE = "# A\n\nWords.\n\n## Empty\n"


def test_a_sound_pack_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the exit code is 0."""
    clean_pack("en").write(tmp_path)
    assert main(["check", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"0 errors, 0 warnings in {tmp_path}\n"


def test_findings_are_grouped_by_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With line, message, code and advice."""
    (tmp_path / "a.md").write_text("# A\n\nTBD\n", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 5
    assert capsys.readouterr().out == (
        "a.md\n"
        "     3: error: 'TBD' was left to be filled in [placeholder]\n"
        "        Put in what is meant, or say openly that it is not known yet.\n"
        "\n"
        f"1 error, 0 warnings in {tmp_path}\n"
    )


def test_warnings_count_only_when_asked(tmp_path: Path) -> None:
    """With --strict."""
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 0
    assert main(["check", str(tmp_path), "--strict"]) == 5


def test_the_json_document_has_a_stable_shape(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs read it."""
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")
    assert main(["check", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "folder": str(tmp_path),
        "errors": 0,
        "warnings": 1,
        "findings": [
            {
                "file": "a.md",
                "line": 5,
                "severity": "warning",
                "code": "empty-heading",
                "message": "nothing stands under the heading 'Empty'",
                "advice": "Write what belongs there, or remove the heading.",
            }
        ],
        "not_checked": [],
    }


def test_a_folder_that_is_not_there_is_an_error_of_files(tmp_path: Path) -> None:
    """Exit code 6, as everywhere."""
    assert main(["check", str(tmp_path / "none")]) == 6


def test_a_check_that_cannot_be_made_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the library, nothing is said about the language, and that is said."""
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    (tmp_path / "a.md").write_text("# A\n\nWords.\n", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 0
    assert "docgen-core[language]" in capsys.readouterr().err
