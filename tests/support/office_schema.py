"""The published schemas of office files, as a validator that is kept elsewhere holds them."""

from __future__ import annotations

from pathlib import Path

__all__ = ["schema_errors"]


def schema_errors(path: Path) -> list[str]:
    """What does not follow the schemas and rules of Office Open XML.

    Args:
        path: A Word or PowerPoint file.
    """
    from openxml_audit import OpenXmlValidator

    found = OpenXmlValidator(max_errors=20).validate(str(path))
    return [str(error) for error in found.errors]
