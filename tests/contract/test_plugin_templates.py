"""Templates of installed plugins and packs, as a registry brings them together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from docgen_core.api import TemplateRef
from docgen_core.errors import TemplateError
from docgen_core.plugins import DELIVERABLES, PACKS, EntryPoint, Registry
from docgen_core.templating import Templates

OWNER = """
from docgen_core.api import Deliverable, hookimpl

@hookimpl
def get_deliverables():
    return [Deliverable(id=i, title=i, summary="") for i in ("left", "right")]

@hookimpl
def get_instructions(): return "x"
"""


def package(folder: Path, name: str, code: str, files: Mapping[str, str]) -> None:
    for file, text in {"__init__.py": code, **files}.items():
        path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def point(group: str, name: str, module: str) -> EntryPoint:
    return EntryPoint(
        group=group, name=name, distribution=f"docs-{module}", version="1.0", value=module
    )


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Templates:
    """A plugin with two deliverables, a pack, and a plugin that cannot be imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    stem = tmp_path.name.replace("-", "_")
    own = {
        "templates/left/section.md.j2": "left's own",
        "templates/section.md.j2": "for both",
        "templates/parts/row.md.j2": "row",
    }
    package(tmp_path, f"{stem}_owner", OWNER, own)
    package(tmp_path, f"{stem}_pack", "", {"templates/right/section.md.j2": "house style"})
    points = [
        point(DELIVERABLES, "left", f"{stem}_owner"),
        point(DELIVERABLES, "right", f"{stem}_owner"),
        point(DELIVERABLES, "broken", f"{stem}_not_there"),
        point(PACKS, "house", f"{stem}_pack"),
    ]
    return Templates.for_registry(Registry(entry_points=points))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("left/section.md.j2", "left's own"),
        ("right/section.md.j2", "house style"),
        ("right/parts/row.md.j2", "row"),
    ],
    ids=["own-folder", "pack-wins", "shared-by-both"],
)
def test_a_name_leads_to_the_right_file(templates: Templates, name: str, text: str) -> None:
    """A deliverable's own folder, then the plugin's; a pack comes before both."""
    assert templates.render(TemplateRef(name)) == text


def test_the_list_names_the_origin_and_leaves_broken_plugins_out(templates: Templates) -> None:
    """It works whatever is installed."""
    origins = {w.name: w.origin.partition(":")[0] for w in templates.list() if "/" in w.name}
    assert origins == {
        "left/parts/row.md.j2": "plugin",
        "left/section.md.j2": "plugin",
        "right/parts/row.md.j2": "plugin",
        "right/section.md.j2": "pack",
    }


def test_the_layout_of_reports_is_not_offered(templates: Templates) -> None:
    """A copy of it would change nothing: it is no part of a document."""
    with pytest.raises(TemplateError, match="no template"):
        templates.which("report/page.html.j2")
