"""Documents that try to harm whoever reads them in another format, for the tests of exporters.

Each is a merged document as the core makes it: what the hostile text becomes on its way through the
merge is what exporters see.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from docgen_core.api import Document, Section, SectionFacts
from docgen_core.document import escape_inline, merge_sections

__all__ = ["HOSTILE", "UNMERGED", "hostile_document", "merged_document"]

_DATA: Final = Path(__file__).parents[1] / "data"
_TITLE: Final = 'Portal <script>alert(1)</script> ../../outside & "quoted" {{ 7 * 7 }}'
_COMMANDS: Final = r"""
\input{/etc/passwd} \write18{id} $\href{javascript:alert(1)}{x}$ \immediate\openout
#read("/etc/passwd") #{panic("x")} #import "@preview/x:1.0.0" #set page(width: 1pt) $ x_1 $ <label>
{=html} <?xml version="1.0"?> <!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]> &e; ]]>
=HYPERLINK("http://collector.invalid") @SUM(1+1) INCLUDETEXT "/etc/passwd" { DDEAUTO c:\\x }
"""


def merged_document(
    sections: Mapping[str, str], *, title: str = _TITLE, language: str = "en"
) -> Document:
    """Merge sections as a run does.

    Args:
        sections: Markdown by section id; a section's title is its id, with capitals.
        title: The document's title.
        language: Its language.
    """
    made = tuple(
        Section(id=key, title=key.replace("_", " ").title(), markdown=text)
        for key, text in sections.items()
    )
    merged = merge_sections(made, title=title, contents_title="Contents")
    head = f"# {escape_inline(title)}\n\n## Contents\n\n{merged.contents}"
    return Document(
        title=title,
        sections=made,
        outline=merged.outline,
        markdown=f"{head}\n\n{merged.body}\n",
        language=language,
        date="2026-11-23",
        facts=tuple(
            SectionFacts(section=item.id, plugin="<b>p</b> 1", model="m & <i>o</i>")
            for item in made
        ),
    )


def _answer() -> Document:
    brief = (_DATA / "hostile-brief.md").read_text(encoding="utf-8")
    answer = (_DATA / "hostile-answer.md").read_text(encoding="utf-8")
    texts = {"brief": brief, "answer": answer, "commands": _COMMANDS}
    return merged_document(
        {key: text.replace("@SECRET@", "/etc/passwd") for key, text in texts.items()}
    )


def _big_cell() -> Document:
    return merged_document({"cell": "| a | b |\n|---|---|\n| " + "word " * 600_000 + " | x |"})


def _long_word() -> Document:
    return merged_document({"word": "| a | b |\n|---|---|\n| " + "x" * 100_000 + " | y |"})


def _many_headings() -> Document:
    lines = (f"## Heading {number}\n\nText.\n" for number in range(10_000))
    return merged_document({"many": "\n".join(lines)})


def _long_table() -> Document:
    rows = (f"| {number} | <b>x</b> | [a](#long-table) |" for number in range(5_000))
    return merged_document({"long_table": "| a | b | c |\n|:--|--:|:-:|\n" + "\n".join(rows)})


def _right_to_left() -> Document:
    lines = (
        "# שלום עולם",
        "مرحبا **بالعالم** \u202eevil\u202c 123",
        "- אחת\n- שתיים",
        "| א | ב |\n|---|---|\n| ג | ד |",
    )
    return merged_document({"right": "\n\n".join(lines)}, title="שלום \u202ecod.exe", language="he")


def _scripts() -> Document:
    text = (
        "日本語 中文 한국어 Ελληνικά Кириллица हिन्दी ไทย "
        "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \u26a0 \u2211 \u2460 "
        "\U0001f9ff a\u0301 \ue000 \U0010fffd"
    )
    return merged_document({"scripts": f"## {text}\n\n{text}\n\n`{text}`"}, title=text[:40])


def _zip_slip() -> Document:
    lines = (
        "## ../../../../outside/of-it",
        "```../../outside.sh\nx\n```",
        "[a](../../outside) ![b](..\\..\\x.png)",
    )
    return merged_document({"slip": "\n\n".join(lines)}, title="../../../../outside/of-it\x00.html")


def _notes() -> Document:
    text = (
        "# In a heading[^h]\n\n| head[^t] |\n|---|\n| cell[^t] |\n\n> quote[^q]\n\n"
        "- item[^x][^x]\n\n[^h]: # A heading\n[^t]: One.\n[^t]: Another.\n"
        "[^q]: ```\n    code\n    ```\n"
        "[^x]: Itself[^x] and [^h].\n[^lost]: Named nowhere.\n"
    )
    return merged_document({"notes": text, "more": text})


def _nested() -> Document:
    deep = "> " * 40 + "quote\n\n" + "- " * 40 + "list\n\n" + "*a **b " * 60 + "x" + "** c*" * 60
    return merged_document({"nested": deep, "tables": "| |\n|---|\n\n|a|\n|-|\n"})


#: What is exported, by name; call one to make it.
HOSTILE: Final[Mapping[str, Callable[[], Document]]] = MappingProxyType(
    {
        "answer": _answer,
        "big cell": _big_cell,
        "long word": _long_word,
        "many headings": _many_headings,
        "long table": _long_table,
        "right to left": _right_to_left,
        "scripts": _scripts,
        "zip slip": _zip_slip,
        "notes": _notes,
        "nested": _nested,
    }
)

#: Markdown that a person could have put into document.md, past the merge.
UNMERGED: Final = (
    "# T\n\n<script>alert(1)</script><img src=http://collector.invalid/x onerror=alert(1)>\n\n"
    '<a id="p1" onclick="x"></a><a id="p1"></a>P1 [x](javascript:alert(1)) [y](#nowhere) '
    "[z](#p1)\n\n"
    "![i](/etc/passwd) ![j](http://collector.invalid/j.png) [k](//collector.invalid/share) "
    "[l](\\\\\\\\collector.invalid\\\\share) [m](../x) <javascript:alert(1)>\n\n"
    "## Contents\n\n- [x](#nowhere)\n\n<!-- \n\n## Hidden\n\ntext\x1b]0;x\x07\u202e\ufffe\x00\n"
)


@functools.cache
def hostile_document(name: str) -> Document:
    """Make one of `HOSTILE`."""
    return HOSTILE[name]()
