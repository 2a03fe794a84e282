from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.store.disk import Disk
from docgen_core.store.objects import ObjectStore, frame, unframe

BODY = b'{"answer": "Ein Pr\xc3\xbcfstand"}'


def store_in(folder: Path) -> tuple[ObjectStore, list[str]]:
    """A store, and what it warns of."""
    warned: list[str] = []
    return ObjectStore(folder, Disk(), warned.append), warned


def test_a_body_comes_back_under_its_hash(tmp_path: Path) -> None:
    """The name is the SHA-256 of the body, the first two digits a folder."""
    store, warned = store_in(tmp_path)
    digest = store.put(BODY)
    assert digest == hashlib.sha256(BODY).hexdigest()
    assert store.file(digest) == tmp_path / digest[:2] / digest[2:]
    assert (store.get(digest), list(store), warned) == (BODY, [digest], [])


def test_the_same_body_twice_is_one_object(tmp_path: Path) -> None:
    """Content decides the name."""
    store, _ = store_in(tmp_path)
    assert store.put(BODY) == store.put(BODY)
    assert len(list(store)) == 1


def test_objects_are_for_the_user_alone(tmp_path: Path) -> None:
    """Files 0600, folders 0700."""
    store, _ = store_in(tmp_path)
    path = store.file(store.put(BODY))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_was_never_stored_is_a_miss_without_a_warning(tmp_path: Path) -> None:
    """Absence is not damage."""
    store, warned = store_in(tmp_path)
    assert store.get("0" * 64) is None
    assert warned == []


@pytest.mark.parametrize("cut", range(len(frame(BODY))))
def test_every_torn_file_is_a_miss(tmp_path: Path, cut: int) -> None:
    """Each prefix of an object is noticed, set aside and told of."""
    store, warned = store_in(tmp_path)
    digest = store.put(BODY)
    path = store.file(digest)
    path.write_bytes(path.read_bytes()[:cut])
    assert store.get(digest) is None
    assert path.with_name(path.name + ".corrupt").exists()
    assert not path.exists()
    assert len(warned) == 1
    assert list(store) == []


@pytest.mark.parametrize("position", range(len(frame(BODY))))
def test_every_changed_byte_is_a_miss(tmp_path: Path, position: int) -> None:
    """In the header and in the body alike."""
    store, warned = store_in(tmp_path)
    digest = store.put(BODY)
    data = bytearray(store.file(digest).read_bytes())
    data[position] ^= 1
    store.file(digest).write_bytes(data)
    assert store.get(digest) is None
    assert len(warned) == 1


def test_an_object_under_the_name_of_another_is_a_miss(tmp_path: Path) -> None:
    """Whole, but not what was asked for."""
    store, warned = store_in(tmp_path)
    one, two = store.put(b"one"), store.put(b"two")
    store.file(one).replace(store.file(two))
    assert store.get(two) is None
    assert len(warned) == 1


def test_an_object_of_a_newer_docgen_is_left_where_it_is(tmp_path: Path) -> None:
    """It is a miss, not damage."""
    store, warned = store_in(tmp_path)
    digest = store.put(BODY)
    path = store.file(digest)
    path.write_bytes(path.read_bytes().replace(b"docgen-object 1", b"docgen-object 2"))
    assert store.get(digest) is None
    assert path.exists()
    assert "newer docgen" in warned[0]


def test_a_damaged_object_is_replaced_when_it_is_stored_again(tmp_path: Path) -> None:
    """The name is free again."""
    store, _ = store_in(tmp_path)
    digest = store.put(BODY)
    store.file(digest).write_bytes(b"")
    assert store.get(digest) is None
    assert store.put(BODY) == digest
    assert store.get(digest) == BODY


@given(st.binary(max_size=2000))
def test_any_body_survives_its_frame(body: bytes) -> None:
    """Also one that looks like a header."""
    assert unframe(frame(body)) == body
    assert unframe(frame(frame(body))) == frame(body)


@given(st.binary(max_size=300))
def test_what_was_never_framed_is_refused(data: bytes) -> None:
    """No crash, no body."""
    assert unframe(data) is None
