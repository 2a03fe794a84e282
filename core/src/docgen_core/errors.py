r"""Every error that docgen raises on purpose, in one tree.

    DocgenError                      exit code 1, never raised itself
    ├── UsageError                   2  a wrong argument, brief or combination
    │   ├── SettingsError            2  all problems of all settings sources at once
    │   ├── UnknownDeliverableError  2  no installed plugin offers the id
    │   └── PlanError                2  the deliverables form a cycle
    ├── PluginError                  3  a plugin that is needed cannot be used
    │   ├── PluginLoadError          3  it failed to import or register
    │   ├── PluginIncompatibleError  3  it was written for another hook API
    │   ├── PluginConflictError      3  two distributions offer one id
    │   ├── MissingPluginError       3  nothing installed offers what was asked for
    │   ├── LockError                3  what is installed is not what docgen.lock says
    │   ├── HookError                3  a hook raised, hung or returned the wrong thing
    │   └── TemplateError            3  a template is missing, malformed or undefined
    ├── ServerError                  4  the model server, or the way to it
    │   ├── ConnectError             4  nothing answers at the address
    │   ├── AuthError                4  401 or 403
    │   ├── NoModelError             4  no model can answer
    │   └── GenerationError          5  one completion failed; the rest of the run goes on
    │       ├── ContextLengthError   5  prompt and answer do not fit the context
    │       └── StructureError       5  no answer could be brought into the wanted structure
    ├── FileError                    6  a file could not be read or written
    └── Interrupted                130  the user stopped the run

Each message says what happened and where; `hint` says what to do next. Catch `DocgenError` to
catch them all:

    try:
        engine.orchestrate(brief, ["glossary"])
    except DocgenError as error:
        print(error, error.hint, sep="\n")
"""

from __future__ import annotations

import enum
from typing import ClassVar

__all__ = [
    "AuthError",
    "ConnectError",
    "ContextLengthError",
    "DocgenError",
    "FileError",
    "GenerationError",
    "HookError",
    "Interrupted",
    "LockError",
    "MissingPluginError",
    "NoModelError",
    "PlanError",
    "PluginConflictError",
    "PluginError",
    "PluginIncompatibleError",
    "PluginLoadError",
    "Retry",
    "ServerError",
    "SettingsError",
    "StructureError",
    "TemplateError",
    "UnknownDeliverableError",
    "UsageError",
]


class DocgenError(Exception):
    """The root: a message for people, a hint for what to do next, and an exit code.

    Args:
        message: What happened and where, without a trailing full stop.
        hint: What to do next, as a whole sentence; empty when there is nothing to do.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class UsageError(DocgenError):
    """The caller asked for something that cannot be done as asked."""

    exit_code = 2


class SettingsError(UsageError):
    """One or more settings are wrong; `problems` holds a line for each."""

    def __init__(self, problems: tuple[str, ...], *, hint: str = "") -> None:
        count = len(problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__(f"{count} {noun} in the settings:\n  " + "\n  ".join(problems), hint=hint)
        self.problems = problems


class UnknownDeliverableError(UsageError):
    """A deliverable id that no installed plugin offers."""


class PlanError(UsageError):
    """The needs of the deliverables cannot be put in an order."""


class PluginError(DocgenError):
    """A plugin that the run needs cannot be used."""

    exit_code = 3


class PluginLoadError(PluginError):
    """A plugin failed to import or to register its hooks."""


class PluginIncompatibleError(PluginError):
    """A plugin was written for a hook API that this core does not speak."""


class PluginConflictError(PluginError):
    """Two distributions offer the same id and nothing decides between them."""


class MissingPluginError(PluginError):
    """No installed distribution offers the format, server or deliverable that was asked for."""


class LockError(PluginError):
    """What is installed differs from docgen.lock; `problems` holds a line for each difference."""

    def __init__(self, problems: tuple[str, ...], *, hint: str = "") -> None:
        count = len(problems)
        noun = "difference" if count == 1 else "differences"
        message = f"{count} {noun} from docgen.lock:\n  " + "\n  ".join(problems)
        super().__init__(message, hint=hint)
        self.problems = problems


class HookError(PluginError):
    """A hook raised, took too long, or returned something of the wrong type."""


class TemplateError(PluginError):
    """A template is missing, has a syntax error or uses an undefined variable."""


class Retry(enum.Enum):
    """What a failed request calls for next."""

    #: The same request would fail again.
    NEVER = "never"
    #: A passing fault: try again after a short, growing pause.
    SOON = "soon"
    #: The server is busy or says when to come back: try again after a longer pause.
    LATER = "later"
    #: Perhaps another request's fault (a shared context overflowed): try again alone.
    ALONE = "alone"
    #: The answer was unusable (empty, repeating): try again with other sampling.
    RESAMPLE = "resample"


class ServerError(DocgenError):
    """The model server cannot be used.

    Args:
        message: What happened and at which address.
        hint: What to do next.
        retry: Whether the same request may succeed later.
        retry_after: Seconds that the server asked to wait, or None.

    Attributes:
        attempts: How many requests were made before this error ended them; 0 when not counted.
    """

    exit_code = 4
    attempts = 0

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        retry: Retry = Retry.NEVER,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry = retry
        self.retry_after = retry_after


class ConnectError(ServerError):
    """Nothing usable answers at the configured address."""


class AuthError(ServerError):
    """The server refused the request for want of a valid token (HTTP 401 or 403)."""


class NoModelError(ServerError):
    """The server has no model that can answer."""


class GenerationError(ServerError):
    """One completion failed: the server reported an error, or its answer cannot be used."""

    exit_code = 5


class ContextLengthError(GenerationError):
    """The prompt and the room for the answer do not fit the model's context."""


class StructureError(GenerationError):
    """No answer could be brought into the structure that the deliverable asks for."""


class FileError(DocgenError):
    """A file or folder could not be read or written."""

    exit_code = 6


class Interrupted(DocgenError):  # noqa: N818 - not a fault: the user asked for it
    """The user stopped the run; what was finished is kept."""

    exit_code = 130
