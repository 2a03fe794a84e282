# ruff: noqa: INP001 - a script, not a package
"""Writes the reference tables of docs/ from the code: `python docs/tables.py`.

A page marks the place with `<!-- table: name -->` and `<!-- end -->`; what stands between is
replaced. A test holds the pages equal to what this module gives.
"""

from __future__ import annotations

import enum
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import click

from docgen_core import api, hookspecs
from docgen_core.check import RULES
from docgen_core.cli.commands.generate import generate
from docgen_core.conformance.rules import RULES as CONTRACT
from docgen_core.settings.config import OrchestrationConfig, PluginSettings, keys, rule_of

__all__ = ["PAGES", "TABLES", "filled"]

DOCS = Path(__file__).parent
PAGES = ("check.md", "configuration.md", "exporters.md", "hooks.md", "testing-plugins.md")

#: Options of `docgen generate` whose parameter is not called as the setting is.
_PARAMETERS = {
    "model": "models",
    "fallback_models": "models",
    "merge": "no_merge",
    "toc": "no_toc",
    "plugins.strict": "strict",
    "plugins.no_plugins": "no_plugins",
}
#: A setting's option that does more than one thing.
_REMARKS = {"fallback_models": " (again)", "enable_logging": "", "log_level": ""}
_GROUPS = (
    (
        "What a deliverable is",
        ("Deliverable", "Generation", "Instructions", "TemplateRef", "SectionForm", "Part"),
    ),
    ("Markers of a schema class's fields", ("Field", "Identity", "Reference")),
    ("What hooks are given", ("HookContext", "Brief", "InputResult")),
    (
        "What passes from answer to document",
        ("Draft", "Section", "Document", "OutlineEntry", "SectionFacts", "RunReport"),
    ),
    ("Further", ("ServerOptions", "Usage")),
)


def settings_table() -> str:
    """One line for each key of docgen.toml."""
    rows = [
        "| key in docgen.toml | variable | option | default | accepts | meaning |",
        "|---|---|---|---|---|---|",
    ]
    for prefix, cls in (("", OrchestrationConfig), ("plugins.", PluginSettings)):
        for key, field in keys(cls):
            rule = rule_of(field, read=True)
            cells = (
                f"`{prefix}{key}`" if prefix + key != "plugins.no_plugins" else "-",
                f"`DOCGEN_{field.metadata['env']}`",
                _option(prefix + key),
                _toml(field.default),
                rule.expected if rule else "",
                field.metadata["help"],
            )
            rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def _option(key: str) -> str:
    if key in {"enable_logging", "log_level"}:
        return "`-v`"
    named = {option.name: option for option in generate.params if isinstance(option, click.Option)}
    common = {
        "strict": "--strict-plugins",
        "no_plugins": "--no-plugins",
        "plugins.disable": "--disable-plugin",
        "plugins.only": "--only-plugin",
    }
    parameter = _PARAMETERS.get(key, key)
    if parameter in common:
        return f"`{common[parameter]}`"
    option = named.get(parameter)
    return "-" if option is None else f"`{option.opts[-1]}`{_REMARKS.get(key, '')}"


def _toml(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, enum.Enum):
        value = value.value
    return f"`{json.dumps(list(value) if isinstance(value, tuple) else value)}`"


def hook_reference() -> str:
    """Signature, rules and example of each hook, from its docstring."""
    return "\n\n".join(_hook(name) for name in (*_ORDER, *_newer()))


#: The order in which a run calls them.
_ORDER = ("get_deliverables", "get_instructions", "get_template", "postprocess", "merge_section")


def _newer() -> Iterator[str]:
    return (name for name in hookspecs.__all__ if name not in _ORDER)


def _hook(name: str) -> str:
    function = getattr(hookspecs, name)
    summary, _, rest = inspect.getdoc(function).partition("\n\n")  # type: ignore[union-attr] # each has one
    rules, _, example = rest.partition("Example:\n")
    signature = inspect.signature(function)
    lines = [f"### {name}", "", f"`{name}{signature}`".replace("'", ""), "", summary, ""]
    lines += ["| | |", "|---|---|"]
    for label, text in re.findall(r"^(\w+): (.*?)(?=^\w+: |\Z)", rules, re.MULTILINE | re.DOTALL):
        lines.append(f"| **{label}** | {' '.join(text.split()).replace('|', chr(92) + '|')} |")
    return "\n".join([*lines, "", "```pycon", textwrap.dedent(example).strip(), "```"])


def data_classes() -> str:
    """The data classes of the plugin interface, with their fields."""
    parts = []
    for title, names in _GROUPS:
        parts.append(f"### {title}")
        parts += [_data_class(getattr(api, name)) for name in names]
    return "\n\n".join(parts)


def _data_class(cls: type[Any]) -> str:
    text = inspect.getdoc(cls) or ""
    told = dict(_attributes(text))
    rows = [
        f"| `{field.alias}` | `{_type(field.type)}` | {_default(field)} | {told[field.name]} |"
        for field in attrs.fields(cls)
    ]
    head = f"**`{cls.__name__}`**: {text.partition(chr(10) * 2)[0]}"
    return "\n".join([head, "", "| field | type | default | meaning |", "|---|---|---|---|", *rows])


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    section = text.partition("Attributes:\n")[2]
    section = re.split(r"\n(?=\S)", section)[0]
    for name, told in re.findall(
        r"^    (\w+): (.*?)(?=^    \w+: |\Z)", section, re.MULTILINE | re.DOTALL
    ):
        yield name, " ".join(told.split())


def _type(annotation: object) -> str:
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return str(text).replace("|", "\\|")


def _default(field: attrs.Attribute[Any]) -> str:
    if field.default is attrs.NOTHING:
        return "must be given"
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type] # a class at run time
        return "`{}`" if "Mapping" in str(field.type) else f"`{_type(field.type)}()`"
    return f"`{field.default!r}`"


def node_table() -> str:
    """The nodes that exporters are given."""
    rows = ["| node | fields | meaning |", "|---|---|---|"]
    for name in _NODES:
        cls = getattr(api.nodes, name)
        fields = ", ".join(f"`{field.name}`" for field in attrs.fields(cls))
        meaning = (inspect.getdoc(cls) or "").partition("\n\n")[0].replace("\n", " ")
        rows.append(f"| `{name}` | {fields} | {meaning} |")
    return "\n".join(rows)


_NODES = (
    "Content", "Heading", "Paragraph", "List", "ListItem", "Quote", "Code", "Table", "Rule",
    "Footnote", "Text", "InlineCode", "Span", "Link", "CrossReference", "Anchor", "FootnoteMark",
    "LineBreak", "Diagram", "CodePart",
)  # fmt: skip


def check_table() -> str:
    """One line for each thing that `docgen check` finds."""
    rows = ["| code | severity | when | what to do |", "|---|---|---|---|"]
    for code, rule in RULES.items():
        cells = (f"`{code}`", rule.severity.value, rule.meaning, rule.advice)
        # What looks like a tag is one to a viewer of the page.
        rows.append(f"| {' | '.join(cells)} |".replace("<name>", "`<name>`"))
    return "\n".join(rows)


def contract_table() -> str:
    """One line for each rule of the contract of plugins."""
    rows = ["| code | fault | what to do |", "|---|---|---|"]
    for code, rule in CONTRACT.items():
        cells = (f"`{code}`", rule.broken, rule.hint)
        text = f"| {' | '.join(cells)} |"
        rows.append(re.sub(r"(?<!`)<(\w+)>", r"`<\1>`", text))
    return "\n".join(rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "settings": settings_table,
    "hooks": hook_reference,
    "data": data_classes,
    "nodes": node_table,
    "checks": check_table,
    "rules": contract_table,
}


def filled(text: str) -> str:
    """Give a page's text with its tables written anew."""

    def table(match: re.Match[str]) -> str:
        return f"<!-- table: {match[1]} -->\n\n{TABLES[match[1]]()}\n\n<!-- end -->"

    return re.sub(r"<!-- table: (\w+) -->.*?<!-- end -->", table, text, flags=re.DOTALL)


def _write(names: Iterable[str]) -> None:
    for name in names:
        page = DOCS / name
        page.write_text(filled(page.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    _write(PAGES)
