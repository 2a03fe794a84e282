"""The process that sets the PDF: in an empty folder, with bounded memory and time.

Reads a request as JSON from standard input, writes `document.pdf` into the current folder and says
on standard output what became of it.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any, Final

__all__ = ["main"]

#: Bytes of address space; threads and fonts count.
_MEMORY: Final = 6 * 2**30
#: Bytes of the file.
_FILE: Final = 2**30
_LINE: Final = re.compile(r"┌─ [^\n]*?:(\d+):\d+$", re.MULTILINE)
_OUTPUT: Final = "document.pdf"


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    _limit(int(request["seconds"]))
    answer = _answer(request)
    json.dump(answer, sys.stdout)


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows: the parent's clock is the only bound there
        return
    for kind, value in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, seconds * 2),
        (resource.RLIMIT_FSIZE, _FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (limit, limit))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    fonts, missing = _choose_fonts(request)
    # Accessible by the standard's own rules where they can be kept: a letter without a font
    # cannot.
    answer = _compile(request, fonts, accessible=not missing)
    if not missing and "lines" in answer:
        answer = _compile(request, fonts, accessible=False)
    return {**answer, "missing": missing}


def _choose_fonts(request: dict[str, Any]) -> tuple[Any, list[str]]:
    """The fonts that come with the typesetter if they do; those of the system take a while."""
    import typst

    paths = list(request["font_paths"])
    own = typst.Fonts(include_system_fonts=False, font_paths=paths)
    missing = _missing(request["characters"], own)
    # The built-in font with Arabic is one for code: its letters hardly join.
    joined = any(unicodedata.bidirectional(x) == "AL" for x in request["characters"])
    if not (missing or joined) and request["font"] in {"", *own.families()}:
        return own, missing
    every = typst.Fonts(include_system_fonts=True, font_paths=paths)
    return every, _missing("".join(missing), every)


def _missing(characters: str, fonts: Any) -> list[str]:  # noqa: ANN401 - untyped
    """Ask for each character on a line of its own, under rules that refuse empty boxes."""
    import typst

    lines = [f'#"\\u{{{ord(character):x}}}";#parbreak();' for character in characters]
    head = '#set document(title: "x")\n#set text(lang: "en")'
    source = "\n".join([head, *lines]).encode()
    try:
        typst.compile(source, root=Path.cwd(), font_paths=fonts, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        first = head.count("\n") + 2
        numbers = {int(found) - first for found in _LINE.findall(error.diagnostic)}
        return [characters[at] for at in sorted(numbers) if 0 <= at < len(characters)]
    return []


def _compile(
    request: dict[str, Any],
    fonts: Any,  # noqa: ANN401 - of the library
    *,
    accessible: bool,
) -> dict[str, Any]:
    import typst

    try:
        made = typst.compile(
            request["source"].encode(),
            root=Path.cwd(),
            font_paths=fonts,
            package_path=Path.cwd(),
            package_cache_path=Path.cwd(),
            pdf_standards=["ua-1"] if accessible else [],
            timestamp=request["timestamp"],
        )
    except typst.TypstError as error:
        lines = sorted({int(found) for found in _LINE.findall(error.diagnostic)})
        return {"lines": lines, "reason": str(error.message)[:500]}
    Path(_OUTPUT).write_bytes(made)
    font = request["font"]
    return {"standard": "ua-1" if accessible else "", "font": not font or font in fonts.families()}


if __name__ == "__main__":
    main()
