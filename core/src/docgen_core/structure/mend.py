"""Puts right in an answer's data what needs no model: wrong types, too long, unknown, misspelt.

Nothing is invented: a text that is not there stays missing, and is reported with its path.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import attrs

from docgen_core.plain import clean
from docgen_core.structure.derive import Ids, longest
from docgen_core.structure.slots import Shape, Slot

__all__ = ["Mended", "Problem", "mend"]

_ID: Final = re.compile(r"\b([A-Za-z]{1,3})-?(\d{1,4})\b")
_WHOLE: Final = re.compile(r"-?\d{1,12}")
_BULLET: Final = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_DAMAGE: Final = re.compile("[\ufffd\ufeff\ud800-\udfff]")
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s|$)|[\u3002\uff01\uff1f]")
_YES, _NO = frozenset({"true", "yes", "1", "ja", "oui"}), frozenset({"false", "no", "0", "nein"})
_MISSING: Final = object()


@attrs.frozen(kw_only=True)
class Problem:
    """What is wrong with an answer.

    Attributes:
        path: Where, for instance `cases[0].name`.
        text: What, as a phrase.
    """

    path: str
    text: str

    @property
    def field(self) -> str:
        """The top-level field that it lies in."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


@attrs.frozen(kw_only=True)
class Mended:
    """Data after mending.

    Attributes:
        value: The fields that are in order, as plain JSON data.
        problems: What is left.
        notes: What was changed, one phrase each.
    """

    value: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def mend(value: object, shape: Shape, ids: Ids, *, scale: float = 1.0) -> Mended:
    """Bring an answer's data into the form of a schema class, as far as that is possible.

    Args:
        value: What the JSON held.
        shape: The class.
        ids: The ids that exist, by prefix.
        scale: By how much the asked texts were shorter than the class allows. A text that is
            exactly as long as was allowed was broken off there.
    """
    mender = _Mender(ids, scale)
    mended = mender.group(_unwrapped(value, shape), shape, "")
    notes = tuple(
        note if count == 1 else f"{note} ({count} times)" for note, count in mender.notes.items()
    )
    return Mended(value=mended, problems=tuple(mender.problems), notes=notes)


def _unwrapped(value: object, shape: Shape) -> object:
    """The object itself, where a model put it into a list or under a name of its own."""
    names = {slot.name for slot in shape.slots}
    if isinstance(value, list):
        lists = [slot for slot in shape.slots if slot.many and slot.kind == "group"]
        known = [item for item in value if isinstance(item, dict) and names & item.keys()]
        if known:
            return known[0]
        return {lists[0].name: value} if len(lists) == 1 else value
    if isinstance(value, dict) and len(value) == 1:
        (inner,) = value.values()
        if isinstance(inner, dict) and not names & value.keys() and names & inner.keys():
            return inner
    return value


class _Mender:
    def __init__(self, ids: Ids, scale: float) -> None:
        self.problems: list[Problem] = []
        self.notes: Counter[str] = Counter()
        self._ids = ids
        self._scale = scale

    def group(self, value: object, shape: Shape, path: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            value = self._as_group(value, shape, path)
        known = {_bare(key): item for key, item in value.items() if isinstance(key, str)}
        fields = {slot.name for slot in shape.slots if slot.kind != "identity"}
        unknown = known.keys() - {_bare(name) for name in fields}
        self.notes.update(f"the unknown field {name!r} was dropped" for name in sorted(unknown)[:5])
        mended: dict[str, Any] = {}
        for slot in shape.slots:
            if slot.kind == "identity":
                continue
            where = f"{path}.{slot.name}" if path else slot.name
            found = value.get(slot.name, known.get(_bare(slot.name), _MISSING))
            result = self.slot(found, slot, where)
            if result is not _MISSING:
                mended[slot.name] = result
        return mended

    def _as_group(self, value: object, shape: Shape, path: str) -> Mapping[str, Any]:
        """What stands where an object should: its one text, if the class has one that is needed."""
        texts = [x for x in shape.slots if x.kind == "text" and not x.many and not x.optional]
        if isinstance(value, str) and value.strip() and texts:
            self.notes[f"a text was taken as {texts[0].name!r}"] += 1
            return {texts[0].name: value}
        self._problem(path or "the answer", "must be an object")
        return {}

    def slot(self, value: object, slot: Slot, path: str) -> Any:  # noqa: ANN401 - JSON
        if value is None or (isinstance(value, str) and not value.strip()):
            value = _MISSING
        if value is _MISSING and not slot.many:
            return self._absent(slot, path)
        result = self.many(value, slot, path) if slot.many else self.one(value, slot, path)
        return self._absent(slot, path) if result is _MISSING else result

    def _absent(self, slot: Slot, path: str) -> Any:  # noqa: ANN401 - the marker
        if not slot.optional and not any(each.path.startswith(path) for each in self.problems):
            self._problem(path, "is missing or empty")
        return _MISSING

    def many(self, value: object, slot: Slot, path: str) -> Any:  # noqa: ANN401 - JSON
        items = _as_list(value, slot)
        kept: list[Any] = []
        again: list[Any] = []
        spoilt: list[Problem] = []
        for number, item in enumerate(items):
            before = len(self.problems)
            one = self.one(item, slot, f"{path}[{number}]")
            found = self.problems[before:]
            del self.problems[before:]
            if found or one is _MISSING:
                spoilt += found
            else:
                (again if one in kept else kept).append(one)
        # The same item twice says nothing new, but is no reason to ask again.
        kept += again[: max(0, (slot.least or 0) - len(kept))]
        most = slot.most or 0
        if len(kept) > most:
            self.notes[f"{slot.name}: items beyond the first {most} were dropped"] += 1
            kept = kept[:most]
        if len(kept) < (slot.least or 0) and not (slot.kind == "reference" or slot.optional):
            self.problems += spoilt
            self._problem(path, f"needs {slot.least} items or more, has {len(kept)}")
            return _MISSING
        if spoilt:
            self.notes[f"{slot.name}: items that are not in order were dropped"] += 1
        return kept

    def one(self, value: object, slot: Slot, path: str) -> Any:  # noqa: ANN401 - JSON
        if slot.kind == "group" and slot.shape is not None:
            return self.group(value, slot.shape, path)
        reader = getattr(self, slot.kind)
        result = reader(value, slot)
        if result is _MISSING and slot.kind != "reference" and not _blank(value):
            self._problem(path, _wanted(slot))
        return result

    def text(self, value: object, slot: Slot) -> Any:  # noqa: ANN401 - a text or the marker
        raw = _as_text(value, "\n" if slot.lines else "; ")
        text = clean(_DAMAGE.sub("", raw))
        text = text.strip() if slot.lines else " ".join(text.split())
        if not text:
            return _MISSING
        if text != raw and len(text) < len(" ".join(raw.split())):
            self.notes[f"{slot.name}: damaged characters were removed"] += 1
        if len(text) >= slot.limit:
            text = _clipped(text, slot.limit)
            self.notes[f"{slot.name}: shortened to {slot.limit} characters"] += 1
        elif len(raw) == longest(slot, self._scale) and not _whole(text):
            text = _clipped(text, len(raw))
        return text

    def whole(self, value: object, slot: Slot) -> Any:  # noqa: ANN401 - a number or the marker
        if isinstance(value, bool):
            return _MISSING
        if isinstance(value, float):
            value = str(int(value)) if value.is_integer() else str(value).partition(".")[0]
        found = _WHOLE.search(str(value)) if isinstance(value, int | str) else None
        if found is None:
            return _MISSING
        number = int(found[0])
        fitted = number if slot.least is None else max(number, slot.least)
        fitted = fitted if slot.most is None else min(fitted, slot.most)
        if type(value) is not int or fitted != number:
            self.notes[f"{slot.name}: {str(value)[:20]!r} was taken as {fitted}"] += 1
        return fitted

    def flag(self, value: object, slot: Slot) -> Any:  # noqa: ANN401 - a truth value or the marker
        if isinstance(value, bool):
            return value
        word = str(value).strip().casefold()
        if word in _YES | _NO:
            self.notes[f"{slot.name}: {word!r} was taken as {word in _YES}"] += 1
            return word in _YES
        return _MISSING

    def choice(self, value: object, slot: Slot) -> Any:  # noqa: ANN401 - a text or the marker
        if value in slot.choices:
            return value
        word = str(value).strip().casefold()
        near = [x for x in slot.choices if word.startswith(x.casefold())]
        if not near:
            return _MISSING
        self.notes[f"{slot.name}: {str(value)[:20]!r} was taken as {near[0]!r}"] += 1
        return near[0]

    def reference(self, value: object, slot: Slot) -> Any:  # noqa: ANN401 - an id or the marker
        known = self._ids.get(slot.prefix, ())
        for letters, digits in _ID.findall(_as_text(value, " ")):
            found = f"{letters.upper()}{int(digits)}"
            if found in known:
                return found
        if known or not _blank(value):
            self.notes[f"{slot.name}: an id that does not exist was dropped"] += 1
        return _MISSING

    def _problem(self, path: str, text: str) -> None:
        self.problems.append(Problem(path=path, text=text))


def _as_list(value: object, slot: Slot) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return _split(value, slot)
    if isinstance(value, Mapping):
        names = {inner.name for inner in slot.shape.slots} if slot.shape is not None else set()
        nested = all(isinstance(each, dict) for each in value.values())
        if slot.kind != "group" or (nested and not names & value.keys()):
            return list(value.values())
    return [] if value is _MISSING else [value]


def _split(text: str, slot: Slot) -> list[str]:
    """A text where a list is wanted: its ids, its lines, or itself."""
    if slot.kind == "reference":
        return [f"{letters}{digits}" for letters, digits in _ID.findall(text)] or [text]
    lines = [_BULLET.sub("", line) for line in text.splitlines() if line.strip()]
    return lines if len(lines) > 1 else [text]


def _as_text(value: object, between: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, list):
        return between.join(filter(None, (_as_text(item, between) for item in value[:50])))
    if isinstance(value, Mapping):
        return between.join(filter(None, (_as_text(x, between) for x in list(value.values())[:50])))
    return ""


def _blank(value: object) -> bool:
    return value in (None, "", [], {}) or (isinstance(value, str) and not value.strip())


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _whole(text: str) -> bool:
    """Whether the text ends where a sentence does."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return bool(ends) and ends[-1] == len(text)


def _clipped(text: str, limit: int) -> str:
    """The text up to its last whole sentence within the limit, or else its last whole word."""
    text = text[:limit].rstrip()
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    if ends and ends[-1] >= limit // 2:
        return text[: ends[-1]]
    head = text[: limit - 1].rpartition(" ")[0]
    head = head if len(head) >= limit // 2 else text[: limit - 1]
    return head.rstrip(" ,;:-\u2013(") + "…"


def _wanted(slot: Slot) -> str:
    if slot.kind == "choice":
        return "must be one of " + ", ".join(slot.choices)
    wanted = {"whole": "a whole number", "flag": "true or false", "text": "a text"}
    return f"must be {wanted[slot.kind]}"
