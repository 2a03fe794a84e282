"""The long run, guided by coverage: `python tests/fuzz/fuzz_atheris.py -max_total_time=600`.

One input feeds one of the targets, by its first byte. It needs atheris, which `make fuzz`
installs; what it finds is written to a file `crash-...`, and becomes an example in
`test_fuzz_input.py`.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

# Not among the development requirements, so that its absence is no error of types.
atheris: Any = importlib.import_module("atheris")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
with atheris.instrument_imports(include=["docgen_core", "markdown_it", "mdit_py_plugins"]):
    from fuzz import targets

_TARGETS = 9


def _objects(text: str) -> list[object]:
    try:
        return [json.loads(line) for line in text.splitlines()]
    except (ValueError, RecursionError):
        return []


def one_input(data: bytes) -> None:
    """Give one input to the target that it names."""
    source = atheris.FuzzedDataProvider(data)
    target = source.ConsumeIntInRange(0, _TARGETS)
    places = [source.ConsumeIntInRange(0, 255) for _ in range(source.ConsumeIntInRange(0, 4))]
    rest = source.ConsumeBytes(source.remaining_bytes())
    text = rest.decode("utf-8", "replace")
    if target <= 1:
        targets.event_stream(rest, places)
    elif target <= 3:
        targets.markdown(text)
    elif target == 4:
        targets.settings_file(rest)
    elif target == 5:
        targets.reasoning(text, places)
    elif target == 6:
        targets.cached_answer(rest)
    elif target == 7:
        targets.error_body(rest, 200 + sum(places), text[:40])
    elif target == 8:
        targets.structured(text, cut_off=bool(places))
    else:
        targets.answer(_objects(text))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
