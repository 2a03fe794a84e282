"""A good exporter, and faults to plant in it: at least one for each rule about exports."""

from __future__ import annotations

from typing import Final

import attrs
from support.plugin_project import PYPROJECT

__all__ = ["EXPORTER", "EXPORT_PLANTS", "PROJECT", "ExportPlant"]

#: The module of the exporter.
EXPORTER: Final = "src/acme_text/__init__.py"

_WRITES: Final = (
    '        target.write_text("\\n".join(lines), encoding="utf-8", errors="replace")\n'
)
_SUFFIX: Final = '    suffix = ".txt"\n'
_DEF: Final = "    def export(self, document, target):\n"
_READS: Final = "        content = read_document(document)\n"
_HEAD: Final = f"{_DEF}{_READS}"

#: Its project: it breaks no rule.
PROJECT: Final = {
    PYPROJECT: """
[project]
name = "acme-text"
version = "1.2"
dependencies = ["docgen-core>=0.1,<1"]

[project.entry-points."docgen.exporters"]
txt = "acme_text:exporter"
""",
    EXPORTER: f'''"""Plain text."""

from __future__ import annotations

import tempfile
from pathlib import Path

from docgen_core.api import nodes, read_document


class TextExporter:
    """What the paragraphs say."""

{_SUFFIX}
{_HEAD}        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "draft").write_text("on the way")
        texts = (block for block in content.body if isinstance(block, nodes.Paragraph))
        lines = [nodes.plain_text(block.children) for block in texts]
{_WRITES}        return ("one sentence",)


exporter = TextExporter()
''',
}


@attrs.frozen
class ExportPlant:
    """A fault: the rule that it breaks, and the piece of the exporter that it replaces.

    Attributes:
        code: The rule.
        old: The piece.
        new: What stands there instead, one line of it marked HERE.
        at: The file that is named instead of a marked line.
        seconds: How long a hook may take.
    """

    code: str
    old: str
    new: str
    at: str = ""
    seconds: float = 10.0


def _method(code: str, line: str, *, stays: bool = True, seconds: float = 10.0) -> ExportPlant:
    """A fault that is told at the method: a line after, or instead of, the writing."""
    body = f"        {line}\n" if stays else f"        {line}\n        return None\n"
    return ExportPlant(code, _HEAD, f"{_DEF.rstrip()}  # HERE\n{body}{_READS}", seconds=seconds)


def _line(code: str, line: str) -> ExportPlant:
    """A fault that is told at its own line."""
    return ExportPlant(code, _WRITES, f"        {line}  # HERE\n{_WRITES}")


EXPORT_PLANTS: Final = {
    "no ending": ExportPlant("DG801", _SUFFIX, '    suffix = "txt"\n', at=PYPROJECT),
    "settings that are no attrs class": ExportPlant(
        "DG801", _SUFFIX, f"{_SUFFIX}    settings = dict\n", at=PYPROJECT
    ),
    "an error": _line("DG802", "raise ValueError('no')"),
    "an error on harm alone": _line("DG802", "assert 'script' not in document.title"),
    "an exit": _line("DG802", "raise SystemExit(0)"),
    "no file": _method("DG803", "pass", stays=False),
    "a link": _method(
        "DG803",
        "open(str(target) + '~', 'w').close(); target.symlink_to(str(target) + '~')",
        stays=False,
    ),
    "a file beside the settings": _line("DG804", "open('notes.txt', 'w').close()"),
    "a file in the home folder": _line("DG804", "(Path.home() / '.acme-text').write_text('x')"),
    "a folder elsewhere": _line("DG804", "Path('/srv/acme-text').mkdir()"),
    "a file beside the target": _method("DG805", "target.with_name('log').write_text('x')"),
    "a temporary folder that stays": _method("DG805", "tempfile.mkdtemp()"),
    "a random id": _method(
        "DG806", "import uuid; target.write_text(str(uuid.uuid4()))", stays=False
    ),
    "the order of a set": _method(
        "DG806",
        "words = set('a b c d e f g h i j k'.split()); target.write_text(' '.join(words))",
        stays=False,
    ),
    "an endless loop": _method("DG807", "import time; time.sleep(60)", seconds=0.2),
    "a connection": _line("DG808", "__import__('socket').create_connection(('127.0.0.1', 9))"),
    "a text instead of sentences": _method("DG809", "target.write_text('x'); return 'done'"),
    "os._exit": _method("DG612", "__import__('os')._exit(0)"),
}
