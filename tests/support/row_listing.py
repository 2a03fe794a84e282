"""A pytest plugin that prints which collected test holds which rows, as one line of JSON."""

from __future__ import annotations

import json

import pytest
from support.rows import TESTS

__all__ = ["pytest_collection_finish"]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Print the line."""
    listing = [
        (
            item.nodeid.removeprefix(f"{TESTS.name}/"),
            [name for mark in item.iter_markers("row") for name in mark.args],
        )
        for item in session.items
    ]
    print("ROWS " + json.dumps(listing))  # noqa: T201 - it is read by the caller
