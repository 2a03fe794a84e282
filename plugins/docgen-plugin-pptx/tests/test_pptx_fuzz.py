"""Whatever data a plugin or a model gives, the slides are a file that follows the schema."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.hostile_documents import merged_document
from support.office_schema import schema_errors

from docgen_plugin_pptx import exporter

WORDS = st.text(max_size=40) | st.sampled_from(["long word " * 300, "日本語" * 100, "x" * 2000])
PLAIN = st.none() | st.booleans() | st.integers() | WORDS
DATA = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4), max_leaves=8)
KEYS = st.sampled_from(["title", "points", "message", "visual", "notes", "id", "other"])
SLIDES = st.lists(st.dictionaries(KEYS, DATA, max_size=6) | PLAIN, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SLIDES, st.text(max_size=200))
def test_any_data_becomes_valid_slides(slides: list[Any], title: str) -> None:
    """Or is left out."""
    made = merged_document({"pitch": "Text."}, title=title)
    section = attrs.evolve(made.sections[0], data={"slides": slides})
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "d.pptx"
        exporter.export(attrs.evolve(made, sections=(section,)), target)
        assert schema_errors(target) == []
