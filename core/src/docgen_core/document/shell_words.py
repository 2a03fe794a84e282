"""The few words that the document shell says itself, by language."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import attrs

__all__ = ["Words", "words"]


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
    """

    contents: str
    brief: str
    date: str
    language: str
    about: str
    section: str
    model: str
    written_by: str


_ENGLISH: Final = Words(
    contents="Contents",
    brief="Brief",
    date="Date",
    language="Language",
    about="About this document",
    section="Section",
    model="Model",
    written_by="Plugin",
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
        ),
    }
)


def words(language: str) -> Words:
    """Look up the shell's words.

    Args:
        language: A BCP 47 tag, for instance `de-AT`; only its first part counts.

    Returns:
        The words, in English when the language is not known.
    """
    primary = language.replace("_", "-").split("-")[0].lower()
    return _WORDS.get(primary, _ENGLISH)
