"""Finding, listing, checking and rendering templates."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.api import Brief, HookContext, TemplateRef
from docgen_core.errors import TemplateError
from docgen_core.templating import Problem, Templates, Winner
from docgen_core.templating.plain import plain
from docgen_core.templating.sources import PackageSource, ProjectSource

MakePackage = Callable[[Mapping[str, str]], PackageSource]


@pytest.fixture
def make_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakePackage:
    """Gives a function that makes an importable package of templates."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(files: Mapping[str, str]) -> PackageSource:
        name = f"{tmp_path.name}_{len(list(tmp_path.iterdir()))}".replace("-", "_")
        package = tmp_path / name
        write(package / "templates", files)
        (package / "__init__.py").touch()
        return PackageSource(name, f"pack:{name}")

    return make


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def project(tmp_path: Path, files: Mapping[str, str], *, time_limit: float = 10.0) -> Templates:
    return Templates((), write(tmp_path / "project", files), time_limit=time_limit)


def fails(templates: Templates, name: str, **variables: object) -> str:
    with pytest.raises(TemplateError) as caught:
        templates.render(TemplateRef(name), **variables)
    return str(caught.value)


def test_a_packages_template_renders_objects(make_package: MakePackage) -> None:
    """It may use all that the objects offer, and Markdown is not escaped."""
    source = make_package({"a.md.j2": "{{ brief.title.upper() }} & {{ brief.text }}\n"})
    text = Templates([source]).render(TemplateRef("a.md.j2"), brief=Brief.from_text("x < y"))
    assert text == "X < Y & x < y\n"


def test_rendering_has_an_async_twin(make_package: MakePackage) -> None:
    """For callers inside an event loop."""
    templates = Templates([make_package({"a.md.j2": "{{ n + 1 }}"})])
    assert asyncio.run(templates.arender(TemplateRef("a.md.j2"), n=1)) == "2"


def test_the_first_source_wins_and_the_project_comes_before_all(
    tmp_path: Path, make_package: MakePackage
) -> None:
    """`which` names the file that is used."""
    first = make_package({"a.md.j2": "first", "b.md.j2": "first"})
    second = make_package({"a.md.j2": "second", "b.md.j2": "second", "c.md.j2": "second"})
    folder = write(tmp_path / "project", {"a.md.j2": "mine"})
    templates = Templates([first, second], folder)
    assert templates.which("a.md.j2") == Winner(
        name="a.md.j2", origin="project", path=str(folder / "a.md.j2")
    )
    origins = {winner.name: winner.origin for winner in templates.list()}
    assert origins == {"a.md.j2": "project", "b.md.j2": first.origin, "c.md.j2": second.origin}
    assert templates.render(TemplateRef("a.md.j2")) == "mine"


def test_a_project_template_may_extend_an_installed_one(
    tmp_path: Path, make_package: MakePackage
) -> None:
    """Replacing one block does not mean copying the rest."""
    shell = make_package({"shell.md.j2": "# {{ data.title }}\n{% block body %}{% endblock %}"})
    mine = '{% extends "shell.md.j2" %}{% block body %}{{ data.items[0] }}{% endblock %}'
    templates = Templates([shell], write(tmp_path / "project", {"a.md.j2": mine}))
    text = templates.render(TemplateRef("a.md.j2"), data={"title": "T", "items": ["one"]})
    assert text == "# T\none"


def test_an_installed_template_that_includes_a_project_file_is_confined(
    tmp_path: Path, make_package: MakePackage
) -> None:
    """The weakest part of what is rendered decides where it runs."""
    outer = make_package({"outer.md.j2": '{% include "inner.md.j2" %}'})
    inner = "{{ context.brief.from_text('x') }}"
    templates = Templates([outer], write(tmp_path / "project", {"inner.md.j2": inner}))
    context = HookContext(brief=Brief.from_text("A CRM"))
    message = fails(templates, "outer.md.j2", context=context)
    assert "inner.md.j2, line 1: 'dict object' has no attribute 'from_text'" in message


def test_model_output_is_never_compiled(tmp_path: Path, make_package: MakePackage) -> None:
    """What looks like a template in the data stays as it is, inside and outside the jail."""
    hostile = "{{ 7 * 7 }}{% include 'a.md.j2' %}"
    files = {"a.md.j2": "{{ text }}"}
    for templates in (Templates([make_package(files)]), project(tmp_path, files)):
        assert templates.render(TemplateRef("a.md.j2"), text=hostile) == hostile


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fine\n{{ nope }}", "line 2: 'nope' is undefined"),
        ("fine\n\n{% if %}", "line 3: Expected an expression"),
        ("{{ 1 | nope }}", "line 1: No filter named 'nope'"),
        ('x\n{% include "b.md.j2" %}', "line 2: there is no template 'b.md.j2'"),
        ('{% include "a.md.j2" %}', "line 1: it includes or calls itself without end"),
        ("\n{{ 1 / 0 }}", "line 2: it raised ZeroDivisionError"),
        ("{% for i in range(9000) %}{{ 'x' * 9000 }}{% endfor %}", "more than 10,000,000 bytes"),
    ],
    ids=["undefined", "syntax", "filter", "include", "cycle", "raises", "huge"],
)
def test_a_faulty_template_is_an_error_with_its_place(
    make_package: MakePackage, text: str, message: str
) -> None:
    """The file and the line are in the message, what to do in the hint."""
    templates = Templates([make_package({"a.md.j2": text})])
    with pytest.raises(TemplateError) as caught:
        templates.render(TemplateRef("a.md.j2"))
    assert message in str(caught.value)
    assert "a.md.j2" in str(caught.value)
    assert "docgen templates which a.md.j2" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x\n{{ data.nope.x }}", "line 2: 'dict object' has no attribute 'nope'"),
        ("\n{% if %}", "line 2: Expected an expression"),
        ("{{ lipsum(n=200000) }}", "'lipsum' is undefined"),
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__'"),
        ("{{ data.update({'a': 1}) }}", "access to attribute 'update'"),
        ("{{ range(1000000) }}", "OverflowError"),
        ("{{ 'x' * 10 ** 9 }}", "512 MB of memory"),
        ("{{ ('x' | center(900000000)) | length }}", "512 MB of memory"),
        ("{% for i in range(9000) %}{{ 'x' * 9000 }}{% endfor %}", "more than 10,000,000 bytes"),
        ('{% include "a.md.j2" %}', "it includes or calls itself without end"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself without end"),
        ('{% include "b.md.j2" %}', "b.md.j2"),
    ],
)
def test_a_hostile_project_template_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    """None of the known ways out of the sandbox, or of filling the machine, succeeds."""
    assert message in fails(project(tmp_path, {"a.md.j2": text}), "a.md.j2", data={})


def test_a_project_template_that_never_ends_is_stopped(tmp_path: Path) -> None:
    """Ten thousand million turns write nothing, so only a clock can stop them."""
    bomb = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
    templates = project(tmp_path, {"a.md.j2": bomb}, time_limit=2.0)
    message = fails(templates, "a.md.j2")
    assert "processor time" in message or "takes longer than" in message


@pytest.mark.parametrize(
    "text", ["{{ 'x' * 10 ** 11 }}", "{{ 'x' | center(10 ** 11) }}", "{{ 9 ** 9 ** 9 ** 9 }}"]
)
def test_checking_computes_nothing(tmp_path: Path, text: str) -> None:
    """jinja2 evaluates constant expressions while it compiles, which `validate` must not do."""
    assert project(tmp_path, {"a.md.j2": text}).check("a.md.j2") == ()


def test_a_project_template_sees_fields_not_methods(tmp_path: Path) -> None:
    """A field called `items` is the field, and a path object is only its text."""
    templates = project(tmp_path, {"a.md.j2": "{{ data.items }} {{ data.file.name is defined }}"})
    data = {"items": 3, "file": tmp_path}
    assert templates.render(TemplateRef("a.md.j2"), data=data) == "3 False"


def test_a_link_out_of_the_project_folder_does_not_count(tmp_path: Path) -> None:
    """A cloned folder must not make docgen print the user's other files."""
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    templates = project(tmp_path, {"b.md.j2": ""})
    (tmp_path / "project" / "a.md.j2").symlink_to(secret)
    assert "there is no template 'a.md.j2'" in fails(templates, "a.md.j2")


@pytest.mark.parametrize(
    "name", ["../secret.j2", "/etc/passwd", "a/../../x", "a\\..\\x", "C:x", "a\0b", "", ".", "a//b"]
)
def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    """Only plain relative names are looked up."""
    (tmp_path / "secret.j2").touch()
    assert ProjectSource(write(tmp_path / "project", {"a.md.j2": ""})).find(name) is None


@given(st.text(alphabet="ab./\\:\0", max_size=12))
def test_no_name_finds_what_is_outside(name: str) -> None:
    """Whatever is asked for, the path stays below the folder."""
    found = PackageSource("docgen_core", "shared", "templating").find(name)
    assert found is None


def test_a_misspelt_name_gets_a_suggestion(make_package: MakePackage) -> None:
    """The hint names the closest template."""
    templates = Templates([make_package({"section.md.j2": ""})])
    with pytest.raises(TemplateError, match="'sektion") as caught:
        templates.which("sektion.md.j2")
    assert caught.value.hint == "Did you mean 'section.md.j2'?"


def test_a_folder_of_templates_names_what_is_in_it(tmp_path: Path) -> None:
    """Who gives a deliverable's id learns what its files are called."""
    templates = project(tmp_path, {"cases/section.md.j2": "", "cases/words.toml": ""})
    with pytest.raises(TemplateError) as caught:
        templates.which("cases")
    assert caught.value.hint == "Did you mean 'cases/section.md.j2' or 'cases/words.toml'?"


def test_a_template_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    """The message names the file."""
    (write(tmp_path / "project", {"b.md.j2": ""}) / "a.md.j2").write_bytes(b"\xff\xfe")
    message = fails(Templates((), tmp_path / "project"), "a.md.j2")
    assert "cannot be read" in message
    assert "a.md.j2" in message


def test_check_finds_every_problem_without_running(make_package: MakePackage) -> None:
    """Unknown variables, missing and broken references, each with its line."""
    text = '{{ data.x }}\n{{ dta }}\n{% import "none.md.j2" as n %}{% include "b.md.j2" %}'
    source = make_package({"a.md.j2": text, "b.md.j2": "\n{% endfor %}"})
    problems = Templates([source]).check("a.md.j2")
    assert [(Path(p.file).name, p.line, p.message.partition(";")[0]) for p in problems] == [
        ("a.md.j2", 2, "'dta' is undefined"),
        ("a.md.j2", 3, "there is no template 'none.md.j2'"),
        ("b.md.j2", 2, problems[2].message.partition(";")[0]),
    ]


def test_check_accepts_a_good_template(make_package: MakePackage) -> None:
    """With the variables that its caller says it will see."""
    templates = Templates(
        [make_package({"a.md.j2": '{{ toc }}{% include "o.j2" ignore missing %}'})]
    )
    assert templates.check("a.md.j2", ["toc"]) == ()
    assert isinstance(templates.check("a.md.j2")[0], Problem)


class Colour(enum.Enum):
    RED = "red"


@attrs.frozen
class Thing:
    name: str
    colour: Colour
    _hidden: int = 1


def test_objects_are_reduced_to_plain_data() -> None:
    """Nothing that could be called or followed remains."""
    value = {"a": (Thing("x", Colour.RED), {3, 1}), "b": Path("p"), "c": Thing, "d": None, "e": 1.5}
    expected = {"a": [{"name": "x", "colour": "red"}, [1, 3]], "b": "p", "c": "Thing"}
    assert plain(value) == expected | {"d": None, "e": 1.5}


def test_data_that_contains_itself_is_an_error() -> None:
    """It would never end."""
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(TemplateError, match="100 levels"):
        plain(loop)
