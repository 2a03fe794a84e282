"""Follows values through a template: fields that their class does not have, words that are missing.

What cannot be followed is taken to be right; the run itself is strict.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs
from jinja2 import nodes

from docgen_core.templating.kinds import Kind, Many, Record, Words, member

__all__ = ["Slip", "find_slips", "words_asked"]

#: Filters that give a list of what they got.
_KEEPING: Final = frozenset(
    "list reject rejectattr reverse select selectattr sort unique".split()  # noqa: SIM905
)
_PICKING: Final = frozenset({"first", "last", "max", "min", "random"})
#: Filters whose first argument, or whose `attribute`, names a field of the items.
_BY_FIELD: Final = frozenset({"groupby", "map", "rejectattr", "selectattr"})
#: Names that a Python list has.
_LIST_NAMES: Final = frozenset({"count", "index"})

Scope = dict[str, Kind]


@attrs.frozen
class Slip:
    """A name that there is not.

    Attributes:
        line: The line in the template.
        message: What is wrong.
    """

    line: int
    message: str


def find_slips(tree: nodes.Template, variables: Mapping[str, Kind]) -> tuple[Slip, ...]:
    """Find fields and words that a template asks for and that do not exist.

    Args:
        tree: The parsed template.
        variables: What is known of what it sees.
    """
    reader = _Reader()
    reader.statements(tree.body, dict(variables))
    return tuple(reader.slips)


class _Reader:
    """Goes through a template with the kinds of the names in scope."""

    def __init__(self) -> None:
        self.slips: list[Slip] = []

    def statements(self, body: Sequence[nodes.Node], scope: Scope) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: Scope) -> None:
        if isinstance(node, nodes.For):
            self._loop(node, scope)
        elif isinstance(node, nodes.Assign):
            for name, kind in _bound(node.target, self._kind(node.node, scope)).items():
                # Set to one thing here and to another there, it may be either.
                scope[name] = kind if scope.get(name, kind) == kind else None
        elif isinstance(node, nodes.With):
            inner = dict(scope)
            for target, value in zip(node.targets, node.values, strict=True):
                inner.update(_bound(target, self._kind(value, scope)))
            self.statements(node.body, inner)
        elif isinstance(node, nodes.Macro | nodes.CallBlock):
            self.statements(node.body, {**scope, **_unknown(node.args)})
        elif isinstance(node, nodes.AssignBlock):
            self.statements(node.body, dict(scope))
            scope.update(_bound(node.target, None))
        elif isinstance(node, nodes.Expr):
            self._kind(node, scope)
        else:
            # A branch binds names for what follows it, too: `if` has no scope of its own.
            inner = dict(scope) if isinstance(node, nodes.Block | nodes.FilterBlock) else scope
            self.statements(list(node.iter_child_nodes()), inner)

    def _loop(self, node: nodes.For, scope: Scope) -> None:
        items = self._kind(node.iter, scope)
        item = items.item if isinstance(items, Many) else None
        inner = {**scope, "loop": None, **_bound(node.target, item)}
        if node.test is not None:
            self._kind(node.test, inner)
        self.statements(node.body, inner)
        self.statements(node.else_, dict(scope))

    def _kind(self, node: nodes.Node, scope: Scope) -> Kind:
        if isinstance(node, nodes.Name):
            return scope.get(node.name)
        if isinstance(node, nodes.Getattr):
            return self._member(self._kind(node.node, scope), node.attr, node.lineno)
        if isinstance(node, nodes.Getitem):
            return self._item(node, scope)
        if isinstance(node, nodes.Filter):
            return self._filtered(node, scope)
        if isinstance(node, nodes.Test) and node.name in {"defined", "undefined"}:
            return self._kind(_owner(node.node), scope) and None
        kinds = [self._kind(child, scope) for child in node.iter_child_nodes()]
        return kinds[0] if isinstance(node, nodes.Or | nodes.And) else None

    def _item(self, node: nodes.Getitem, scope: Scope) -> Kind:
        base = self._kind(node.node, scope)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._member(base, node.arg.value, node.lineno)
        self._kind(node.arg, scope)
        if isinstance(base, Many):
            return base if isinstance(node.arg, nodes.Slice) else base.item
        return None

    def _filtered(self, node: nodes.Filter, scope: Scope) -> Kind:
        arguments = [*node.args, *(pair.value for pair in node.kwargs)]
        for argument in arguments:
            self._kind(argument, scope)
        if node.node is None:  # the text of a filter block
            return None
        if node.name in {"default", "d"}:
            return self._kind(_owner(node.node), scope) and None
        base = self._kind(node.node, scope)
        if not isinstance(base, Many):
            return None
        item = self._by_field(node, base.item)
        if node.name == "map":
            return Many(item)
        if node.name in _KEEPING:
            return base
        return base.item if node.name in _PICKING else None

    def _by_field(self, node: nodes.Filter, item: Kind) -> Kind:
        """Look at the field that a filter is told to go by; gives what it leads to."""
        given = [pair.value for pair in node.kwargs if pair.key == "attribute"]
        if node.name in _BY_FIELD - {"map"}:
            given += node.args[:1]
        path = given[0].value if given and isinstance(given[0], nodes.Const) else None
        if not isinstance(path, str):
            return None
        for name in path.split("."):
            item = None if name.isdigit() else self._member(item, name, node.lineno)
        return item

    def _member(self, base: Kind, name: str, line: int) -> Kind:
        if isinstance(base, Record) and name in base.names:
            return member(base, name)
        if isinstance(base, Record):
            self._slip(line, f"{base.cls.__name__} has no field {name!r}", name, base.names)
        elif isinstance(base, Words) and name not in base.keys:
            self._slip(line, f"there is no word {name!r} in words.toml", name, base.keys)
        elif isinstance(base, Many) and name not in _LIST_NAMES:
            self.slips.append(Slip(line, f"a list has no field {name!r}; its items may have one"))
        return None

    def _slip(self, line: int, message: str, name: str, known: Collection[str]) -> None:
        close = difflib.get_close_matches(name, sorted(known), n=1)
        hint = f"; did you mean {close[0]!r}?" if close else f"; there are {_listed(known)}"
        self.slips.append(Slip(line, message + hint))


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _owner(node: nodes.Expr) -> nodes.Node:
    """Leave out the last step of `a.b.c`: a template may ask whether that one exists."""
    return node.node if isinstance(node, nodes.Getattr | nodes.Getitem) else node


def _bound(target: nodes.Node, kind: Kind) -> Scope:
    if isinstance(target, nodes.Name):
        return {target.name: kind}
    return _unknown(target.find_all(nodes.Name))


def _unknown(names: Iterator[nodes.Name] | Sequence[nodes.Name]) -> Scope:
    return dict.fromkeys([name.name for name in names])


def words_asked(trees: Iterable[nodes.Template]) -> frozenset[str] | None:
    """Give the keys of all words that templates ask for, or None when some are put together."""
    asked: set[str] = set()
    for tree in trees:
        asked.update(node.attr for node in tree.find_all(nodes.Getattr) if _is_words(node.node))
        for node in tree.find_all(nodes.Getitem):
            if _is_words(node.node) and not isinstance(node.arg, nodes.Const):
                return None
            if _is_words(node.node):
                asked.add(str(node.arg.as_const()))
    return frozenset(asked)


def _is_words(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "words"
