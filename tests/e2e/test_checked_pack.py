"""A pack straight from a run: every reference leads somewhere, and the check finds no error."""

from __future__ import annotations

import json
import re

import pytest
from support.terminal import Terminal

BRIEF = "Create a project management tool"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_fresh_pack_has_no_errors(online: Terminal, language: str) -> None:
    """Of all deliverables that are installed, in whatever language."""
    made = online.run("generate", BRIEF, "-o", "out", "--language", language)
    assert made.returncode == 0, made.stderr
    done = online.run("check", "out", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0, report["findings"]
    assert report["errors"] == 0


def test_every_id_that_is_linked_is_defined_once(online: Terminal) -> None:
    """In the document, the traceability table included."""
    online.run("generate", BRIEF, "-o", "out")
    document = (online.folder / "out" / "document.md").read_text(encoding="utf-8")
    defined = re.findall(r'<a id="([a-z]{1,3}\d+)"></a>', document)
    linked = set(re.findall(r"\]\(#([a-z]{1,3}\d+)\)", document))
    assert len(defined) == len(set(defined)) > 6
    assert linked <= set(defined)
    assert "## Traceability" in document


def test_the_pack_can_be_verified_with_its_data(online: Terminal) -> None:
    """What the data files hold is part of the seal."""
    online.run("generate", BRIEF, "-o", "out")
    done = online.run("verify", "out", "--json")
    assert done.returncode == 0
    files = {item["file"] for item in json.loads(done.stdout)["files"]}
    assert ".docgen/data/_trace.json" in files
