"""Faults planted in packs of five languages are found, and sound packs raise no alarm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.packs import LANGUAGES, PROSE, Pack, clean_pack, plain_pack

from docgen_core.check import Report, check_pack

Plant = Callable[[Pack], None]

GOALS, PEOPLE, CASES = "sections/goals.md", "sections/people.md", "sections/cases.md"
FEATURES, INDICATORS = "sections/features.md", "sections/indicators.md"
_TODAY = {
    "en": ("The budget is 30,000 EUR.", "[insert the name of the team]"),
    "de": ("Das Budget beträgt 30.000 EUR.", "[Namen des Teams einfügen]"),
    "fr": ("Le budget est de 30 000 EUR.", "[insérer le nom de l'équipe]"),
    "es": ("El presupuesto es de 30.000 EUR.", "[insertar el nombre del equipo]"),
    "ja": ("予算は30,000ユーロです。", "[ここに名前を記入]"),
}
_OTHER = {"en": "de", "de": "en", "fr": "es", "es": "fr", "ja": "en"}


def _add(name: str, text: str) -> Plant:
    return lambda pack: pack.add(name, text)


def _swap(name: str, old: str, new: str) -> Plant:
    return lambda pack: pack.swap(name, old, new)


def _without_body(pack: Pack) -> None:
    pack.files[PEOPLE] = pack.files[PEOPLE].split("\n")[0] + "\n"


def _remove(pack: Pack) -> None:
    del pack.files[CASES]


def _without_persona(pack: Pack) -> None:
    pack.swap(CASES, ", [P2](#p2)", "")
    _data(lambda items: items[4].update(references=["P1", "G1"]))(pack)


def _in_another_language(pack: Pack) -> None:
    prose = PROSE[_OTHER[pack.language]]
    pack.files[FEATURES] = f"{pack.files[FEATURES].rstrip()}\n\n{prose}\n"


def _data(change: Callable[[list[dict[str, object]]], None]) -> Plant:
    name = ".docgen/data/_trace.json"

    def plant(pack: Pack) -> None:
        raw = json.loads(pack.files[name])
        change(raw["items"])
        pack.files[name] = json.dumps(raw)

    return plant


def _again(pack: Pack) -> None:
    paragraph = pack.files[GOALS].split("\n\n")[1]
    pack.add(CASES, paragraph)


FAULTS: dict[str, tuple[str, str, Plant]] = {
    "link to an item that is gone": ("dangling-id", FEATURES, _add(FEATURES, "[UC9](#uc9)")),
    "item renamed": (
        "dangling-id",
        CASES,
        _swap(PEOPLE, '<a id="p2"></a>P2', '<a id="p3"></a>P3'),
    ),
    "data with an id that is gone": (
        "dangling-id",
        ".docgen/data/features.json",
        _data(lambda items: items[6].update(references=["UC1", "UC7"])),
    ),
    "id in the text": ("unknown-id", GOALS, _add(GOALS, "(P4)")),
    "id defined twice": ("duplicate-id", PEOPLE, _add(PEOPLE, '## <a id="p1"></a>P1 Max\n\nMax.')),
    "id defined in two sections": (
        "duplicate-id",
        FEATURES,
        _add(GOALS, '- <a id="f2"></a>F2 Excel'),
    ),
    "data with one id twice": (
        "duplicate-id",
        ".docgen/data/people.json",
        _data(lambda items: items[3].update(id="P1")),
    ),
    "persona that nothing uses": (
        "unused-item",
        PEOPLE,
        _without_persona,
    ),
    "two values of one item": (
        "contradiction",
        INDICATORS,
        _add(GOALS, "K1: 40 %"),
    ),
    "two values of one named figure": (
        "figures-differ",
        FEATURES,
        lambda pack: pack.add(FEATURES, _TODAY[pack.language][0]),
    ),
    "two values in tables": (
        "contradiction",
        INDICATORS,
        lambda pack: pack.add(
            GOALS, "\n".join(_table_of(pack)).replace('<a id="k1"></a>', "").replace("10 %", "15 %")
        ),
    ),
    "paragraph that stands twice": ("repeated-paragraph", CASES, _again),
    "section without text": ("empty-section", PEOPLE, _without_body),
    "heading without text": (
        "empty-heading",
        CASES,
        _swap(CASES, "## <a", "## OK\n\n## <a"),
    ),
    "heading at the end": ("empty-heading", FEATURES, _add(FEATURES, "## Excel")),
    "heading without words": ("empty-heading", FEATURES, _add(FEATURES, "## \n\nExcel")),
    "tbd": ("placeholder", GOALS, _add(GOALS, "TBD")),
    "todo": ("placeholder", CASES, _add(CASES, "TODO: Excel")),
    "goes here": ("placeholder", CASES, _add(CASES, "Your main flow goes here.")),
    "lorem ipsum": ("placeholder", PEOPLE, _add(PEOPLE, "Lorem ipsum dolor sit amet.")),
    "insert": (
        "placeholder",
        FEATURES,
        lambda pack: pack.add(FEATURES, _TODAY[pack.language][1]),
    ),
    "angle brackets": ("placeholder", FEATURES, _add(FEATURES, "&lt;your name>")),
    "three letters": ("placeholder", INDICATORS, _swap(INDICATORS, "20 %", "XXX %")),
    "question marks": ("placeholder", INDICATORS, _swap(INDICATORS, "20 %", "???")),
    "section in another language": ("wrong-language", FEATURES, _in_another_language),
    "link to a heading that is gone": ("broken-link", GOALS, _add(GOALS, "[OK](#nowhere)")),
    "link to a file that is gone": ("broken-link", GOALS, _add(GOALS, "[OK](gone.pdf)")),
    "fence without an end": ("unclosed-fence", GOALS, _add(GOALS, "```python\nprint(1)")),
    "marks of a conflict": (
        "conflict",
        GOALS,
        _add(GOALS, "<<<<<<< yours\nOK\n=======\nExcel\n>>>>>>> newly generated"),
    ),
    "file that is gone": ("missing-file", CASES, _remove),
    "damaged record": (
        "unreadable-file",
        ".docgen/data/_trace.json",
        lambda pack: pack.files.update({".docgen/data/_trace.json": "{"}),
    ),
    "document edited: link": ("dangling-id", "document.md", _add("document.md", "[F9](#f9)")),
    "document edited: words": ("placeholder", "document.md", _add("document.md", "## A\n\nTBD")),
    "document edited: section": ("empty-section", "document.md", _add("document.md", "## Excel")),
}
#: What one fault brings with it.
_TOO = {
    "item renamed": {"unknown-id", "unused-item"},
    "file that is gone": {"dangling-id", "unknown-id", "unused-item", "broken-link"},
    "section without text": {"dangling-id", "unknown-id", "unused-item"},
    "data with one id twice": {"unknown-id", "dangling-id", "unused-item"},
    "id defined in two sections": {"unused-item"},
    "damaged record": {"unused-item"},
    "section in another language": {"repeated-paragraph"},
}


def _table_of(pack: Pack) -> list[str]:
    lines = [line for line in pack.files[INDICATORS].split("\n") if line.startswith("|")]
    return lines[:3]


def checked(pack: Pack, folder: Path) -> Report:
    return check_pack(pack.write(folder))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_and_nothing_else(
    name: str, language: str, tmp_path: Path
) -> None:
    """By its code and its file, with a line that exists and something to do."""
    code, file, plant = FAULTS[name]
    pack = clean_pack(language)
    plant(pack)
    findings = checked(pack, tmp_path).findings
    matching = [finding for finding in findings if finding.code == code]
    assert [finding.file for finding in matching][:1] == [file], findings
    assert {finding.code for finding in findings} <= {code, *_TOO.get(name, set())}, findings
    lines = pack.files.get(file, "").count("\n") + 1
    assert all(0 <= finding.line <= lines and finding.advice for finding in matching)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document", [True, False])
@pytest.mark.parametrize("trace", [True, False])
def test_a_sound_pack_raises_no_alarm(
    language: str, document: bool, trace: bool, tmp_path: Path
) -> None:
    """Whatever of a run's records is there."""
    pack = clean_pack(language, document=document, trace=trace)
    assert checked(pack, tmp_path).findings == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_folder_that_a_person_wrote_raises_no_alarm(language: str, tmp_path: Path) -> None:
    """Without a run and without anchors: ids are defined by headings, items and rows."""
    assert checked(plain_pack(language), tmp_path).findings == ()
