"""`docgen check-plugin` on an exporter that is right, and on the same one spoilt in each way."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from support.export_plants import EXPORT_PLANTS, EXPORTER, PROJECT, ExportPlant
from support.plugin_project import marked_line

from docgen_core.api import nodes, read_document
from docgen_core.conformance import check_plugin
from docgen_core.conformance.documents import documents

PLUGINS: Final = Path(__file__).parents[2] / "plugins"


def write(folder: Path, *edits: tuple[str, str]) -> Path:
    """Write the good project, with pieces of its exporter replaced."""
    for name, text in PROJECT.items():
        changed = text
        for old, new in edits if name == EXPORTER else ():
            assert old in changed
            changed = changed.replace(old, new, 1)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed, encoding="utf-8")
    return folder


def test_the_good_exporter_has_no_fault(tmp_path: Path) -> None:
    """It exports every document; what it needs on the way may be temporary."""
    report = check_plugin(str(write(tmp_path)))
    assert report.findings == ()
    assert (report.missed, report.checked) == ((), ("txt",))


@pytest.mark.parametrize("plant", EXPORT_PLANTS.values(), ids=list(EXPORT_PLANTS))
def test_a_planted_fault_of_an_exporter_is_found(tmp_path: Path, plant: ExportPlant) -> None:
    """The finding has the rule's code, and the file and line to change."""
    folder = write(tmp_path, (plant.old, plant.new))
    report = check_plugin(str(folder), seconds=plant.seconds)
    found = {(finding.code, finding.file, finding.line) for finding in report.findings}
    if plant.at:
        assert {(code, file) for code, file, _ in found} == {(plant.code, str(folder / plant.at))}
    else:
        assert found == {(plant.code, *marked_line(folder))}, list(map(str, report.findings))


def test_nothing_is_written_where_it_should_not_be(tmp_path: Path) -> None:
    """What reaches elsewhere is stopped, not only told."""
    victim = tmp_path / "victim.txt"
    spoilt = f"        open({str(victim)!r}, 'w').close()\n        lines = ["
    report = check_plugin(str(write(tmp_path / "project", ("        lines = [", spoilt))))
    assert [finding.code for finding in report.findings] == ["DG804"]
    assert not victim.exists()


def test_an_exporter_may_refuse_a_document(tmp_path: Path) -> None:
    """With an error of docgen's own, which says what the user can do."""
    refusing = """        from docgen_core.api import UsageError
        if not document.title:
            raise UsageError("no title", hint="Give it one.")
        lines = ["""
    report = check_plugin(str(write(tmp_path, ("        lines = [", refusing))))
    assert report.findings == ()


def test_an_exporter_that_needs_settings_is_not_run(tmp_path: Path) -> None:
    """Only a user knows them."""
    needing = """    suffix = ".txt"

    @property
    def settings(self):
        import attrs

        return attrs.make_class("Needed", {"master": attrs.field(type=str)})
"""
    report = check_plugin(str(write(tmp_path, ('    suffix = ".txt"\n', needing))))
    assert report.findings == ()


def test_the_full_document_has_every_kind_of_node() -> None:
    """A node that the core adds is tried on every exporter."""
    content = read_document(documents()["full document"])
    notes = (block for note in content.notes for block in note.blocks)
    found = list(nodes.walk((*content.front, *content.body, *notes)))
    every = (*nodes.Block.__args__, *nodes.Inline.__args__)
    assert {kind.__name__ for kind in every} <= {type(node).__name__ for node in found}
    styles = {node.style for node in found if isinstance(node, nodes.Span)}
    assert styles == set(nodes.SPAN_STYLES)


@pytest.mark.parametrize("name", ["docx", "epub", "pdf", "pptx"])
def test_the_repository_s_exporters_keep_the_contract(name: str) -> None:
    """On the full document and on the hostile one."""
    report = check_plugin(str(PLUGINS / f"docgen-plugin-{name}"))
    assert (report.findings, report.checked) == ((), (name,))
