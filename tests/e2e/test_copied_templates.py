"""Copies of all templates, unchanged: the same document comes out of the confined process."""

from __future__ import annotations

from pathlib import Path

from support.command_line import Docgen

from docgen_core.plugins import Registry
from docgen_core.templating import Templates
from docgen_core.templating.copies import copy_template
from docgen_core.testing import FakeLMStudio

BRIEF = "Portal: a *booking* portal | for `gyms` & <others>, #1 in town."


def test_copies_of_all_templates_write_the_same_document(tmp_path: Path) -> None:
    """What the plugins' templates do with objects works over plain data, too; nothing is asked."""
    docgen = Docgen(folder=tmp_path / "work", site=tmp_path / "site")
    docgen.folder.mkdir()
    docgen.site.mkdir()
    (docgen.folder / "docgen.toml").write_text('templates_dir = "mine"\n', encoding="utf-8")
    document = docgen.folder / "out" / "document.md"
    with FakeLMStudio() as fake:
        run = (*("generate", BRIEF, "--server", "lmstudio", "-q"), *("--base-url", fake.base_url))
        assert docgen(*run, "-o", "out").returncode == 0
        before, asked = document.read_bytes(), fake.chats
        every = Templates.for_registry(Registry())
        for each in every.list():
            copy_template(every, each.name, docgen.folder / "mine")
        done = docgen(*run, "-o", "out")
        assert (done.returncode, fake.chats) == (0, asked), done.stderr
    assert {each["origin"] for each in docgen.json("templates")["templates"]} == {"project"}
    # The record at the end says where each template came from.
    assert document.read_bytes().replace(b" (project)", b"") == before
