"""The whole book: files, table of contents, package document, and the archive that holds them."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import re
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Final

import attrs

from docgen_core.api import Document, nodes, read_document
from docgen_plugin_epub import EpubSettings
from docgen_plugin_epub.body import NOTES, Body
from docgen_plugin_epub.chapters import NAV, TITLE, Chapter, chapters_of, places_of
from docgen_plugin_epub.figures import Figures
from docgen_plugin_epub.quoting import fragment, text
from docgen_plugin_epub.words import Words, words

__all__ = ["Made", "make_book"]

#: The deepest heading that the contents list, as in the Markdown document.
_DEPTH: Final = 3
_STYLE: Final = "style.css"
_FOLDER: Final = "EPUB"
_EARLIEST: Final = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
_LATEST: Final = dt.datetime(2107, 12, 31, tzinfo=dt.UTC)
_TAG: Final = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*", re.IGNORECASE)
_RIGHT_TO_LEFT: Final = frozenset(
    {"ar", "arc", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"}
)
_CONTAINER: Final = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="{_FOLDER}/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""


@attrs.frozen(kw_only=True)
class _Book:
    """What all files of a book share."""

    title: str
    language: str
    words: Words
    modified: dt.datetime
    date: str

    @property
    def direction(self) -> str:
        primary = self.language.split("-")[0].lower()
        return "rtl" if primary in _RIGHT_TO_LEFT else "ltr"

    def page(self, title: str, body: str, kind: str = "") -> str:
        """One XHTML file."""
        named = f' epub:type="{kind}"' if kind else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
            f'lang="{self.language}" xml:lang="{self.language}" dir="{self.direction}">\n'
            f"<head>\n<title>{text(title)}</title>\n"
            f'<link rel="stylesheet" type="text/css" href="{_STYLE}"/>\n</head>\n'
            f"<body{named}>\n{body}\n</body>\n</html>\n"
        )


@attrs.frozen(kw_only=True)
class Made:
    """A book.

    Attributes:
        data: Its bytes.
        remarks: What a reader should know about it.
    """

    data: bytes
    remarks: tuple[str, ...]


def make_book(document: Document, settings: EpubSettings) -> Made:
    """Make an e-book of a document.

    Args:
        document: The merged document; its Markdown is untrusted.
        settings: The user's.

    Returns:
        An EPUB 3 file; the same document gives the same bytes.
    """
    read = read_document(document)
    said = words(document.language)
    book = _Book(
        title=read.title.strip() or "document",
        language=document.language if _TAG.fullmatch(document.language) else "en",
        words=said,
        modified=_modified(document),
        date=document.date,
    )
    chapters = chapters_of(read)
    figures = Figures(label=said.diagram, wanted=settings.diagrams)
    body = Body(words=said, figures=figures, places=places_of(read, chapters, NOTES))
    pages = list(_pages(book, read, chapters, body))
    pages.insert(1, (NAV, book.page(_contents_title(read, said), _nav(book, read, body))))
    identity = hashlib.sha256("\0".join(page for _, page in pages).encode()).hexdigest()
    package = _package(book, [name for name, _ in pages], figures, identity)
    style = files(__package__).joinpath(_STYLE).read_text(encoding="utf-8")
    members = [("package.opf", package), *pages, (_STYLE, style), *figures.files.items()]
    return Made(data=_archive(book, members), remarks=figures.remarks)


def _modified(document: Document) -> dt.datetime:
    """The time that stands in the file: no clock."""
    asked = os.environ.get("SOURCE_DATE_EPOCH", "")
    if asked.isdecimal() and len(asked) < 12:  # noqa: PLR2004 - some thousand years
        moment = dt.datetime.fromtimestamp(min(int(asked), 4_000_000_000), dt.UTC)
    else:
        try:
            date = dt.date.fromisoformat(document.date)
        except ValueError:
            date = dt.date(2000, 1, 1)
        moment = dt.datetime.combine(date, dt.time(), dt.UTC)
    return min(max(moment, _EARLIEST), _LATEST)


def _pages(
    book: _Book, read: nodes.Content, chapters: Sequence[Chapter], body: Body
) -> Iterator[tuple[str, str]]:
    """Title page, sections and footnotes; the footnotes last, since they lead back."""
    body.file = TITLE
    title = f"<h1>{text(book.title)}</h1>"
    if read.heading is not None:
        title = body.blocks([read.heading])
    front = f'<section epub:type="titlepage" class="title">\n{title}\n'
    yield TITLE, book.page(book.title, f"{front}{body.blocks(read.front)}\n</section>")
    for chapter in chapters:
        body.file = chapter.file
        inside = body.blocks(chapter.blocks)
        yield chapter.file, book.page(chapter.title, inside, "bodymatter")
    if read.notes:
        body.file = NOTES
        heading = f"<h2>{text(book.words.notes)}</h2>"
        notes = f'<section epub:type="footnotes">\n{heading}\n{body.notes(read.notes)}\n</section>'
        yield NOTES, book.page(book.words.notes, notes, "backmatter")


def _contents_title(read: nodes.Content, said: Words) -> str:
    named = nodes.plain_text(read.contents.children) if read.contents else ""
    return named or said.contents


def _nav(book: _Book, read: nodes.Content, body: Body) -> str:
    """A nested list of links to the headings."""
    place = f' id="{text(read.contents.id)}"' if read.contents else ""
    title = text(_contents_title(read, book.words))
    entries = _entries(read.headings(_DEPTH), body)
    entries = entries or f'<ol>\n<li><a href="{TITLE}">{text(book.title)}</a></li>\n</ol>'
    return (
        f'<nav epub:type="toc" role="doc-toc" aria-label="{title}">\n'
        f"<h2{place}>{title}</h2>\n{entries}\n</nav>"
    )


def _entries(headings: Sequence[nodes.Heading], body: Body) -> str:
    written: list[str] = []
    open_levels: list[int] = []
    for heading in headings:
        while len(open_levels) > 1 and open_levels[-1] > heading.level:
            open_levels.pop()
            written.append("</li></ol>")
        if open_levels and open_levels[-1] >= heading.level:
            open_levels[-1] = heading.level
            written.append("</li>")
        else:
            open_levels.append(heading.level)
            written.append("<ol>")
        title = text(nodes.plain_text(heading.children)) or "…"
        target = f"{body.places[heading.id]}#{fragment(heading.id)}"
        written.append(f'\n<li><a href="{target}">{title}</a>')
    written += ["</li></ol>"] * len(open_levels)
    return "".join(written)


def _package(book: _Book, pages: Sequence[str], figures: Figures, identity: str) -> str:
    """The package document: metadata, the list of files, and their order."""
    nav = ' properties="nav"'
    items = [
        f'<item id="p{number}" href="{name}" media-type="application/xhtml+xml"'
        f"{nav if name == NAV else ''}/>"
        for number, name in enumerate(pages)
    ]
    items += [
        f'<item id="d{number}" href="{name}" media-type="image/svg+xml"/>'
        for number, name in enumerate(figures.files)
    ]
    items.append(f'<item id="style" href="{_STYLE}" media-type="text/css"/>')
    spine = "\n".join(f'<itemref idref="p{number}"/>' for number in range(len(pages)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        f'xml:lang="{book.language}" dir="{book.direction}">\n'
        f"{_metadata(book, identity, pictures=bool(figures.files))}\n"
        "<manifest>\n" + "\n".join(items) + "\n</manifest>\n"
        f'<spine page-progression-direction="{book.direction}">\n{spine}\n</spine>\n'
        "</package>\n"
    )


def _metadata(book: _Book, identity: str, *, pictures: bool) -> str:
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:sha256:{identity}")
    date = f"<dc:date>{text(book.date)}</dc:date>\n" if _is_date(book.date) else ""
    visual = '<meta property="schema:accessMode">visual</meta>\n' if pictures else ""
    return (
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<dc:identifier id="id">urn:uuid:{name}</dc:identifier>\n'
        f"<dc:title>{text(book.title)}</dc:title>\n"
        f"<dc:language>{book.language}</dc:language>\n{date}"
        f'<meta property="dcterms:modified">{book.modified:%Y-%m-%dT%H:%M:%SZ}</meta>\n'
        f'<meta property="schema:accessMode">textual</meta>\n{visual}'
        '<meta property="schema:accessModeSufficient">textual</meta>\n'
        '<meta property="schema:accessibilityFeature">tableOfContents</meta>\n'
        '<meta property="schema:accessibilityFeature">structuralNavigation</meta>\n'
        '<meta property="schema:accessibilityHazard">none</meta>\n'
        "</metadata>"
    )


def _is_date(value: str) -> bool:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _archive(book: _Book, members: Sequence[tuple[str, str]]) -> bytes:
    """Pack the files; names and times are the book's own, never the document's."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        _add(archive, book, "mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        _add(archive, book, "META-INF/container.xml", _CONTAINER)
        for name, content in members:
            _add(archive, book, f"{_FOLDER}/{name}", content)
    return made.getvalue()


def _add(
    archive: zipfile.ZipFile,
    book: _Book,
    name: str,
    content: str,
    compression: int = zipfile.ZIP_DEFLATED,
) -> None:
    entry = zipfile.ZipInfo(name, date_time=book.modified.timetuple()[:6])
    entry.compress_type = compression
    entry.create_system = 3  # the same bytes on every system
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content.encode("utf-8", "replace"))
