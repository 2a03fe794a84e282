"""Structured answers: from a schema class to what is asked of the model, and from its answer back.

Knows attrs classes, JSON Schema and JSON; neither the model server nor the run.
"""

from __future__ import annotations

from docgen_core.structure.derive import json_schema
from docgen_core.structure.slots import check_schema

__all__ = ["check_schema", "json_schema"]
