"""Packs as a run leaves them, in five languages, sound until a test plants a fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import attrs

from docgen_core.document import merge_sections, split_section, words
from docgen_core.document.trace import Item, Kind, Trace
from docgen_core.engine.appendices import traceability
from docgen_core.model import Section
from docgen_core.store import RunRecord, SectionRecord
from docgen_core.store.record import to_json

__all__ = ["LANGUAGES", "PROSE", "Pack", "clean_pack", "plain_pack"]

#: The running text of a first section: enough to tell the language.
PROSE: Mapping[str, str] = MappingProxyType(
    {
        "en": """Today the front desk of the climbing gym answers the telephone all day long. Guests
wait for a free line, groups arrive without a booking, and nobody knows in the morning how many
people will come in the evening. The new tool lets guests book a slot by themselves, shows the
team how full the hall will be, and sends a reminder on the day before the visit.""",
        "de": """Heute beantwortet der Empfang der Kletterhalle den ganzen Tag lang das Telefon.
Gäste warten auf eine freie Leitung, Gruppen kommen ohne Anmeldung, und niemand weiß am Morgen, wie
viele Menschen am Abend kommen werden. Mit dem neuen Werkzeug buchen die Gäste ihren Platz selbst,
das Team sieht, wie voll die Halle wird, und am Tag vorher geht eine Erinnerung hinaus.""",
        "fr": """Aujourd'hui, l'accueil de la salle d'escalade répond au téléphone toute la journée.
Les clients attendent une ligne libre, des groupes arrivent sans réservation, et personne ne sait
le matin combien de gens viendront le soir. Le nouvel outil permet aux clients de réserver
eux-mêmes, montre à l'équipe l'affluence prévue et envoie un rappel la veille de la visite.""",
        "es": """Hoy la recepción del gimnasio de escalada contesta el teléfono durante todo el día.
Los clientes esperan una línea libre, llegan grupos sin reserva y nadie sabe por la mañana cuánta
gente vendrá por la noche. La nueva herramienta permite que los clientes reserven por su cuenta,
muestra al equipo la ocupación prevista y envía un recordatorio el día anterior a la visita.""",
        "ja": """現在、クライミングジムの受付は一日中電話に対応しています。
利用者は電話がつながるまで待たされ、団体客は予約なしで来場し、その日の夜に何人来るのか朝の時点では誰にも分かりません。新しいツールでは、
利用者が自分で予約し、スタッフは混雑の見通しを確認でき、来場の前日には案内が自動で送られます。""",
    }
)
LANGUAGES = tuple(PROSE)


@attrs.frozen(kw_only=True)
class _Texts:
    titles: tuple[str, str, str, str, str]
    goals: tuple[str, str]
    people: tuple[str, str]
    cases: tuple[str, str]
    features: tuple[str, str]
    header: tuple[str, str, str]
    indicators: tuple[str, str]
    budget: str
    use: str


_TEXTS = {
    "en": _Texts(
        titles=("Goals", "People", "Use Cases", "Features", "Indicators"),
        goals=("Fewer calls at the desk", "Shorter waiting times"),
        people=("Maria runs the front desk", "Jonas climbs twice a week"),
        cases=("Book a slot", "See tonight's load"),
        features=("Calendar with free slots", "Reminder by e-mail"),
        header=("No.", "Indicator", "Target"),
        indicators=("Calls per day", "Time until a slot is booked"),
        budget="The budget is 20,000 EUR, spread over two quarters.",
        use="Actor",
    ),
    "de": _Texts(
        titles=("Ziele", "Personen", "Anwendungsfälle", "Funktionen", "Kennzahlen"),
        goals=("Weniger Anrufe am Empfang", "Kürzere Wartezeiten"),
        people=("Maria leitet den Empfang", "Jonas klettert zweimal in der Woche"),
        cases=("Einen Platz buchen", "Auslastung am Abend sehen"),
        features=("Kalender mit freien Plätzen", "Erinnerung per E-Mail"),
        header=("Nr.", "Kennzahl", "Zielwert"),
        indicators=("Anrufe am Tag", "Zeit bis zur Buchung"),
        budget="Das Budget beträgt 20.000 EUR, verteilt auf zwei Quartale.",
        use="Akteur",
    ),
    "fr": _Texts(
        titles=("Objectifs", "Personnes", "Cas d'utilisation", "Fonctions", "Indicateurs"),
        goals=("Moins d'appels à l'accueil", "Moins d'attente"),
        people=("Maria dirige l'accueil", "Jonas grimpe deux fois par semaine"),
        cases=("Réserver un créneau", "Voir l'affluence du soir"),
        features=("Calendrier des créneaux libres", "Rappel par courriel"),
        header=("N°", "Indicateur", "Cible"),
        indicators=("Appels par jour", "Temps de réservation"),
        budget="Le budget est de 20 000 EUR, réparti sur deux trimestres.",
        use="Acteur",
    ),
    "es": _Texts(
        titles=("Objetivos", "Personas", "Casos de uso", "Funciones", "Indicadores"),
        goals=("Menos llamadas en recepción", "Menos espera para todos"),
        people=("María dirige la recepción", "Jonás escala dos veces por semana"),
        cases=("Reservar un turno", "Ver la ocupación de la noche"),
        features=("Calendario con turnos libres", "Recordatorio por correo"),
        header=("N.º", "Indicador", "Meta"),
        indicators=("Llamadas al día", "Tiempo de reserva"),
        budget="El presupuesto es de 20.000 EUR, repartido en dos trimestres.",
        use="Actor",
    ),
    "ja": _Texts(
        titles=("目標", "利用者像", "ユースケース", "機能", "指標"),
        goals=("受付への電話を減らす", "待ち時間を短くする"),
        people=("マリアは受付の責任者", "ヨナスは週に二回登る"),
        cases=("枠を予約する", "夜の混雑を確認する"),
        features=("空き枠のカレンダー", "メールでの案内"),
        header=("番号", "指標", "目標値"),
        indicators=("一日の電話件数", "予約までの時間"),
        budget="予算は20,000ユーロで、二つの四半期に分けます。",
        use="担当",
    ),
}
_KEYS = ("goals", "people", "cases", "features", "indicators")
_TRACE = Trace(
    kinds=(
        Kind(prefix="G", section="goals", field="goals"),
        Kind(prefix="P", section="people", field="people"),
        Kind(prefix="UC", section="cases", field="cases", refers_to=("P", "G")),
        Kind(prefix="F", section="features", field="features", refers_to=("UC",)),
        Kind(prefix="K", section="indicators", field="kpis", refers_to=("G",)),
    ),
    items=(
        Item(id="G1", prefix="G", section="goals"),
        Item(id="G2", prefix="G", section="goals"),
        Item(id="P1", prefix="P", section="people"),
        Item(id="P2", prefix="P", section="people"),
        Item(id="UC1", prefix="UC", section="cases", references=("P1", "P2", "G1")),
        Item(id="UC2", prefix="UC", section="cases", references=("P1", "G2")),
        Item(id="F1", prefix="F", section="features", references=("UC1",)),
        Item(id="F2", prefix="F", section="features", references=("UC2",)),
        Item(id="K1", prefix="K", section="indicators", references=("G1",)),
        Item(id="K2", prefix="K", section="indicators", references=("G2",)),
    ),
)


@attrs.define(kw_only=True)
class Pack:
    """A pack in memory.

    Attributes:
        language: What it is written in.
        files: Text by name, relative to the folder.
    """

    language: str
    files: dict[str, str]

    def add(self, name: str, text: str) -> None:
        """Put a block at the end of a file."""
        self.files[name] = f"{self.files[name].rstrip()}\n\n{text}\n"

    def swap(self, name: str, old: str, new: str) -> None:
        """Replace a text that must be there."""
        assert old in self.files[name], (old, self.files[name])
        self.files[name] = self.files[name].replace(old, new, 1)

    def write(self, folder: Path) -> Path:
        """Write it into a folder."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder


def clean_pack(language: str, *, document: bool = True, trace: bool = True) -> Pack:
    """A run folder in which nothing is wrong.

    Args:
        language: One of `LANGUAGES`.
        document: Whether there is a merged document.
        trace: Whether docgen's own record of the items is there.
    """
    texts = _TEXTS[language]
    bodies = _bodies(language, texts)
    files = {
        f"sections/{key}.md": f"# {title}\n\n{body}\n"
        for key, title, body in zip(_KEYS, texts.titles, bodies, strict=True)
    }
    if document:
        files["document.md"] = _document(language, texts, files)
    if trace:
        raw = json.dumps(attrs.asdict(_TRACE), ensure_ascii=False)
        files[".docgen/data/_trace.json"] = raw
    files["run.json"] = to_json(_record(language, files))
    return Pack(language=language, files=files)


def plain_pack(language: str) -> Pack:
    """A folder of Markdown files that a person wrote: no run, no anchors."""
    pack = clean_pack(language, document=False, trace=False)
    files = {}
    for name, text in pack.files.items():
        if name.endswith(".md"):
            text = "\n".join(_without_anchor(line) for line in text.split("\n"))  # noqa: PLW2901
            files[name.removeprefix("sections/")] = text
    return Pack(language=language, files=files)


def _without_anchor(line: str) -> str:
    before, mark, after = line.partition('<a id="')
    return before + after.partition("</a>")[2] if mark else line


def _bodies(language: str, texts: _Texts) -> tuple[str, ...]:
    goals = "\n".join(f"- {_target('G', n)} {text}" for n, text in enumerate(texts.goals, 1))
    people = "\n\n".join(
        f"## {_target('P', n)} {text}\n\n{text}." for n, text in enumerate(texts.people, 1)
    )
    cases = "\n\n".join(
        f"## {_target('UC', n)} {text}\n\n{texts.use}: [P1](#p1){', [P2](#p2)' * (n == 1)}; "
        f"[G{n}](#g{n}).\n\n1. {text}\n2. OK"
        for n, text in enumerate(texts.cases, 1)
    )
    features = "\n".join(
        f"- **{_target('F', n)}** {text} ([UC{n}](#uc{n}))"
        for n, text in enumerate(texts.features, 1)
    )
    rows = "\n".join(
        f"| {_target('K', n)} | {text} ([G{n}](#g{n})) | {10 * n} % |"
        for n, text in enumerate(texts.indicators, 1)
    )
    table = f"| {' | '.join(texts.header)} |\n| --- | --- | --- |\n{rows}"
    prose = PROSE[language].replace("\n", "" if language == "ja" else "\n")
    return (
        f"{prose}\n\n{goals}\n\n{texts.budget}",
        people,
        cases,
        f"{features}\n\n```text\nTBD [insert] P9\n```",
        table,
    )


def _target(prefix: str, number: int) -> str:
    return f'<a id="{prefix.lower()}{number}"></a>{prefix}{number}'


def _document(language: str, texts: _Texts, files: Mapping[str, str]) -> str:
    vocabulary = words(language)
    matrix = traceability(_TRACE, vocabulary, lambda kind: texts.titles[_KEYS.index(kind.section)])
    sections = [
        *(
            Section(id=key, title=title, markdown=split_section(files[f"sections/{key}.md"]))
            for key, title in zip(_KEYS, texts.titles, strict=True)
        ),
        Section(id="appendix-traceability", title=vocabulary.traceability, markdown=matrix),
    ]
    title = PROSE[language].split()[0]
    merged = merge_sections(sections, title=title, contents_title=vocabulary.contents)
    head = f"# {title}\n\n## {vocabulary.contents}\n\n{merged.contents}"
    return f"{head}\n\n{merged.body}\n"


def _record(language: str, files: Mapping[str, str]) -> RunRecord:
    sections = tuple(
        SectionRecord(id=key, status="done", file=f"sections/{key}.md")
        for key in _KEYS
        if f"sections/{key}.md" in files
    )
    return RunRecord(
        docgen="0.1.0",
        status="done",
        brief_sha256="00",
        brief_title="Gym",
        language=language,
        server={},
        sections=sections,
        files={},
        started="2026-01-01T00:00:00+00:00",
        seconds=1.0,
    )
