"""A folder, a fake LM Studio and three small plugins, for tests of the real command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
from support.command_line import Docgen

from docgen_core.testing import FakeLMStudio, RecordedRequest, Reply

__all__ = ["BRIEF", "Desk", "open_desk"]

BRIEF = "A CRM for small shops"

#: `people` stands alone, `flows` reads it, `plan` reads `flows`.
_PLUGIN = """
    from docgen_core.api import Deliverable, hookimpl

    NEEDS = {"people": (), "flows": ("people",), "plan": ("flows",)}

    @hookimpl
    def get_deliverables():
        return [
            Deliverable(id=key, title=key.title(), summary="About " + key, needs=needs)
            for key, needs in NEEDS.items()
        ]

    @hookimpl
    def get_instructions(deliverable):
        return "Write <" + deliverable.id + ">."
"""


@attrs.define
class Desk:
    """What a test works with.

    Attributes:
        docgen: Runs the command line.
        fake: The server; it answers from `texts`.
        texts: What the model says for each deliverable.
        out: The run folder.
    """

    docgen: Docgen
    fake: FakeLMStudio
    texts: dict[str, str]
    out: Path

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return self.docgen(*arguments, DOCGEN_BASE_URL=self.fake.base_url)

    def generate(self, *options: str, brief: str = BRIEF) -> subprocess.CompletedProcess[str]:
        """Generate into the folder."""
        done = self("generate", brief, "-o", "out", "--no-cache", *options)
        assert done.returncode == 0, done.stderr
        return done

    def asked(self, action: Callable[[], object]) -> list[str]:
        """The ids that the model was asked for while the action ran."""
        before = len(self.fake.chat_requests)
        action()
        return [self.about(request) for request in self.fake.chat_requests[before:]]

    @staticmethod
    def about(request: RecordedRequest) -> str:
        """Which deliverable a request asks for."""
        return str(request.messages[-1]["content"]).rpartition("Write <")[2].partition(">")[0]

    def status(self, *options: str) -> dict[str, Any]:
        """The sections of `docgen status`, by id."""
        facts = json.loads(self("status", "out", "--json", *options).stdout)
        return {section["id"]: section for section in facts["sections"]}

    def states(self, *options: str) -> dict[str, str]:
        """The state of each section."""
        return {key: section["state"] for key, section in self.status(*options).items()}

    def section(self, key: str) -> Path:
        """A section's file."""
        return self.out / "sections" / f"{key}.md"

    def edit(self, path: Path, old: str, new: str) -> None:
        """Change a file as a person would."""
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def document(self) -> str:
        """The merged document."""
        return (self.out / "document.md").read_text(encoding="utf-8")


def open_desk(folder: Path, fake: FakeLMStudio) -> Desk:
    """Set up a desk in an empty folder."""
    site = folder / "site"
    site.mkdir()
    docgen = Docgen(folder=folder, site=site)
    points = ["people", "flows", "plan"]
    docgen.install("desk-plugin", _PLUGIN, {"docgen.deliverables": points})
    texts = {
        "people": "Ann sells shoes.\n\nBob mends shoes.\n\nCid buys shoes.",
        "flows": "First they meet.\n\nThen they trade.",
        "plan": "Start small.\n\nGrow later.",
    }
    fake.respond = lambda request: Reply.text(texts[Desk.about(request)])
    return Desk(docgen, fake, texts, folder / "out")
