"""Reads a server address as people write it. Imports nothing but the standard library."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from docgen_core.errors import UsageError

__all__ = ["is_local", "normalise_base_url", "origin_of", "root_of"]

_HINT = "Write it like http://127.0.0.1:1234/v1, LM Studio's default."
_LOCAL_SUFFIXES = (".localhost", ".local", ".lan", ".internal", ".home.arpa")
# What people paste from a browser or another tool's settings instead of the root.
_ENDPOINT = re.compile(
    r"(?:/(?:api/)?v\d+)?/(?:chat/completions|completions|models|embeddings|responses)$"
    r"|/(?:api/)?v[01]$",
    re.IGNORECASE,
)


def normalise_base_url(url: str) -> str:
    """Return the OpenAI-compatible root of a server: with a scheme, ending in `/v1`.

    Args:
        url: An address with or without a scheme, `/v1`, a trailing slash or an endpoint.

    Raises:
        UsageError: It is empty, is not http or https, or carries a user name or a query.
    """
    parts = _split(url.strip())
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    while stripped := _ENDPOINT.search(path):
        path = path[: stripped.start()].rstrip("/")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}/v1"


def root_of(base_url: str) -> str:
    """Return what stands before `/v1`: the native endpoints live beside it."""
    return base_url.removesuffix("/v1")


def origin_of(url: str) -> str:
    """Return scheme, host and port of an absolute address, without path, user name or query."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def is_local(url: str) -> bool:
    """Say whether the host is this machine or stands in a private network.

    Proxy settings of the environment do not apply to such hosts: a proxy could not reach them, and
    would be handed the API key.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return not ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_SUFFIXES)


def _split(url: str) -> SplitResult:
    if not url or re.search(r"[\s\x00-\x1f\x7f\\]", url):
        msg = f"The server address {_shown(url)!r} is not a URL"
        raise UsageError(msg, hint=_HINT)
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port
    except ValueError as error:
        msg = f"The server address {_shown(url)!r} is not a URL: {error}"
        raise UsageError(msg, hint=_HINT) from error
    problem = _problem(parts, port)
    if problem:
        msg = f"The server address {_shown(url)!r} {problem}"
        raise UsageError(msg, hint=_HINT)
    return parts


def _problem(parts: SplitResult, port: int | None) -> str:
    if parts.scheme not in {"http", "https"}:
        return f"starts with {parts.scheme}://; only http and https work"
    if parts.username is not None or parts.password is not None:
        return "carries a user name; set the API key instead"
    if not parts.hostname or port == 0:
        return "names no host" if not parts.hostname else "names port 0"
    if parts.query or parts.fragment:
        return "carries a query or a fragment"
    return ""


def _shown(url: str) -> str:
    """Return the address without what may be a password."""
    return re.sub(r"(^|//)[^/@]*@", r"\1***@", url).partition("?")[0][:200]
