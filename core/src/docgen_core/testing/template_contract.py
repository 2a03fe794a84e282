"""What the template and the words of every structured deliverable have in common, as tests.

A plugin's tests derive a class from `TemplateContract`; pytest finds its tests. Nothing here
imports pytest.
"""

# ruff: noqa: S101 - the assertions are the tests

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import attrs

from docgen_core.api import Brief, Deliverable, Draft, HookContext
from docgen_core.conformance.examples import make_full, make_least
from docgen_core.document.parse import parse
from docgen_core.structure.slots import own_prefixes, shape_of
from docgen_core.templating import Templates
from docgen_core.templating.sources import Found, PackageSource
from docgen_core.templating.wording import read_words

__all__ = ["TemplateContract", "empty_headings", "hostile", "render_section"]

#: Texts that would change the layout if they were not escaped.
_HOSTILE: Final = (
    "# heading",
    "a | b | c",
    "one\ntwo\n\n- three",
    "](http://example.org) ![x](y)",
    "```\n## x",
    "<script>x</script> <!--",
    "1. one",
    "end: 1, 2; %%{init}%%",
)
_PLAIN: Final = "plain words"


@attrs.frozen
class _Own:
    """A plugin's own templates, before it is installed and without any other."""

    deliverable: str
    package: str

    def find(self, name: str) -> Found | None:
        owner, _, rest = name.partition("/")
        if owner != self.deliverable:
            return None
        found = PackageSource(self.package, "plugin").find(rest)
        return None if found is None else attrs.evolve(found, name=name)

    def names(self) -> Iterable[str]:
        names = PackageSource(self.package, "plugin").names()
        return [f"{self.deliverable}/{name}" for name in names]


def render_section(
    plugin: ModuleType,
    data: Any,  # noqa: ANN401 - an object of the plugin's schema class
    *,
    language: str = "en",
    brief: str = "# A booking app",
    folder: Path | None = None,
) -> str:
    """Render structured data with a plugin's own template, as a run does.

    Args:
        plugin: The plugin's module, which offers one deliverable.
        data: An object of its schema class.
        language: A BCP 47 tag.
        brief: The brief's text.
        folder: A folder with templates of a user, which win, or None.

    Returns:
        The section's Markdown before it is merged.
    """
    (deliverable,) = plugin.get_deliverables()
    templates = Templates([_Own(deliverable.id, plugin.__name__)], folder)
    rendering = templates.arender_section(
        plugin.get_template(deliverable),
        deliverable=deliverable,
        draft=Draft(deliverable=deliverable.id, markdown="{}", data=data),
        context=HookContext(brief=Brief.from_text(brief), language=language),
    )
    return asyncio.run(rendering)


def hostile(data: Any, texts: Iterable[str] = _HOSTILE) -> Any:  # noqa: ANN401 - as above
    """Put texts that look like Markdown in the place of every text of structured data.

    Args:
        data: An object of a schema class.
        texts: The texts, used in turn.
    """
    turn = list(texts)
    return _replaced(data, turn)


def _replaced(data: Any, turn: list[str]) -> Any:  # noqa: ANN401 - as above
    changes = {}
    for slot in shape_of(type(data)).slots:
        value = getattr(data, slot.name)
        if slot.kind in {"text", "group"}:
            inner = value if slot.many else (value,)
            made = tuple(_next(turn) if slot.kind == "text" else _replaced(x, turn) for x in inner)
            changes[slot.name] = made if slot.many else made[0]
    return attrs.evolve(data, **changes)


def _next(turn: list[str]) -> str:
    turn.append(turn.pop(0))
    return turn[-1]


class TemplateContract:
    """Derive from it and set `plugin` to have a plugin's template and words tested."""

    #: The plugin's module.
    plugin: ModuleType

    #: The languages that the plugin has words for.
    languages: tuple[str, ...] = ("en", "de", "fr", "es", "ja")

    @property
    def deliverable(self) -> Deliverable:
        """The plugin's one deliverable."""
        (only,) = self.plugin.get_deliverables()
        assert isinstance(only, Deliverable)
        return only

    def full(self) -> Any:  # noqa: ANN401 - an object of the plugin's schema class
        """Data with every field filled."""
        schema: Any = self.deliverable.schema
        ids = {prefix: (f"{prefix}1", f"{prefix}2") for prefix in ("P", "G", "UC", "F")}
        own = {prefix: (f"{prefix}1",) for prefix, _ in own_prefixes(shape_of(schema))}
        return make_full(schema, {**ids, **own})

    def least(self) -> Any:  # noqa: ANN401 - as above
        """Data with nothing but what is required."""
        schema: Any = self.deliverable.schema
        return make_least(schema)

    def test_no_heading_is_empty_in_any_language(self) -> None:
        """With all data and with the least, something stands under each heading."""
        for language in self.languages:
            for data in (self.full(), self.least()):
                markdown = render_section(self.plugin, data, language=language)
                assert empty_headings(markdown) == []

    def test_hostile_texts_do_not_change_the_layout(self) -> None:
        """Markdown, HTML and line ends in the model's texts stay text."""
        plain = _layout(render_section(self.plugin, hostile(self.full(), [_PLAIN])))
        assert plain == _layout(render_section(self.plugin, hostile(self.full())))

    def test_hostile_texts_make_no_link_and_no_html(self) -> None:
        """The model's texts bring no link and no element into the document."""
        for token in parse(render_section(self.plugin, hostile(self.full()))):
            for child in token.children or ():
                assert child.type != "image"
                assert child.type != "html_inline" or re.match(r"</?a\b", child.content)
                assert child.type != "link_open" or str(child.attrs["href"]).startswith("#")

    def test_a_copy_in_a_project_renders_the_same(self, tmp_path: Path) -> None:
        """`docgen templates copy` gives a start: what it copies works in the sandbox, too."""
        name = self.plugin.get_template(self.deliverable).name
        found = _Own(self.deliverable.id, self.plugin.__name__).find(name)
        assert found is not None
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(found.text, encoding="utf-8")
        data = self.full()
        copied = render_section(self.plugin, data, folder=tmp_path)
        assert copied == render_section(self.plugin, data)

    def test_each_item_is_the_target_of_its_id_once(self) -> None:
        """What other sections refer to is there, once."""
        markdown = render_section(self.plugin, self.full())
        targets = re.findall(r'<a id="([a-z]+\d+)"></a>', markdown)
        prefixes = {prefix.lower() for prefix, _ in own_prefixes(shape_of(type(self.full())))}
        assert len(targets) == len(set(targets))
        assert {target.rstrip("0123456789") for target in targets} == prefixes

    def test_every_language_has_every_word(self) -> None:
        """No language falls back to English for want of a word."""
        words = self.words()
        assert set(words) == set(self.languages)
        for language, table in words.items():
            assert (language, set(table)) == (language, set(words["en"]))
            assert all(word.strip() for word in table.values())

    def test_the_title_in_english_is_the_title_of_the_deliverable(self) -> None:
        """A run in English shows the title that `docgen deliverables` lists."""
        assert self.words()["en"]["title"] == self.deliverable.title

    def words(self) -> Mapping[str, Mapping[str, str]]:
        """The plugin's words by language."""
        found = PackageSource(self.plugin.__name__, "plugin").find("words.toml")
        assert found is not None
        return read_words(found)


def empty_headings(markdown: str) -> list[str]:
    """The headings with nothing under them.

    Args:
        markdown: A section.
    """
    tokens = parse(markdown)
    empty = []
    for number, token in enumerate(tokens):
        after = tokens[number + 3] if number + 3 < len(tokens) else None
        closes = after is None or (after.type == "heading_open" and after.tag <= token.tag)
        if token.type == "heading_open" and closes:
            empty.append(tokens[number + 1].content)
    return empty


def _layout(markdown: str) -> list[str]:
    return [token.type for token in parse(markdown)]
