"""Where the brief comes from, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from docgen_core.cli.brief import LIMIT, read_brief
from docgen_core.errors import DocgenError, FileError, UsageError

#: File contents, and what the refusal says.
REFUSED = [
    (b"", "the brief is empty"),
    (b" \n\t\n", "the brief is empty"),
    (b"\xef\xbb\xbf", "the brief is empty"),
    (b"caf\xe9", "the brief is not UTF-8 text: byte 3 cannot be read"),
    (b"ok\0ok", "the brief is not text: byte 2 is zero"),
    (b"\xff\xfeh\0i\0", "byte 0 cannot be read"),
    (b"x" * (LIMIT + 1), "the brief is larger than 20 MB"),
]

HINTS = [
    (b"caf\xe9", "iconv"),
    (b"\xff\xfeh\0i\0", "UTF-16"),
    (b"PK\x03\x04\xff", "Office"),
    (b"%PDF-1.7 \xff", "PDF"),
]


def _feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    stdin = SimpleNamespace(buffer=io.BytesIO(data), isatty=lambda: False)
    monkeypatch.setattr("sys.stdin", stdin)


def test_argument() -> None:
    """The argument is the brief."""
    brief = read_brief("A CRM", None)
    assert (brief.text, brief.title, brief.source) == ("A CRM", "A CRM", "")


def test_file(tmp_path: Path) -> None:
    """A file is read as UTF-8, with or without a byte order mark."""
    path = tmp_path / "brief.md"
    path.write_bytes(b"\xef\xbb\xbf# Caf\xc3\xa9\n")
    brief = read_brief(None, str(path))
    assert (brief.text, brief.title) == ("# Café\n", "Café")


@pytest.mark.parametrize("where", [("-", None), (None, "-")], ids=["argument", "file"])
def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, where: tuple[str | None, str | None]
) -> None:
    """A hyphen stands for standard input."""
    _feed(monkeypatch, b"From a pipe")
    assert read_brief(*where).text == "From a pipe"


@pytest.mark.parametrize(("data", "message"), REFUSED, ids=lambda value: repr(value)[:20])
def test_refused_file(tmp_path: Path, data: bytes, message: str) -> None:
    """Each kind of unusable content has its own message, which names the file."""
    path = tmp_path / "brief.md"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=message) as caught:
        read_brief(None, str(path))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(("data", "hint"), HINTS, ids=lambda value: repr(value)[:20])
def test_hint_for_other_formats(tmp_path: Path, data: bytes, hint: str) -> None:
    """The hint fits what the file looks like."""
    path = tmp_path / "brief"
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        read_brief(None, str(path))
    assert hint in caught.value.hint


def test_refused_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input is held to the same rules."""
    _feed(monkeypatch, b"\xff")
    with pytest.raises(UsageError, match="byte 0 cannot be read"):
        read_brief("-", None)


@pytest.mark.parametrize(
    ("argument", "file", "message"),
    [
        (None, None, "no brief was given"),
        ("a", "b", "given twice"),
        ("-", "-", "given twice"),
        ("", None, "the brief is empty"),
    ],
)
def test_wrong_combination(argument: str | None, file: str | None, message: str) -> None:
    """One place, no more and no less."""
    with pytest.raises(UsageError, match=message):
        read_brief(argument, file)


@pytest.mark.parametrize("name", ["missing.md", "."])
def test_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    """A missing file or a folder is a file error."""
    with pytest.raises(FileError, match="cannot read the brief"):
        read_brief(None, str(tmp_path / name))


def test_file_name_as_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`docgen generate brief.md` almost surely means `-f brief.md`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "brief.md").write_text("A CRM", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_brief("brief.md", None)
    assert "-f brief.md" in caught.value.hint


def test_long_argument_is_a_brief() -> None:
    """A text that is too long for a file name, or holds odd characters, is simply a brief."""
    assert read_brief("x" * 5000, None).text == "x" * 5000


def test_every_refusal_has_a_hint() -> None:
    """No refusal leaves the user alone."""
    with pytest.raises(DocgenError) as caught:
        read_brief(None, None)
    assert caught.value.hint
