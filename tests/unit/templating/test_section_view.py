"""What the template of a section sees: escaped data, the filters for ids and blocks, the words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen_core.api import Brief, Deliverable, Draft, Field, HookContext, Identity, TemplateRef
from docgen_core.document import normalise_section, split_section
from docgen_core.document.inline import plain_text
from docgen_core.document.parse import parse
from docgen_core.document.repairs import clean_characters
from docgen_core.errors import TemplateError
from docgen_core.model import Section
from docgen_core.templating import Templates
from docgen_core.templating.filters import fenced, ref, refs, target
from docgen_core.templating.sources import PackageSource
from docgen_core.templating.view import escape_text, escaped_view

HOSTILE = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from([*"\\`*_[]<>|~&#!:-+=.1()^$\"' \n\ta\u00a0é", "```", "~~~", ":::"]),
        min_size=1,
        max_size=14,
    ).map("".join),
)

#: Every place where a text may stand; `%` is the text.
LAYOUT = """# %

%

lead
%

- %
- **%**: %
  - %

1. %

> %

| a | b |
| --- | --- |
| % | % |

word: % (%)

%: %
"""


@attrs.frozen(kw_only=True)
class Goal:
    id: Annotated[str, Identity("G")] = ""
    name: Annotated[str, Field("the goal")]
    rank: Annotated[Literal["must-have", "*may*"], Field("how much")] = "must-have"

    @property
    def shown(self) -> str:
        return f"{self.name}!"

    def loud(self) -> str:
        return self.name.upper()


@attrs.frozen(kw_only=True)
class Goals:
    goals: Annotated[tuple[Goal, ...], Field("them")]
    kinds: Annotated[tuple[Literal["_a_"], ...], Field("kinds")] = ()
    count: Annotated[int, Field("how many")] = 1


def _blocks(text: str) -> list[tuple[str, str]]:
    return [(token.type, token.tag) for token in parse(text)]


def _spans(text: str) -> list[list[str]]:
    return [[child.type for child in token.children or ()] for token in parse(text)]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(HOSTILE)
def test_a_text_changes_no_structure_wherever_it_stands(text: str) -> None:
    """The section has the blocks and the markup that it has with a plain word."""
    shown = escape_text(text)
    expected = LAYOUT.replace("%", "word")
    if not shown:
        return
    written = LAYOUT.replace("%", shown)
    assert _blocks(written) == _blocks(expected)
    assert _spans(written) == _spans(expected)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(HOSTILE)
def test_the_reader_sees_the_text_itself(text: str) -> None:
    """Escaped, parsed, and shown again: nothing is gone but controls and blanks."""
    tokens = parse(f"a {escape_text(text)} z")
    section = Section(id="s", title="T", markdown=f"a {escape_text(text)} z")
    kept = split_section(normalise_section(section)[0])
    assert plain_text(tokens[1].children) == plain_text(parse(kept)[1].children)
    plain = "".join(
        char for char in clean_characters(text) if char.isalnum() or char in "\\`*_[]<>|~&#!:"
    )
    assert [char for char in plain_text(tokens[1].children)[1:-1] if char in plain] == list(plain)


def _goals(name: str = "*Win* | more") -> Goals:
    return Goals(goals=(Goal(id="G1", name=name),), kinds=("_a_",))


def test_the_view_keeps_classes_properties_and_methods() -> None:
    """A template may use all that the schema class offers; what it gets is escaped."""
    goal = escaped_view(_goals()).goals[0]
    assert isinstance(goal, Goal)
    assert (goal.id, goal.name, goal.shown) == ("G1", "\\*Win\\* \\| more", "\\*Win\\* \\| more!")


def test_the_view_leaves_the_original_and_listed_texts_alone() -> None:
    """A template may compare what the class lists; only the copy is escaped."""
    goals = _goals()
    view = escaped_view(goals)
    assert goals == _goals()
    assert (view.kinds, view.goals[0].rank, view.count) == (("_a_",), "must-have", 1)


def test_a_text_that_is_not_one_of_the_list_is_escaped() -> None:
    """A hook may have put anything there."""
    goal = attrs.evolve(_goals().goals[0], rank="#x")  # type: ignore[arg-type] # what a hook could do
    assert escaped_view(goal).rank == escape_text("#x")


def test_plain_containers_are_escaped_too() -> None:
    """A deliverable without a schema may pass a dict with lists."""
    assert escaped_view({"a": ["*x*", 1, None, ("`",)]}) == {"a": ["\\*x\\*", 1, None, ("\\`",)]}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: target("P1"), '<a id="p1"></a>P1'),
        (lambda: target(""), ""),
        (lambda: target("P 1"), "P 1"),
        (lambda: ref("UC12"), "[UC12](#uc12)"),
        (lambda: ref(""), ""),
        (lambda: refs(("P1", "", "G2")), "[P1](#p1), [G2](#g2)"),
        (lambda: refs(()), ""),
        (lambda: fenced("a\r\nb\n", "py"), "```py\na\nb\n```"),
        (lambda: fenced("````\nx"), "`````text\n````\nx\n`````"),
        (lambda: fenced("x", "markdown"), "```text\nx\n```"),
        (lambda: fenced("x", "a\n# b"), "```text\nx\n```"),
        (lambda: fenced(" \n"), ""),
    ],
)
def test_filters_write_ids_and_blocks(call: Callable[[], str], expected: str) -> None:
    """Ids become targets and links; a block is longer than what it holds."""
    assert call() == expected


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.one_of(st.text(max_size=60), HOSTILE), st.sampled_from(["", "text", "md", "python"]))
def test_a_block_holds_its_text_and_ends(text: str, language: str) -> None:
    """Whatever stands in it, the section goes on behind it, before and after normalising."""
    block = fenced(text, language)
    if not block:
        return
    section = Section(id="s", title="T", markdown=f"{block}\n\nafter\n")
    for markdown in (section.markdown, split_section(normalise_section(section)[0])):
        tokens = parse(markdown)
        assert [token.type for token in tokens][:2] == ["fence", "paragraph_open"]
        assert tokens[2].content == "after"


TEMPLATE = """## {{ words.goals }}
{% for goal in data.goals %}
- {{ goal.id | target }} {{ goal.name }} {{ goal.shown }} {{ goal.id | ref }}
{% endfor %}
{{ draft.data.goals[0].name | fenced("text") }}
{{ ["G1", "G2"] | refs }} {{ words.items }}
"""
WORDS = "[en]\ntitle='Goals'\ngoals='The *goals*'\nitems='n'\n[de]\ngoals='Ziele'\n"


def package(folder: Path, files: Mapping[str, str]) -> PackageSource:
    """An importable package that has the files in its `templates` folder."""
    name = f"{folder.name}_package".replace("-", "_")
    write(folder / name / "templates", files)
    (folder / name / "__init__.py").touch()
    return PackageSource(name, "plugin:x")


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackageSource:
    """A package with a template and words."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return package(tmp_path, {"goals/section.md.j2": TEMPLATE, "goals/words.toml": WORDS})


def render(templates: Templates, data: object, language: str = "en") -> str:
    deliverable = Deliverable(id="goals", title="Aims", summary="")
    draft = Draft(deliverable="goals", markdown="{}", data=data)
    context = HookContext(brief=Brief.from_text("x"), language=language)
    template = TemplateRef("goals/section.md.j2")
    work = templates.arender_section(
        template, deliverable=deliverable, draft=draft, context=context
    )
    return asyncio.run(work)


def test_a_section_sees_data_filters_and_words(installed: PackageSource) -> None:
    """Escaped data, raw draft, ids as links, words in the language of the run."""
    assert render(Templates([installed]), _goals("1 | 2"), "de-AT") == (
        '## Ziele\n- <a id="g1"></a>G1 1 \\| 2 1 \\| 2! [G1](#g1)\n'
        "```text\n1 | 2\n```\n[G1](#g1), [G2](#g2) n\n"
    )


def test_a_project_template_sees_the_same(installed: PackageSource, tmp_path: Path) -> None:
    """In the confined process the same template writes the same bytes."""
    folder = write(tmp_path / "project", {"goals/section.md.j2": TEMPLATE})
    confined = Templates([installed], folder)
    assert confined.which("goals/section.md.j2").origin == "project"
    assert render(confined, _goals()) == render(Templates([installed]), _goals())


def test_a_project_template_calls_no_method(installed: PackageSource, tmp_path: Path) -> None:
    """Over there it is plain data."""
    text = "{{ data.goals[0].loud() }}"
    folder = write(tmp_path / "project", {"goals/section.md.j2": text})
    assert render(Templates([package(tmp_path, {"goals/section.md.j2": text})]), _goals("a")) == "A"
    with pytest.raises(TemplateError, match="no attribute 'loud'"):
        render(Templates([installed], folder), _goals())


def test_words_fall_back_key_by_key(installed: PackageSource, tmp_path: Path) -> None:
    """The project's word, then the plugin's, then English; a word for all comes last."""
    files = {"goals/words.toml": "[de]\ntitle='Eigene'", "words.toml": "[de]\nextra='e'\nitems='i'"}
    templates = Templates([installed], write(tmp_path / "project", files))
    assert templates.words("goals", "DE_at") == {
        "title": "Eigene",
        "goals": "Ziele",
        "items": "i",
        "extra": "e",
    }
    assert templates.words("other", "fr") == {}


@pytest.mark.parametrize(("language", "title"), [("de", "Goals"), ("xx", "Goals")])
def test_the_title_comes_from_the_words(
    installed: PackageSource, language: str, title: str
) -> None:
    """In English where the language has none."""
    deliverable = Deliverable(id="goals", title="Aims", summary="")
    assert Templates([installed]).title(deliverable, language) == title


def test_without_a_word_the_title_is_the_deliverables() -> None:
    """A plugin needs no words."""
    assert Templates([]).title(Deliverable(id="goals", title="Aims", summary=""), "de") == "Aims"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[en]\nx\n", "line 2"),
        ("title = 'x'", "'title' stands outside"),
        ("[en]\ntitle = 1", "'title' in \\[en\\] is not a text"),
        ("[en.deeper]\ntitle = 'x'", "'deeper' in \\[en\\] is not a text"),
    ],
)
def test_a_malformed_words_file_is_an_error_with_its_name(
    tmp_path: Path, text: str, message: str
) -> None:
    """The file, and what is wrong in it."""
    templates = Templates([], write(tmp_path / "project", {"goals/words.toml": text}))
    with pytest.raises(TemplateError, match=f"words.toml.*{message}"):
        templates.words("goals", "en")


def test_an_unknown_word_is_an_error(installed: PackageSource, tmp_path: Path) -> None:
    """With the line, in either process."""
    files: dict[str, Any] = {"goals/section.md.j2": "\n{{ words.nope }}"}
    with pytest.raises(TemplateError, match=r"line 2.*'nope'"):
        render(Templates([package(tmp_path, files)]), None)
    with pytest.raises(TemplateError, match=r"line 2.*'nope'"):
        render(Templates([installed], write(tmp_path / "project", files)), None)


def test_words_files_are_in_the_list(installed: PackageSource) -> None:
    """They are found and replaced like templates."""
    assert [found.name for found in Templates([installed]).list()] == [
        "goals/section.md.j2",
        "goals/words.toml",
    ]
