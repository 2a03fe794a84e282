"""Makes an object of the schema class out of an answer, and plain data out of the object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs

from docgen_core.structure.derive import Ids
from docgen_core.structure.mend import Problem, mend
from docgen_core.structure.reading import read_json
from docgen_core.structure.slots import Shape

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["Built", "build", "dump", "load", "read_answer", "to_text"]


@attrs.frozen(kw_only=True)
class Built:
    """What became of an answer.

    Attributes:
        data: The object; None when something is wrong.
        value: The fields that are in order, as plain JSON data.
        problems: What is wrong, with paths.
        notes: What was put right, one phrase each.
        found: Whether there was any JSON.
    """

    data: Any = None
    value: dict[str, Any] = attrs.field(factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    found: bool = True


def read_answer(
    text: str, shape: Shape, ids: Ids, *, cut: bool = False, scale: float = 1.0
) -> Built:
    """Read an answer, mend it and structure it.

    Args:
        text: The answer.
        shape: The schema class, as `shape_of` or `with_counts` gives it.
        ids: The ids that exist, by prefix.
        cut: Whether the answer ended at its token limit.
        scale: By how much the asked texts were shorter than the class allows.
    """
    reading = read_json(text, cut=cut)
    if reading.value is None:
        problem = Problem(path="the answer", text="is not a JSON object")
        return Built(problems=(problem,), found=False)
    built = build(reading.value, shape, ids, scale=scale)
    return attrs.evolve(built, notes=(*reading.notes, *built.notes))


def build(value: object, shape: Shape, ids: Ids, *, scale: float = 1.0) -> Built:
    """Mend JSON data and structure it; every problem is reported with its path.

    Args:
        value: What the JSON held.
        shape: The schema class, as `shape_of` or `with_counts` gives it.
        ids: The ids that exist, by prefix.
        scale: By how much the asked texts were shorter than the class allows.
    """
    mended = mend(value, shape, ids, scale=scale)
    if mended.problems:
        return Built(value=mended.value, problems=mended.problems, notes=mended.notes)
    data, problems = _structured(mended.value, shape.cls)
    return Built(data=data, value=mended.value, problems=problems, notes=mended.notes)


def dump(data: Any) -> dict[str, Any]:  # noqa: ANN401 - an object of a plugin's class
    """Structured data as plain JSON data, ids included."""
    plain: dict[str, Any] = json.loads(to_text(data))
    return plain


def to_text(data: Any) -> str:  # noqa: ANN401 - an object of a plugin's class
    """Structured data as JSON text, always the same for the same data."""
    return json.dumps(attrs.asdict(data), ensure_ascii=False, indent=1)


def load(plain: object, cls: type[Any]) -> Any:  # noqa: ANN401 - an object of the class
    """Make the object again from what `dump` gave.

    Raises:
        ValueError: it does not fit the class, for instance after an upgrade of the plugin.
    """
    data, problems = _structured(plain, cls)
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    return data


def _structured(value: object, cls: type[Any]) -> tuple[Any, tuple[Problem, ...]]:
    from cattrs import BaseValidationError, transform_error

    try:
        return _converter().structure(value, cls), ()
    except BaseValidationError as error:
        lines = (line.rpartition(" @ ") for line in transform_error(error, path=""))
        return None, tuple(
            Problem(path=path.lstrip(".") or "the answer", text=text) for text, _, path in lines
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        return None, (Problem(path="the answer", text=str(error)),)


def _converter() -> Converter:
    from cattrs import Converter

    converter = Converter(forbid_extra_keys=True)
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly)
    return converter


def _exactly(value: Any, kind: type[Any]) -> Any:  # noqa: ANN401 - cattrs gives anything
    if type(value) is not kind:
        msg = f"must be {kind.__name__}, not {type(value).__name__}"
        raise TypeError(msg)
    return value
