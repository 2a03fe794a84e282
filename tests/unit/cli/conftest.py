"""The command line in an empty folder, with and without plugins."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import Docgen


@pytest.fixture
def docgen(tmp_path: Path) -> Docgen:
    """A command line in an empty folder, without plugins."""
    folder, site = tmp_path / "work", tmp_path / "site"
    folder.mkdir()
    site.mkdir()
    return Docgen(folder=folder, site=site)


@pytest.fixture
def good(docgen: Docgen) -> Docgen:
    """The same with the deliverables alpha and beta."""
    docgen.install_good()
    return docgen
