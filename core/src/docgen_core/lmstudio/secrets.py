"""Keeps the token out of errors, whatever the server says of it."""

from __future__ import annotations

import re
from typing import Final

from docgen_core.errors import DocgenError

__all__ = ["forget"]

#: Servers quote the beginning of a token they refuse; fewer characters tell nothing.
_TELLING: Final = 6
_MARK: Final = "[redacted]"


def forget(secret: str | None, error: BaseException) -> None:
    """Take a secret, or a beginning of it, out of an error and out of all that led to it.

    Args:
        secret: The token, or None when there is none.
        error: The error; it is changed in place, so that its traceback stays.
    """
    if not secret:
        return
    pattern = re.compile(re.escape(secret[:_TELLING]) + r"\S*")
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        _forget_in(link, pattern)
        link = link.__cause__ or link.__context__


def _forget_in(error: BaseException, pattern: re.Pattern[str]) -> None:
    error.args = tuple(
        pattern.sub(_MARK, part) if isinstance(part, str) else part for part in error.args
    )
    if isinstance(error, DocgenError):
        error.message = pattern.sub(_MARK, error.message)
        error.hint = pattern.sub(_MARK, error.hint)
