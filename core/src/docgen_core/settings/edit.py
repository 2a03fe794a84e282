"""Changes the plugin lists of a settings file and leaves every other character as it is."""

from __future__ import annotations

from collections.abc import MutableMapping, MutableSequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docgen_core.errors import FileError, SettingsError
from docgen_core.settings.sources import CONFIG_NAME, PROJECT_NAME, find_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from tomlkit import TOMLDocument

__all__ = ["file_to_edit", "switch_off", "switch_on"]

_DISABLE: Final = "disable"
_ONLY: Final = "only"


def file_to_edit(start: Path) -> Path:
    """Give the settings file that holds for a folder; a docgen.toml in it, if there is none yet."""
    return find_file(start) or start.absolute() / CONFIG_NAME


def switch_off(path: Path, name: str, same: Callable[[str], bool]) -> bool:
    """Put a plugin on the list `plugins.disable` of a settings file, which may not exist yet.

    Args:
        path: A docgen.toml, or a pyproject.toml whose [tool.docgen] is meant.
        name: What to write.
        same: Whether a name on the list means the same plugin.

    Returns:
        Whether the file was changed.

    Raises:
        SettingsError: the file is not TOML, or `plugins` is not a table of lists.
        FileError: it cannot be read or written.
    """
    document = _read(path)
    names = _names(_plugins(document, path), _DISABLE, path)
    if any(map(same, names)):
        return False
    names.append(name)
    _write(path, document)
    return True


def switch_on(path: Path, name: str, same: Callable[[str], bool]) -> bool:
    """Take a plugin off `plugins.disable`, and put it on `plugins.only` where that list is used.

    Args and errors are those of `switch_off`.

    Returns:
        Whether the file was changed.
    """
    document = _read(path)
    plugins = _plugins(document, path)
    changed = _remove(_names(plugins, _DISABLE, path), same)
    only = _names(plugins, _ONLY, path)
    if only and not any(map(same, only)):
        only.append(name)
        changed = True
    if changed:
        _write(path, document)
    return changed


def _remove(names: MutableSequence[Any], same: Callable[[str], bool]) -> bool:
    unwanted = [index for index, each in enumerate(names) if same(each)]
    for index in reversed(unwanted):
        del names[index]
    return bool(unwanted)


def _read(path: Path) -> TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        return tomlkit.parse(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return tomlkit.document()
    except OSError as error:
        msg = f"cannot read the configuration file {path}: {error.strerror or error}"
        raise FileError(msg, hint="Check the path and its permissions.") from error
    except (ParseError, UnicodeDecodeError) as error:
        raise SettingsError((f"{path}: not valid TOML: {error}",)) from error


def _write(path: Path, document: TOMLDocument) -> None:
    from docgen_core.store.shared import write_shared

    write_shared(path, document.as_string())


def _plugins(document: TOMLDocument, path: Path) -> MutableMapping[str, Any]:
    table: MutableMapping[str, Any] = document
    keys = ("tool", "docgen") if path.name == PROJECT_NAME else ()
    for key in (*keys, "plugins"):
        table = _table(table, key, path)
    return table


def _table(parent: MutableMapping[str, Any], key: str, path: Path) -> MutableMapping[str, Any]:
    import tomlkit

    if key not in parent:
        parent[key] = tomlkit.table()
    found = parent[key]
    if not isinstance(found, MutableMapping):
        raise SettingsError((f"{path}: {key}: expected a table",))
    return found


def _names(plugins: MutableMapping[str, Any], key: str, path: Path) -> MutableSequence[Any]:
    import tomlkit

    if key not in plugins:
        if key == _ONLY:
            return []
        plugins[key] = tomlkit.array()
    found = plugins[key]
    if not isinstance(found, MutableSequence) or not all(isinstance(x, str) for x in found):
        raise SettingsError((f"{path}: plugins.{key}: expected a list of names",))
    return found
