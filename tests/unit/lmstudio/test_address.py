from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.errors import UsageError
from docgen_core.lmstudio.address import is_local, normalise_base_url, origin_of, root_of


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("http://127.0.0.1:1234/v1", "http://127.0.0.1:1234/v1"),
        ("http://127.0.0.1:1234/v1/", "http://127.0.0.1:1234/v1"),
        ("http://127.0.0.1:1234", "http://127.0.0.1:1234/v1"),
        (" 127.0.0.1:1234 ", "http://127.0.0.1:1234/v1"),
        ("localhost:1234/", "http://localhost:1234/v1"),
        ("HTTP://LocalHost:1234/V1", "http://localhost:1234/v1"),
        ("http://h/v1/v1//", "http://h/v1"),
        ("http://h/v1/chat/completions", "http://h/v1"),
        ("http://h:1234/api/v1/models", "http://h:1234/v1"),
        ("http://h:1234/api/v0", "http://h:1234/v1"),
        ("https://host/lm/v1", "https://host/lm/v1"),
        ("http://[::1]:1234", "http://[::1]:1234/v1"),
    ],
)
def test_addresses_are_normalised(given_url: str, expected: str) -> None:
    """Whatever form people write, the root ends in one /v1."""
    assert normalise_base_url(given_url) == expected


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "not a URL"),
        ("   ", "not a URL"),
        ("http://", "names no host"),
        ("ftp://h", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("http://user:secret@h/v1", "user name"),
        ("http://h:0/v1", "port 0"),
        ("http://h:99999", "not a URL"),
        ("http://h:abc", "not a URL"),
        ("http://h/v1?key=1", "query"),
        ("http://h/v1#x", "fragment"),
        ("http://[::1", "not a URL"),
        ("http://a b/", "not a URL"),
        ("http://a\\b/", "not a URL"),
    ],
)
def test_what_is_no_address_is_refused(url: str, reason: str) -> None:
    """The message names the reason, the hint the form."""
    with pytest.raises(UsageError, match=reason) as caught:
        normalise_base_url(url)
    assert "http://127.0.0.1:1234/v1" in caught.value.hint


def test_a_refusal_does_not_show_the_password() -> None:
    """An address in an error message carries no secret."""
    with pytest.raises(UsageError) as caught:
        normalise_base_url("http://me:hunter2@h/v1")
    assert "hunter2" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_normalised_once_or_refused(text: str) -> None:
    """Nothing but UsageError comes out, and doing it twice changes nothing."""
    try:
        url = normalise_base_url(text)
    except UsageError:
        return
    assert url.endswith("/v1")
    assert normalise_base_url(url) == url


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:1234/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://localhost/v1", True),
        ("http://192.168.1.5/v1", True),
        ("http://10.0.0.1/v1", True),
        ("http://100.64.0.7/v1", True),
        ("http://gpu-box:1234/v1", True),
        ("http://studio.local/v1", True),
        ("https://api.example.com/v1", False),
        ("http://8.8.8.8/v1", False),
    ],
)
def test_private_hosts_are_local(url: str, local: bool) -> None:
    """Only public hosts may go through a proxy."""
    assert is_local(url) is local


def test_root_and_origin() -> None:
    """Native endpoints stand beside /v1; an origin has no path and no user."""
    assert root_of("http://h:1/lm/v1") == "http://h:1/lm"
    assert origin_of("http://me:x@h:1/lm/v1?q=1") == "http://h:1"
    assert origin_of("/relative") == ""
