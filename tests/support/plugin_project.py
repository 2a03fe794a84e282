"""A good plugin project in a folder, and ways to spoil it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["FILES", "INIT", "PYPROJECT", "TEMPLATE", "WORDS", "marked_line", "write_project"]

PYPROJECT: Final = "pyproject.toml"
INIT: Final = "src/acme_terms/__init__.py"
TEMPLATE: Final = "src/acme_terms/templates/section.md.j2"
WORDS: Final = "src/acme_terms/templates/words.toml"

#: A structured deliverable with every hook, which breaks no rule.
FILES: Final[Mapping[str, str]] = {
    PYPROJECT: """
        [project]
        name = "acme-terms"
        version = "1.2"
        dependencies = ["docgen-core>=0.1,<1"]

        [project.entry-points."docgen.deliverables"]
        terms = "acme_terms"
    """,
    INIT: '''
        """The terms of a brief."""

        from __future__ import annotations

        from typing import Annotated, Literal

        import attrs

        from docgen_core.api import (
            Deliverable,
            Draft,
            Field,
            HookContext,
            Identity,
            Reference,
            Section,
            TemplateRef,
            hookimpl,
        )


        @attrs.frozen(kw_only=True)
        class Settings:
            count: int = attrs.field(default=3, metadata={"help": "How many terms."})


        @attrs.frozen(kw_only=True)
        class Term:
            id: Annotated[str, Identity("T")] = ""
            name: Annotated[str, Field("the term itself", limit=60)]
            kind: Annotated[Literal["noun", "verb"], Field("what kind of word it is")] = "noun"
            related: Annotated[tuple[str, ...], Reference("T", "terms near to it", most=3)] = ()


        @attrs.frozen(kw_only=True)
        class Terms:
            terms: Annotated[
                tuple[Term, ...], Field("the terms", least=1, most=9, setting="count", exact=True)
            ]
            notes: Annotated[str, Field("what else there is to say")] = ""


        @hookimpl
        def get_deliverables():
            return [
                Deliverable(
                    id="terms",
                    title="Terms",
                    summary="The words of the brief.",
                    schema=Terms,
                    settings=Settings,
                    api=(1, 1),
                ),
            ]


        @hookimpl
        def get_instructions(context):
            return f"Explain {context.settings.count} terms in {context.language}."


        @hookimpl
        def get_template():
            return TemplateRef("terms/section.md.j2")


        @hookimpl
        def postprocess(draft):
            terms = tuple(sorted(draft.data.terms, key=lambda term: term.name))
            return attrs.evolve(draft, data=attrs.evolve(draft.data, terms=terms))


        @hookimpl
        def merge_section(section, existing):
            return None if existing is None else section
    ''',
    TEMPLATE: """
        {% for term in data.terms %}
        ## {{ term.id | target }} {{ term.name }}

        {{ words.kind }}: {{ term.kind }}. {{ term.related | refs }}
        {% endfor %}
        {% if data.notes %}
        ## {{ words.notes }}

        {{ data.notes }}
        {% endif %}
    """,
    WORDS: """
        [en]
        title = "Terms"
        kind = "Kind"
        notes = "Notes"

        [de]
        title = "Begriffe"
        kind = "Art"
        notes = "Hinweise"
    """,
}


def write_project(
    folder: Path, edits: Mapping[str, tuple[tuple[str, str], ...]] | None = None
) -> Path:
    """Write the good project, with pieces of it replaced.

    Args:
        folder: Where to.
        edits: For each file the pieces to replace, with what; for a file that the good project
            does not have, its whole text stands in the second place.
    """
    changes = edits or {}
    for name in {**FILES, **changes}:
        text = textwrap.dedent(FILES.get(name, "")).lstrip("\n")
        for old, new in changes.get(name, ()):
            if old not in text:
                msg = f"{name} does not hold {old!r}"
                raise ValueError(msg)
            text = text.replace(old, new, 1) if old else new
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def marked_line(folder: Path) -> tuple[str, int]:
    """Find the file and line that hold the mark `HERE`."""
    for path in sorted(folder.rglob("*.*")):
        if path.suffix in {".py", ".toml", ".j2"}:
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if "HERE" in line:
                    return str(path), number
    msg = "no line is marked"
    raise LookupError(msg)
