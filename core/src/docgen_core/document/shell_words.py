"""The few words that the document shell says itself, by language."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import attrs

__all__ = ["LANGUAGES", "Words", "words"]


@attrs.frozen(kw_only=True)
class Words:
    """The shell's words in one language.

    Attributes:
        contents: The heading over the table of contents.
        brief: The label before the brief's name.
        date: The label before the date.
        language: The label before the language tag.
        about: The heading over the record of how the document was made.
        section: The table heading over the sections' names.
        model: The table heading over the models' names.
        written_by: The table heading over the plugins' names.
        template: The table heading over the templates' names.
        traceability: The heading over the table of which item builds on which.
        traced: The sentence over that table; `{kind}` is what its rows are.
        none: What a cell says where there is a gap.
        gaps: The heading over the list of gaps.
        no_gaps: The sentence when there are none.
        lacking: A gap: an item on which nothing of a `{kind}` builds.
        unused: A gap: an item to which nothing refers.
        unrelated: A gap: an item that refers to nothing of a `{kind}`.
        open_points: The heading over what all sections assume and leave open.
        assumptions: The heading over the assumptions.
        open_questions: The heading over the open questions.
    """

    contents: str
    brief: str
    date: str
    language: str
    about: str
    section: str
    model: str
    written_by: str
    template: str
    traceability: str
    traced: str
    none: str
    gaps: str
    no_gaps: str
    lacking: str
    unused: str
    unrelated: str
    open_points: str
    assumptions: str
    open_questions: str


_ENGLISH: Final = Words(
    contents="Contents",
    brief="Brief",
    date="Date",
    language="Language",
    about="About this document",
    section="Section",
    model="Model",
    written_by="Plugin",
    template="Template",
    traceability="Traceability",
    traced="What builds on each entry under “{kind}”, directly or through others.",
    none="none",
    gaps="Gaps",
    no_gaps="There are no gaps.",
    lacking="nothing under “{kind}” builds on it",
    unused="nothing refers to it",
    unrelated="refers to nothing under “{kind}”",
    open_points="Assumptions and open questions",
    assumptions="Assumptions",
    open_questions="Open questions",
)
_WORDS: Final = MappingProxyType(
    {
        "en": _ENGLISH,
        "de": Words(
            contents="Inhalt",
            brief="Auftrag",
            date="Datum",
            language="Sprache",
            about="Über dieses Dokument",
            section="Abschnitt",
            model="Modell",
            written_by="Plugin",
            template="Vorlage",
            traceability="Nachverfolgbarkeit",
            traced="Was auf jedem Eintrag unter „{kind}“ aufbaut, unmittelbar oder über andere.",
            none="nichts",
            gaps="Lücken",
            no_gaps="Es gibt keine Lücken.",
            lacking="nichts unter „{kind}“ baut darauf auf",
            unused="nichts verweist darauf",
            unrelated="verweist auf nichts unter „{kind}“",
            open_points="Annahmen und offene Fragen",
            assumptions="Annahmen",
            open_questions="Offene Fragen",
        ),
        "fr": Words(
            contents="Sommaire",
            brief="Demande",
            date="Date",
            language="Langue",
            about="À propos de ce document",
            section="Section",
            model="Modèle",
            written_by="Extension",
            template="Gabarit",
            traceability="Traçabilité",
            traced="Ce qui s'appuie sur chaque élément de « {kind} », directement ou par d'autres.",
            none="aucun",
            gaps="Lacunes",
            no_gaps="Il n'y a pas de lacune.",
            lacking="rien dans « {kind} » ne s'appuie dessus",
            unused="rien n'y fait référence",
            unrelated="ne fait référence à rien dans « {kind} »",
            open_points="Hypothèses et questions ouvertes",
            assumptions="Hypothèses",
            open_questions="Questions ouvertes",
        ),
        "es": Words(
            contents="Índice",
            brief="Encargo",
            date="Fecha",
            language="Idioma",
            about="Acerca de este documento",
            section="Sección",
            model="Modelo",
            written_by="Complemento",
            template="Plantilla",
            traceability="Trazabilidad",
            traced="Lo que se apoya en cada elemento de «{kind}», directamente o por otros.",
            none="ninguno",
            gaps="Lagunas",
            no_gaps="No hay lagunas.",
            lacking="nada en «{kind}» se apoya en él",
            unused="nada hace referencia a él",
            unrelated="no hace referencia a nada en «{kind}»",
            open_points="Supuestos y preguntas abiertas",
            assumptions="Supuestos",
            open_questions="Preguntas abiertas",
        ),
        "ja": Words(
            contents="目次",
            brief="依頼内容",
            date="日付",
            language="言語",
            about="この文書について",
            section="節",
            model="モデル",
            written_by="プラグイン",
            template="テンプレート",
            traceability="トレーサビリティ",
            traced="「{kind}」の各項目に、直接または間接に基づくもの。",
            none="なし",
            gaps="不足",
            no_gaps="不足はありません。",
            lacking="「{kind}」にこれに基づくものがありません",
            unused="どこからも参照されていません",
            unrelated="「{kind}」のどれも参照していません",
            open_points="前提と未解決の質問",
            assumptions="前提",
            open_questions="未解決の質問",
        ),
    }
)
#: The languages that the words are there in.
LANGUAGES: Final = tuple(_WORDS)


def words(language: str) -> Words:
    """Look up the shell's words.

    Args:
        language: A BCP 47 tag, for instance `de-AT`; only its first part counts.

    Returns:
        The words, in English when the language is not known.
    """
    primary = language.replace("_", "-").split("-")[0].lower()
    return _WORDS.get(primary, _ENGLISH)
