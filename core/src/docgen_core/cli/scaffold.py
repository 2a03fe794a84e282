"""Runs the scaffold for plugins: finds it, checks the answers, and has cookiecutter write it."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from docgen_core.errors import FileError, MissingPluginError, UsageError

__all__ = ["questions", "scaffold_folder", "write_scaffold"]

#: The scaffold in an installed wheel, beside the package; and in the sources, beside `core`.
_INSTALLED: Final = "docgen_scaffold"
_SOURCES: Final = "cookiecutter-deliverable"


def scaffold_folder() -> Path:
    """Find the cookiecutter template that came with docgen.

    Raises:
        FileError: the installation is incomplete.
    """
    room = Path(__file__).resolve().parents[2]
    for folder in (room / _INSTALLED, room.parents[1] / _SOURCES):
        if (folder / "cookiecutter.json").is_file():
            return folder
    raise FileError(
        "the scaffold that belongs to docgen-core is not there",
        hint="Install it again: pip install --force-reinstall docgen-core",
    )


def questions(folder: Path) -> Mapping[str, Any]:
    """Give what the scaffold asks: each key with its default, or the list of its choices."""
    raw = json.loads((folder / "cookiecutter.json").read_text(encoding="utf-8"))
    return {key: value for key, value in raw.items() if not key.startswith("_")}


def write_scaffold(answers: Mapping[str, str], target: Path, *, ask: bool) -> Path:
    """Write the folder of a new plugin.

    Args:
        answers: What is known already, by the keys of `questions`.
        target: The folder in which it is made.
        ask: Whether to ask for the rest on the terminal, instead of taking the defaults.

    Returns:
        The new folder.

    Raises:
        MissingPluginError: cookiecutter is not installed.
        UsageError: an answer cannot be used, or the folder is there already.
        FileError: the folder cannot be written.
    """
    folder = scaffold_folder()
    problems = list(_problems(answers, questions(folder)))
    if problems:
        msg = "; ".join(problems)
        raise UsageError(msg, hint="`docgen new deliverable --help` shows every key.")
    with tempfile.TemporaryDirectory() as private:
        made = _run(folder, dict(answers), Path(private), ask=ask)
        return _put(made, target.absolute() / made.name)


def _put(made: Path, final: Path) -> Path:
    """Move the finished folder to where it belongs, so that a refused one leaves nothing there."""
    import shutil

    if final.exists():
        msg = f"{final} is there already"
        raise UsageError(msg, hint="Choose another id, or another folder with -o.")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, final)
    except OSError as error:
        msg = f"cannot write {final}: {error.strerror or error}"
        raise FileError(msg, hint="Choose another folder with -o.") from error
    return final


def _problems(answers: Mapping[str, str], asked: Mapping[str, Any]) -> Iterator[str]:
    from docgen_core.plugins.policy import suggest

    for key, value in answers.items():
        if key not in asked:
            yield f"unknown key {key!r}{suggest(key, asked)}"
        elif isinstance(asked[key], list) and value not in asked[key]:
            yield f"{key}: got {value!r}, expected one of {', '.join(asked[key])}"


def _run(folder: Path, answers: dict[str, str], private: Path, *, ask: bool) -> Path:
    try:
        from cookiecutter.exceptions import CookiecutterException, FailedHookException
        from cookiecutter.main import cookiecutter
    except ModuleNotFoundError as error:
        msg = f"`docgen new` needs {error.name}, which is not installed"
        raise MissingPluginError(msg, hint='pip install "docgen-core[new]"') from error
    from jinja2 import TemplateError

    # A settings file of its own: cookiecutter would otherwise write a replay into the home folder.
    config = private / "config.yaml"
    config.write_text(
        json.dumps({"replay_dir": str(private), "cookiecutters_dir": str(private)}), "utf-8"
    )
    # It logs a traceback for every refused answer; what the hook said is enough.
    logging.getLogger("cookiecutter").addHandler(logging.NullHandler())
    try:
        made = cookiecutter(
            str(folder),
            no_input=not ask,
            extra_context=answers,
            output_dir=str(private / "made"),
            config_file=str(config),
        )
    except FailedHookException as error:
        msg = "the answers cannot be used; the reasons stand above"
        raise UsageError(msg, hint="Give others, for instance id=risk_log.") from error
    except TemplateError as error:  # an answer of which no name can be made
        msg = f"the answers cannot be used: {error}"
        raise UsageError(msg, hint="Give others, for instance id=risk_log.") from error
    except (CookiecutterException, OSError) as error:
        msg = f"cannot write the new plugin: {error}"
        raise FileError(msg, hint="Choose another folder with -o.") from error
    return Path(made)
