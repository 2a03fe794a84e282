"""The whole page: body, contents, details, style and script, under a strict security policy."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Final

import attrs

from docgen_core.api import Document, FileError, SectionFacts, UsageError, nodes, read_document
from docgen_plugin_html import HtmlSettings
from docgen_plugin_html.body import Body
from docgen_plugin_html.clean import clean
from docgen_plugin_html.figures import Figures
from docgen_plugin_html.words import Words, words

__all__ = ["Made", "render_page"]

#: The deepest heading that the contents list, as in the Markdown document.
_DEPTH: Final = 3
_RIGHT_TO_LEFT: Final = frozenset(
    {"ar", "arc", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"}
)


@attrs.frozen(kw_only=True)
class Made:
    """A page.

    Attributes:
        text: Its HTML.
        remarks: What a reader should know about it.
    """

    text: str
    remarks: tuple[str, ...]


def render_page(document: Document, settings: HtmlSettings) -> Made:
    """Write a document as one page.

    Args:
        document: The merged document; its Markdown is untrusted.
        settings: The user's.

    Raises:
        FileError: the user's style sheet cannot be read.
        UsageError: the user's style sheet cannot stand in a page.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    said = words(document.language)
    content = read_document(document)
    report = document.report if settings.report else None
    style = _asset("page.css") + ("" if report is None else report.css)
    style += _own_style(settings.stylesheet)
    script = _asset("page.js")
    body = _body(document, settings, said)
    environment = Environment(
        loader=PackageLoader(__package__, "assets"), autoescape=True, undefined=StrictUndefined
    )
    text = environment.get_template("page.html.j2").render(
        title=content.title,
        language=document.language,
        direction="rtl" if document.language.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr",
        date=document.date,
        theme=settings.theme,
        policy=_policy(style, script),
        style=style,
        script=script,
        words=said,
        head=clean(_head(content, body)),
        contents=clean(_contents(content.headings(_DEPTH))),
        contents_id="" if content.contents is None else content.contents.id,
        contents_title=_contents_title(content, said),
        body=clean(body.blocks(content.body)),
        notes=clean(body.notes(content.notes)),
        report="" if report is None else report.html,
    )
    return Made(text=text, remarks=body.figures.remarks)


def _body(document: Document, settings: HtmlSettings, said: Words) -> Body:
    details = {facts.section: _details(facts, said) for facts in document.facts}
    return Body(
        words=said,
        figures=Figures(words=said, wanted=settings.diagrams),
        details=details if settings.details else {},
    )


def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


def _own_style(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(
            f"cannot read the style sheet {path.absolute()}: {reason}",
            hint="Correct settings.html.stylesheet, or leave it out.",
        ) from error
    if "</" in text or "<!--" in text:
        raise UsageError(
            f"the style sheet {path.absolute()} holds markup",
            hint="Leave `</` and `<!--` out of it: they would end the style element.",
        )
    return f"\n{text}"


def _policy(style: str, script: str) -> str:
    """What the page may load: its own style and script, told by their hashes, and its pictures."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _head(content: nodes.Content, body: Body) -> str:
    front = body.blocks(content.front)
    if content.heading is None:
        return f"<h1>{escape(content.title)}</h1>\n{front}"
    return f"{body.blocks([content.heading])}\n{front}"


def _contents_title(content: nodes.Content, said: Words) -> str:
    if content.contents is None:
        return said.contents
    return nodes.plain_text(content.contents.children)


def _contents(headings: Sequence[nodes.Heading]) -> str:
    """A nested list of links to the headings."""
    written: list[str] = []
    open_levels: list[int] = []
    for heading in headings:
        while open_levels and open_levels[-1] > heading.level:
            open_levels.pop()
            written.append("</li></ol>")
        if open_levels and open_levels[-1] == heading.level:
            written.append("</li>")
        else:
            open_levels.append(heading.level)
            written.append("<ol>")
        text = escape(nodes.plain_text(heading.children))
        written.append(f'<li><a href="#{escape(heading.id)}">{text}</a>')
    written += ["</li></ol>"] * len(open_levels)
    return "".join(written)


def _details(facts: SectionFacts, said: Words) -> str:
    rows = [
        (said.model, facts.model),
        (said.plugin, facts.plugin),
        (said.template, facts.template),
        (said.time, "" if facts.seconds is None else f"{facts.seconds:.1f} s"),
        (said.tokens, _tokens(facts, said)),
    ]
    shown = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in rows
        if value
    )
    if not shown:
        return ""
    summary = escape(said.details)
    return f'\n<details class="facts"><summary>{summary}</summary><dl>{shown}</dl></details>'


def _tokens(facts: SectionFacts, said: Words) -> str:
    if facts.usage is None:
        return ""
    prompt, completion = facts.usage.prompt_tokens, facts.usage.completion_tokens
    return said.tokens_value.format(prompt=f"{prompt:,}", completion=f"{completion:,}")
