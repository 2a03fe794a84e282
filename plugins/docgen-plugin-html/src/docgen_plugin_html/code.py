"""Code with its parts marked, for the page's style sheet to colour in both themes."""

from __future__ import annotations

from html import escape
from typing import Final

__all__ = ["highlight"]

#: A model writes the code: only lexers that many people use, and no text that would take long.
_LANGUAGES: Final = frozenset(
    """
    bash c c++ console cpp cs csharp css diff docker dockerfile gherkin go graphql html http ini
    java javascript js json kotlin lua makefile php powershell properties ps1 py python python3
    ruby rust scala sh shell sql swift toml ts tsx typescript xml yaml yml zsh
    """.split()  # noqa: SIM905 - as a list literal it would fill a screen
)
_LONGEST: Final = 20_000


def highlight(text: str, language: str) -> str:
    """Write code as HTML.

    Args:
        text: The code.
        language: What its author called its language; one that is not known stays uncoloured.

    Returns:
        Escaped text with `<span class=...>` around keywords, strings, comments and so on.
    """
    if language not in _LANGUAGES or len(text) > _LONGEST:
        return escape(text)
    from pygments import highlight as mark
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    marked: str = mark(text, lexer, HtmlFormatter(nowrap=True))
    return marked.removesuffix("\n")
