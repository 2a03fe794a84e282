"""Provenance: which pack, version, template and part of the instructions made each section."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from support.shop import Shop


@pytest.fixture
def acting(shop: Shop) -> Shop:
    """One deliverable, a pack that adds to its instructions, and one that changes nothing."""
    shop.offer("alpha")
    shop.pack("tone", {"get_instructions": lambda: "Be brief."})
    shop.pack("silent", {"postprocess": lambda draft: draft})
    return shop


def test_the_record_names_each_part_of_the_instructions(acting: Shop, tmp_path: Path) -> None:
    """Source, version and hash of what each one wrote."""
    acting.engine().orchestrate("A CRM", ["alpha"], output=tmp_path / "out")
    record = json.loads((tmp_path / "out/run.json").read_text("utf-8"))
    (section,) = record["sections"]
    hashes = [hashlib.sha256(text).hexdigest() for text in (b"Write alpha.", b"Be brief.")]
    assert section["instructions"] == {
        "docgen-plugin-alpha": {"release": "docgen-plugin-alpha 1.0", "sha256": hashes[0]},
        "tone": {"release": "docgen-plugin-tone 1.0", "sha256": hashes[1]},
    }
    assert section["instructions_from"] == ["docgen-plugin-alpha", "tone"]
    assert section["template"] == "section.md.j2 (shared)"
    assert record["packs"] == {
        "silent": "docgen-plugin-silent 1.0",
        "tone": "docgen-plugin-tone 1.0",
    }


def test_the_appendix_names_plugin_packs_and_template(acting: Shop) -> None:
    """One row for each section."""
    document = acting.engine().orchestrate("A CRM", ["alpha"]).merged_document or ""
    head, _, row = document[document.index("| Section |") :].splitlines()[:3]
    assert [cell.strip() for cell in head.strip("|").split("|")][2:] == ["Plugin", "Template"]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[2] == "docgen-plugin-alpha 1.0; tone (docgen-plugin-tone 1.0)"
    assert cells[3] == "section.md.j2 (shared)"
