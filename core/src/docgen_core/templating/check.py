"""Reads templates without running them: what they refer to, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final, cast

import attrs

from docgen_core.templating.engine import Fault, parse

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

    from docgen_core.templating.sources import Found

__all__ = ["SECTION_VARIABLES", "Closure", "Problem", "check_template", "close_over"]

#: What the template of a section sees.
SECTION_VARIABLES: Final = ("deliverable", "draft", "data", "layout", "context", "words")


@attrs.frozen(kw_only=True, order=True)
class Problem:
    """One thing that is wrong with a template.

    Attributes:
        file: The template file.
        line: The line in it, from 1, or 0 when it concerns the whole file.
        message: What is wrong.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return str(Fault(message=self.message, file=self.file, line=self.line))


@attrs.frozen(kw_only=True)
class Closure:
    """A template and everything that it may include, import or extend.

    Attributes:
        templates: The templates by name.
        trees: The parsed ones by name.
        faults: Those that cannot be compiled.
        computed: Whether some name is known only when it runs.
    """

    templates: Mapping[str, Found]
    trees: Mapping[str, nodes.Template]
    faults: tuple[Fault, ...]
    computed: bool


def close_over(reader: Environment, name: str, find: Callable[[str], Found | None]) -> Closure:
    """Find every template that rendering `name` may load."""
    from jinja2 import meta

    waiting, computed = [name], False
    templates: dict[str, Found] = {}
    trees: dict[str, nodes.Template] = {}
    faults: list[Fault] = []
    while waiting:
        found = find(waiting.pop())
        if found is None or found.name in templates:
            continue
        templates[found.name] = found
        tree = parse(reader, found)
        if isinstance(tree, Fault):
            faults.append(tree)
            continue
        trees[found.name] = tree
        for reference in meta.find_referenced_templates(tree):
            computed = computed or reference is None
            waiting.extend([] if reference is None else [reference])
    return Closure(templates=templates, trees=trees, faults=tuple(faults), computed=computed)


def check_template(name: str, closure: Closure, known: Collection[str]) -> tuple[Problem, ...]:
    """Give what is wrong with a template and with all that it refers to, in order of place.

    Args:
        name: The template.
        closure: It, and what it refers to.
        known: The variables that it will see.
    """
    problems = {Problem(file=f.file, line=f.line, message=f.message) for f in closure.faults}
    for own_name, tree in closure.trees.items():
        path = closure.templates[own_name].path
        problems.update(_missing_references(tree, path, closure))
        # What an included file sees also depends on where it is included.
        if own_name == name:
            problems.update(_unknown_variables(tree, path, known))
    return tuple(sorted(problems))


def _missing_references(tree: nodes.Template, path: str, closure: Closure) -> Iterator[Problem]:
    from jinja2 import nodes

    kinds = (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)
    for node in tree.find_all(kinds):
        optional = isinstance(node, nodes.Include) and node.ignore_missing
        wanted = cast("nodes.Include", node).template  # all four kinds have one
        if optional or not isinstance(wanted, nodes.Const) or not isinstance(wanted.value, str):
            continue
        if wanted.value not in closure.templates:
            message = f"there is no template {wanted.value!r}"
            yield Problem(file=path, line=node.lineno, message=message)


def _unknown_variables(
    tree: nodes.Template, path: str, known: Collection[str]
) -> Iterator[Problem]:
    from jinja2 import meta, nodes

    unknown = meta.find_undeclared_variables(tree) - set(known)
    lines: dict[str, int] = {}
    for node in tree.find_all(nodes.Name):
        if node.name in unknown and node.ctx == "load":
            lines.setdefault(node.name, node.lineno)
    seen = ", ".join(sorted(known))
    for name in unknown:
        message = f"{name!r} is undefined; the template sees {seen}"
        yield Problem(file=path, line=lines.get(name, 0), message=message)
