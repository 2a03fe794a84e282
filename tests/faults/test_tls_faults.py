"""Faults of TLS: who vouches for the server, and who speaks TLS at all."""

from __future__ import annotations

import ssl
from typing import Any

import pytest
import trustme
from support.asking import ask, complete
from support.rows import row

from docgen_core.errors import ConnectError
from docgen_core.testing import FakeLMStudio

TOKEN = "sk-lm-abcdefgh:0123456789abcdefghij"  # noqa: S105 - the fake's own


def serving_tls(*names: str) -> tuple[trustme.CA, ssl.SSLContext]:
    """An authority of the test's own, and a server context with a certificate for `names`."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return authority, context


@row("tls-untrusted")
def test_a_certificate_that_nobody_vouches_for() -> None:
    """Refused before the key is sent, once, with where to name the authority."""
    _, context = serving_tls("127.0.0.1")
    with FakeLMStudio(tls=context) as fake:
        asked = ask(fake.base_url, key=TOKEN)
        assert fake.requests == ()
    assert isinstance(asked.error, ConnectError)
    assert "certificate" in str(asked.error)
    assert "SSL_CERT_FILE" in asked.error.hint
    assert len(asked.failures) == 1


@row("tls-wrong-host")
def test_a_certificate_for_another_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A trusted authority does not make up for a wrong name."""
    authority, context = serving_tls("llm.example")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with FakeLMStudio(tls=context) as fake:
        asked = ask(fake.base_url, key=TOKEN)
        assert fake.requests == ()
    assert isinstance(asked.error, ConnectError)


@row("tls-own-authority")
def test_an_authority_of_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Named in SSL_CERT_FILE it is trusted, on this machine too."""
    authority, context = serving_tls("127.0.0.1")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with FakeLMStudio(tls=context) as fake:
        assert complete(fake.base_url).text


@row("tls-on-a-plain-port")
def test_https_to_a_server_without_tls(fake: FakeLMStudio) -> None:
    """The hint names http against https."""
    asked = ask(fake.base_url.replace("http:", "https:"), key=TOKEN)
    assert isinstance(asked.error, ConnectError)
    assert "http against https" in asked.error.hint
    assert fake.requests == ()


@row("plain-on-a-tls-port")
def test_http_to_a_server_with_tls() -> None:
    """An error, not an empty answer."""
    _, context = serving_tls("127.0.0.1")
    with FakeLMStudio(tls=context) as fake:
        asked = ask(fake.base_url.replace("https:", "http:"))
        assert fake.requests == ()
    assert "closed the connection" in str(asked.error)
