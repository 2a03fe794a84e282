"""Tells the parts of a block of code apart, so that exporters can colour them.

The work is Pygments', which the exporters that colour depend on; without it code is one plain part.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Final

from docgen_core.nodes import Code, CodeKind, CodePart

__all__ = ["code_parts"]

#: A model writes the code: only lexers that many people use, and no text that would take long.
_LANGUAGES: Final = frozenset(
    """
    bash c c++ console cpp cs csharp css diff docker dockerfile gherkin go graphql html http ini
    java javascript js json kotlin lua makefile php powershell properties ps1 py python python3
    ruby rust scala sh shell sql swift toml ts tsx typescript xml yaml yml zsh
    """.split()  # noqa: SIM905 - as a list literal it would fill a screen
)
_LONGEST: Final = 20_000
#: The kinds by the library's names of tokens; what is not here counts as what it is a kind of.
_KINDS: Final[Mapping[tuple[str, ...], CodeKind]] = MappingProxyType(
    {
        ("Comment",): "comment",
        ("Generic", "Deleted"): "removed",
        ("Generic", "Heading"): "keyword",
        ("Generic", "Inserted"): "added",
        ("Generic", "Subheading"): "keyword",
        ("Keyword",): "keyword",
        ("Literal", "Number"): "number",
        ("Literal", "String"): "string",
        ("Literal", "String", "Doc"): "comment",
        ("Name", "Attribute"): "known",
        ("Name", "Builtin"): "known",
        ("Name", "Class"): "name",
        ("Name", "Constant"): "known",
        ("Name", "Decorator"): "name",
        ("Name", "Exception"): "name",
        ("Name", "Function"): "name",
        ("Name", "Tag"): "name",
        ("Name", "Variable"): "known",
        ("Operator", "Word"): "keyword",
    }
)


def code_parts(code: Code) -> tuple[CodePart, ...]:
    """Split code into its parts; joined they are the text again.

    Args:
        code: The block; a language that is not known gives one plain part.
    """
    parts = _parts(code) if code.language in _LANGUAGES and len(code.text) <= _LONGEST else ()
    # Some lexers change line endings; an exporter must lose no letter.
    if "".join(part.text for part in parts) == code.text:
        return parts
    return (CodePart(text=code.text),)


def _parts(code: Code) -> tuple[CodePart, ...]:
    try:
        from pygments.lexers import get_lexer_by_name
    except ImportError:
        return ()
    # Some lexers know a line by its end: the last one gets an end here, too.
    tokens = list(get_lexer_by_name(code.language, stripnl=False).get_tokens(f"{code.text}\n"))
    if tokens:
        kind, text = tokens[-1]
        tokens[-1] = (kind, text.removesuffix("\n"))
    kinds = ((_kind(token, text), text) for token, text in tokens if text)
    return tuple(
        CodePart(kind=kind, text="".join(text for _, text in group))
        for kind, group in groupby(kinds, key=itemgetter(0))
    )


def _kind(token: tuple[str, ...], text: str) -> CodeKind:
    if text.isspace():
        return ""
    names = tuple(token)
    found = (_KINDS.get(names[:length]) for length in range(len(names), 0, -1))
    return next(filter(None, found), "")
