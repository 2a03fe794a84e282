"""Checking the template of a section against the class of its data, without running it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import attrs
import pytest

from docgen_core.api import Deliverable, Field, Identity
from docgen_core.templating import Problem, Templates
from docgen_core.templating.sources import PackageSource


@attrs.frozen(kw_only=True)
class Step:
    text: Annotated[str, Field("what is done")]


@attrs.frozen(kw_only=True)
class Case:
    id: Annotated[str, Identity("UC")] = ""
    name: Annotated[str, Field("the name")]
    steps: Annotated[tuple[Step, ...], Field("the steps")]
    main: Annotated[Step, Field("the main step")]

    @property
    def loud(self) -> str:
        return self.name.upper()

    def quiet(self) -> str:
        return self.name.lower()


@attrs.frozen(kw_only=True)
class Cases:
    cases: Annotated[tuple[Case, ...], Field("the cases")]
    size: Annotated[Literal["small", "big"], Field("how big")] = "small"


@attrs.frozen(kw_only=True)
class Options:
    count: int = 3


DELIVERABLE = Deliverable(id="cases", title="Cases", summary="", schema=Cases, settings=Options)
WORDS = "[en]\ntitle = 'Cases'\nstep = 'Step'\n"


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackageSource:
    """A package with the words of the deliverable."""
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"{tmp_path.name}_words".replace("-", "_")
    write(tmp_path / name / "templates", {"cases/words.toml": WORDS})
    (tmp_path / name / "__init__.py").touch()
    return PackageSource(name, "plugin:cases")


def check(installed: PackageSource, tmp_path: Path, text: str, **words: str) -> list[Problem]:
    """What is wrong with a project's template, and with the project's words, if any."""
    files = {"cases/section.md.j2": text}
    if words:
        lines = [f"{key} = {word!r}" for key, word in words.items()]
        files["cases/words.toml"] = "\n".join(["[de]", *lines])
    templates = Templates([installed], write(tmp_path / "project", files))
    return list(templates.check_section("cases/section.md.j2", DELIVERABLE, "de"))


@pytest.mark.parametrize(
    "text",
    [
        "{{ data.cases[0].steps[0].text }} {{ data['size'] }} {{ words.step }} {{ words.title }}",
        "{% for c in data.cases %}{{ c.id | target }} {{ c.loud }} {{ loop.index }}{% endfor %}",
        "{% for c in data.cases if c.name %}{{ c.main.text }}{% else %}none{% endfor %}",
        "{% set first = data.cases | first %}{{ first.name }}",
        "{{ data.cases | map(attribute='main.text') | join(', ') }}",
        "{{ (data.cases | selectattr('name') | list)[0].steps | length }}",
        "{% if data.later is defined %}{{ data.cases[1:][0].name }}{% endif %}",
        "{{ data.later | default('-') }}",
        "{% macro row(c) %}{{ c.anything.at.all }}{% endmacro %}{{ row(data.cases[0]) }}",
        "{% with c = data.cases[0] %}{{ c.name }}{% endwith %}{{ context.settings.count }}",
        "{% for name, group in data.cases | groupby('name') %}{{ group[0].x }}{% endfor %}",
        "{{ draft.data.cases[0].name | fenced('x') }} {{ draft.markdown }} {{ context.language }}",
        "{% set x = data.cases %}{% if 1 %}{% set x = data.size %}{% endif %}{{ x.upper() }}",
        "{{ context.brief.title }} {{ deliverable.title }} {{ context.inputs['a'].markdown }}",
        "{{ ['G1'] | refs }} {{ 'G1' | ref }}",
    ],
)
def test_what_there_is_may_be_used(installed: PackageSource, tmp_path: Path, text: str) -> None:
    """Fields, properties, words, filters; what cannot be followed is taken to be right."""
    assert check(installed, tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("\n{{ data.case }}", 2, "Cases has no field 'case'; did you mean 'cases'?"),
        ("{{ data['case'] }}", 1, "Cases has no field 'case'"),
        ("{{ draft.data.case }}", 1, "Cases has no field 'case'"),
        ("{{ draft.text }}", 1, "Draft has no field 'text'"),
        ("{% for c in data.cases %}\n{{ c.nmae }}{% endfor %}", 2, "Case has no field 'nmae'"),
        ("{% for c in data.cases if c.nope %}{% endfor %}", 1, "no field 'nope'"),
        ("{% for s in data.cases[0].steps %}{{ s.id }}{% endfor %}", 1, "Step has no field 'id'"),
        ("{{ data.cases.name }}", 1, "a list has no field 'name'"),
        ("{% set c = data.cases | first %}{{ c.x }}", 1, "Case has no field 'x'"),
        ("{{ data.cases | map(attribute='main.x') | join }}", 1, "Step has no field 'x'"),
        ("{{ data.cases | selectattr('x') | list }}", 1, "Case has no field 'x'"),
        ("{{ data.cases | sort(attribute='x') | join }}", 1, "Case has no field 'x'"),
        ("{{ data.cases[0].quiet() }}", 1, "Case has no field 'quiet'"),
        ("{% if data.x.y is defined %}{% endif %}", 1, "Cases has no field 'x'"),
        ("{{ '{}'.format(data.x) }}", 1, "Cases has no field 'x'"),
        ("{{ data.size if data.x else 1 }}", 1, "Cases has no field 'x'"),
        ("{{ words.stpe }}", 1, "there is no word 'stpe' in words.toml; did you mean 'step'?"),
        ("{{ context.settings.cuont }}", 1, "Options has no field 'cuont'"),
        ("{{ nope }}", 1, "'nope' is undefined; the template sees context, data,"),
        ("{{ data.cases | reffs }}", 1, "No filter named 'reffs'"),
        ('{% include "cases/part.md.j2" %}', 1, "there is no template 'cases/part.md.j2'"),
    ],
)
def test_what_there_is_not_is_found_with_its_line(
    installed: PackageSource, tmp_path: Path, text: str, line: int, message: str
) -> None:
    """The file, the line, the name, and what may have been meant."""
    (problem,) = check(installed, tmp_path, text)
    assert message in problem.message
    assert (Path(problem.file).name, problem.line) == ("section.md.j2", line)


def test_included_templates_are_followed_too(installed: PackageSource, tmp_path: Path) -> None:
    """They see the same data."""
    write(tmp_path / "project", {"cases/part.md.j2": "\n\n{{ data.x }}"})
    (problem,) = check(installed, tmp_path, '{% include "cases/part.md.j2" %}')
    assert (Path(problem.file).name, problem.line) == ("part.md.j2", 3)


def test_a_word_that_nothing_asks_for_is_found(installed: PackageSource, tmp_path: Path) -> None:
    """A misspelt key would change nothing, and nobody would say so."""
    (problem,) = check(
        installed, tmp_path, "{{ words.extra }}", stpe="Schritt", extra="x", step="S"
    )
    assert (Path(problem.file).name, problem.line) == ("words.toml", 2)
    assert "word 'stpe' in [de]; did you mean 'step'?" in problem.message


@pytest.mark.parametrize("text", ["{{ words['extra'] }}", "{{ words['ex' ~ data.size] }}"])
def test_a_word_that_may_be_asked_for_is_let_be(
    installed: PackageSource, tmp_path: Path, text: str
) -> None:
    """By an index, or by a key that is put together only when it runs."""
    assert check(installed, tmp_path, text, extra="x") == []


def test_an_installed_template_may_call_methods(installed: PackageSource, tmp_path: Path) -> None:
    """It runs beside the class itself."""
    package = tmp_path / installed.package / "templates"
    write(package, {"cases/section.md.j2": "{{ data.cases[0].quiet() }}{{ data.cases[0].x }}"})
    problems = Templates([installed]).check_section("cases/section.md.j2", DELIVERABLE, "en")
    assert [problem.message[:21] for problem in problems] == ["Case has no field 'x'"]


def test_without_a_class_nothing_is_known_of_the_data(
    installed: PackageSource, tmp_path: Path
) -> None:
    """A plugin without a schema may put anything there."""
    templates = Templates(
        [installed], write(tmp_path / "project", {"cases/section.md.j2": "{{ data.x.y }}"})
    )
    free = attrs.evolve(DELIVERABLE, schema=None)
    assert templates.check_section("cases/section.md.j2", free, "en") == ()
