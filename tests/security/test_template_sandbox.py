"""Templates that come with somebody else's folder: none gets out, fills the machine or hangs it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest
from support.rows import row

from docgen_core.api import Brief, Deliverable, Draft, HookContext, TemplateRef
from docgen_core.errors import TemplateError
from docgen_core.templating import Templates

NAME = "goals/section.md.j2"


@attrs.frozen(kw_only=True)
class Goal:
    name: str

    @property
    def shown(self) -> str:
        return self.name


def render(
    folder: Path, text: str, files: Mapping[str, str] | None = None, *, limit: float = 10.0
) -> str:
    """Render a project's template as a run does."""
    for name, content in {NAME: text, **(files or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    templates = Templates((), folder, time_limit=limit)
    work = templates.arender_section(
        TemplateRef(NAME),
        deliverable=Deliverable(id="goals", title="Goals", summary=""),
        draft=Draft(deliverable="goals", markdown="x", data=Goal(name="n")),
        context=HookContext(brief=Brief.from_text("b")),
    )
    return asyncio.run(work)


@row("S8")
@pytest.mark.parametrize(
    "path",
    [
        "data.__class__",
        "data.shown.__class__.__mro__",
        "data.__init__.__globals__",
        "data|attr('__class__')",
        "((data,)|map(attribute='__class__')|first).__name__",
        "data['__class__']",
        "''['__class__'].__mro__[1].__subclasses__()",
        "'{0.__class__}'.format(data)",
        "'{x.__class__}'.format_map({'x': data})",
        "('{0.__class__}'|string).format(data)",
        "self.__init__.__globals__",
        "self._TemplateReference__context.environment",
        "range.__self__",
        "namespace.__init__.__globals__",
        "dict.mro()",
        "(data|map('ref')).gi_frame",
        "(data.name|fenced).__class__.__base__",
        "context.brief.__class__",
        "words.__class__",
        "deliverable.schema.__subclasses__()",
        "config.items()",
        "cycler.__init__.__globals__.os",
        "joiner.__init__.__globals__",
        "lipsum.__globals__",
        "get_flashed_messages.__globals__",
    ],
)
def test_no_attribute_leads_out(tmp_path: Path, path: str) -> None:
    """Neither by a dot, an index, a filter nor a format string does a template reach Python."""
    with pytest.raises(TemplateError) as caught:
        render(tmp_path, f"{{{{ {path} }}}}")
    assert NAME in str(caught.value)


@row("S8")
@pytest.mark.parametrize("path", ["data.__class__", "''.__class__", "data|attr('__init__')"])
def test_asking_whether_it_is_there_leads_nowhere_either(tmp_path: Path, path: str) -> None:
    """What is kept away is not there."""
    assert render(tmp_path, f"{{{{ {path} is defined }}}}") == "False"


@row("S9")
@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 10 ** 10 }}",
        "{{ 'x' | center(10 ** 10) }}",
        "{{ '%9999999999d' | format(1) }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ '{:9999999999}'.format('x') }}",
        "{{ 'x'.ljust(10 ** 10) }}",
        "{{ ('x' * 10 ** 8).replace('x', 'y' * 10 ** 4) }}",
        "{{ 1 | string | indent(10 ** 10, true) }}",
        "{{ 'xy' | wordwrap(1, wrapstring='z' * 10 ** 10) }}",
        "{{ [0] * 10 ** 10 }}",
        "{{ range(10 ** 10) | list }}",
        "{{ (range(99999) | list * 99999) | length }}",
        "{{ [] | batch(10 ** 10, 'x') | list }}{{ [1] | batch(10 ** 10, 'x') | list | length }}",
        "{{ [1] | slice(10 ** 10, 'x') | list | length }}",
        "{{ 'a' | fenced('b') * 10 ** 10 }}",
        "{% set n = namespace(x='x') %}{% for i in range(60) %}{% set n.x = n.x * 2 %}{% endfor %}",
        "{% for i in range(99999) %}{{ 'x' * 9999 }}{% endfor %}",
        "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
        "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        '{% include "goals/section.md.j2" %}',
        '{% extends "goals/section.md.j2" %}',
    ],
)
def test_nothing_fills_the_machine(tmp_path: Path, text: str) -> None:
    """Memory, output and depth are bounded; the error names the template."""
    with pytest.raises(TemplateError) as caught:
        render(tmp_path, text, limit=4.0)
    assert NAME in str(caught.value)


@row("S9")
@pytest.mark.parametrize(
    "text",
    [
        "{{ 9 ** (9 ** (9 ** 9)) }}",
        "{{ (10 ** (10 ** 8)) | string | length }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) ~ m(n - 1) }}{% endif %}{% endmacro %}{{ m(99) }}",
    ],
)
def test_nothing_runs_without_end(tmp_path: Path, text: str) -> None:
    """The process of the template is ended by the clock, whatever it is busy with."""
    with pytest.raises(TemplateError):
        render(tmp_path, text, limit=2.0)


@row("S9")
@pytest.mark.parametrize(
    "text",
    [
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "{{ " + "-" * 5000 + "1 }}",
        "{{ 1" + " + 1" * 20000 + " }}",
        "{% if 1 %}" * 500 + "{% endif %}" * 500,
        "{% for i in [1] %}" * 50 + "{% endfor %}" * 50,
        "{{ " + "[" * 900 + "]" * 900 + " }}",
        "{{ x" + ".a" * 20000 + " }}",
        "{{ 1" + " | string" * 5000 + " }}",
    ],
    ids=["brackets", "signs", "sum", "branches", "loops", "lists", "attributes", "filters"],
)
def test_deep_nesting_is_an_error_or_works(tmp_path: Path, text: str) -> None:
    """Compiling it brings nothing down: it is refused by name, or it is no problem."""
    found = ""
    try:
        render(tmp_path, text)
    except TemplateError as error:
        found = str(error)
    assert NAME in found or not found


@row("S9")
def test_includes_that_call_each_other_end(tmp_path: Path) -> None:
    """However many files take part."""
    with pytest.raises(TemplateError, match="without end"):
        render(
            tmp_path,
            '{% include "goals/a.md.j2" %}',
            {
                "goals/a.md.j2": '{% include "goals/b.md.j2" %}',
                "goals/b.md.j2": '{% include "goals/a.md.j2" %}',
            },
        )


@row("S10")
@pytest.mark.parametrize(
    "name", ["../../secret.txt", "/etc/passwd", "goals/../../secret.txt", "..\\\\secret.txt"]
)
def test_no_include_reads_what_lies_outside(tmp_path: Path, name: str) -> None:
    """Only templates are found, by plain names."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    folder = tmp_path / "a" / "templates"
    with pytest.raises(TemplateError, match="there is no template"):
        render(folder, f'{{% include "{name}" %}}')


@row("S12")
def test_words_of_a_project_are_only_words(tmp_path: Path) -> None:
    """A word is text: it is neither compiled nor Markdown."""
    words = "[en]\nx = '''{{ data.name }}\n# <script> [a](b)'''\n"
    text = render(tmp_path, "{{ words.x }}", {"goals/words.toml": words})
    assert text == "{{ data.name }} # &lt;script> \\[a\\](b)"


@row("S8")
def test_a_template_changes_nothing_for_the_next(tmp_path: Path) -> None:
    """What it is given is a copy, and it may not change even that."""
    with pytest.raises(TemplateError):
        render(tmp_path, "{% set _ = data.update({'name': 'y'}) %}")
    assert render(tmp_path, "{{ data.name }}") == "n"
