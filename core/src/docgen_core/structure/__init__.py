"""Structured answers: from a schema class to what is asked of the model, and from its answer back.

Knows attrs classes, JSON Schema and JSON; neither the model server nor the run.
"""

from __future__ import annotations

from docgen_core.structure.build import Built, build, dump, load, read_answer, to_text
from docgen_core.structure.counts import check_counts, shortfalls, with_counts
from docgen_core.structure.derive import json_schema
from docgen_core.structure.describe import describe_shape
from docgen_core.structure.ids import assign_ids, ids_in, known_ids
from docgen_core.structure.mend import Problem
from docgen_core.structure.reading import Reading, read_json
from docgen_core.structure.slots import Shape, check_schema, shape_of

__all__ = [
    "Built",
    "Problem",
    "Reading",
    "Shape",
    "assign_ids",
    "build",
    "check_counts",
    "check_schema",
    "describe_shape",
    "dump",
    "ids_in",
    "json_schema",
    "known_ids",
    "load",
    "read_answer",
    "read_json",
    "shape_of",
    "shortfalls",
    "to_text",
    "with_counts",
]
