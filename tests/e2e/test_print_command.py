"""`-F pdf -F epub` from the command line, with the real exporters."""

from __future__ import annotations

import zipfile

from support.terminal import Terminal

BRIEF = "Create a booking tool for \u0378"


def test_a_pdf_and_an_e_book_are_written_beside_the_document(online: Terminal) -> None:
    """With what a reader should know: a character that no font has."""
    formats = ("-F", "pdf", "-F", "epub")
    done = online.run("generate", BRIEF, "-d", "problem_statement", "-o", "out", *formats)
    assert done.returncode == 0, done.stderr
    assert (online.folder / "out" / "document.pdf").read_bytes().startswith(b"%PDF-")
    with zipfile.ZipFile(online.folder / "out" / "document.epub") as book:
        assert book.namelist()[0] == "mimetype"
    again = online.run("export", "out", *formats)
    assert (again.returncode, again.stdout) == (0, "out/document.pdf\nout/document.epub\n")
    for run in (done, again):
        assert "document.pdf: 1 character has no font" in run.stderr
