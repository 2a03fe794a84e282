"""Settles what is sent besides the prompt: by the user, else the server, else the plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from docgen_core.model import Generation
from docgen_core.settings import OrchestrationConfig

__all__ = ["Parameters", "settle"]


@attrs.frozen(kw_only=True)
class Parameters:
    """The sampling parameters of one deliverable.

    Attributes:
        max_tokens: The most tokens of the answer.
        temperature: Sampling temperature.
        top_p: Nucleus sampling mass.
        seed: Sampling seed, or None.
        extra: Further request fields.
    """

    max_tokens: int
    temperature: float
    top_p: float
    seed: int | None = None
    extra: Mapping[str, Any] = attrs.field(factory=dict)

    def as_record(self) -> dict[str, Any]:
        """Plain data for run.json and the fingerprint."""
        return {**attrs.asdict(self), "extra": dict(self.extra)}


def settle(
    config: OrchestrationConfig,
    server: Generation,
    deliverable: Generation,
    *,
    least_tokens: int = 0,
) -> Parameters:
    """Combine the sources.

    A setting that the user left alone follows the server's defaults, which know the model, then
    the deliverable's. Of two bounds on the length the smaller one holds.

    Args:
        config: The user's settings.
        server: What suits the model.
        deliverable: What suits the deliverable.
        least_tokens: What a structured answer needs: it ends where its schema ends, so the bounds
            that others set against rambling may not cut it off.
    """
    bound = _least(server.max_tokens, deliverable.max_tokens)
    return Parameters(
        max_tokens=_pick(config, "max_tokens", bound and max(bound, least_tokens)),
        temperature=_pick(
            config, "temperature", _first(server.temperature, deliverable.temperature)
        ),
        top_p=_pick(config, "top_p", _first(server.top_p, deliverable.top_p)),
        seed=config.seed,
        extra={**deliverable.extra, **server.extra},
    )


def _pick(config: OrchestrationConfig, name: str, suggested: Any) -> Any:  # noqa: ANN401 - int or float
    value = getattr(config, name)
    return value if suggested is None or _chosen(config, name) else suggested


def _chosen(config: OrchestrationConfig, name: str) -> bool:
    """Whether the user set it; without that knowledge, whether it differs from the default."""
    if config.explicit:
        return name in config.explicit
    default = getattr(attrs.fields(OrchestrationConfig), name).default
    return bool(getattr(config, name) != default)


def _least(*values: int | None) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
