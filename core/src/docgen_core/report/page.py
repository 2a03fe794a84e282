"""Writes the report as HTML: a page of its own, or a part of another page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen_core.report.summary import Summary
from docgen_core.report.words import duration, moment
from docgen_core.usage import RunReport

if TYPE_CHECKING:
    import jinja2

__all__ = ["render_page", "render_report"]

_PACKAGE = "docgen_templates"


def render_report(summary: Summary) -> RunReport:
    """Write the report as a part of a page, with the style sheet that goes with it.

    Args:
        summary: What it says.
    """
    environment = _environment()
    return RunReport(
        html=environment.get_template("report/report.html.j2").render(run=summary),
        css=environment.get_template("report/report.css").render(),
    )


def render_page(summary: Summary) -> str:
    """Write the report as one self-contained page: no script, nothing fetched.

    Args:
        summary: What it says.
    """
    import base64
    import hashlib

    environment = _environment()
    report = render_report(summary)
    css = environment.get_template("report/page.css").render() + report.css
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode("ascii")
    page = environment.get_template("report/page.html.j2")
    return page.render(run=summary, report=report, css=css, style_hash=digest)


def _environment() -> jinja2.Environment:
    import jinja2

    # Titles, errors and model names are data of others: all of it is escaped.
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(_PACKAGE, ""),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(("html.j2",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(duration=duration, moment=moment)
    return environment
