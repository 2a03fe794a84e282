"""Chooses the model that answers, from what the server has and what the user wants."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import attrs

from docgen_core.errors import NoModelError
from docgen_core.lmstudio.types import ModelInfo, ServerInfo

__all__ = ["ModelChoice", "choose_model"]


@attrs.frozen(kw_only=True)
class ModelChoice:
    """The model to send requests to.

    Attributes:
        model: The model.
        notice: Why it is not the one that the user wanted first, as a sentence; else empty.
    """

    model: ModelInfo
    notice: str = ""


def choose_model(info: ServerInfo, wanted: Sequence[str] = ()) -> ModelChoice:
    """Choose the first wanted model that is there, else the one that is loaded.

    Names match whatever their case, with or without publisher, file ending or `@quant`; exact
    ones first. Loaded models come before others, embedding models never. When nothing wanted is
    there, no model is loaded in its place: only one that is loaded already stands in.

    Args:
        info: What discovery found.
        wanted: Model names, the first one preferred; empty for whatever is loaded.

    Raises:
        NoModelError: Nothing wanted is there and nothing is loaded, or there is no chat model.
    """
    models = _loaded_first(model for model in info.models if not model.embedding)
    if not models:
        raise _nothing(info)
    for name in wanted:
        found = _match(name, models)
        if found:
            return ModelChoice(model=found, notice=_notice(name, found, wanted, info))
    if wanted and models[0].loaded is False:
        raise _missing(info, wanted, models)
    return ModelChoice(model=models[0], notice=_stand_in(models[0], wanted, info))


def _loaded_first(models: Iterable[ModelInfo]) -> list[ModelInfo]:
    rank = {True: 0, None: 1, False: 2}
    return sorted(models, key=lambda model: rank[model.loaded])


def _match(name: str, models: Sequence[ModelInfo]) -> ModelInfo | None:
    exact = [model for model in models if name in {model.id, model.key}]
    if exact:
        return exact[0]
    folded = [model for model in models if _plain(name) in _plain_names(model)]
    if folded:
        return folded[0]
    # A basename given alone may name several publishers' models: the loaded one goes first.
    base = [model for model in models if _base(name) in {_base(n) for n in _plain_names(model)}]
    return base[0] if base and ("/" not in name or _is_path(name)) else None


def _plain_names(model: ModelInfo) -> set[str]:
    return {_plain(name) for name in (model.id, model.key) if name}


def _plain(name: str) -> str:
    """Return the name folded, without `@quant` and a file ending."""
    folded = name.strip().casefold().replace("\\", "/").removesuffix(".gguf")
    return folded.partition("@")[0]


def _base(name: str) -> str:
    return _plain(name).rsplit("/", 1)[-1]


def _is_path(name: str) -> bool:
    return name.startswith(("/", "./", "~")) or name.casefold().endswith(".gguf")


def _notice(name: str, found: ModelInfo, wanted: Sequence[str], info: ServerInfo) -> str:
    if name != wanted[0]:
        return f"{_absent(wanted[:1], info)}; using {_name(found)} instead"
    if "@" in name and name.casefold() not in {found.id.casefold(), found.key.casefold()}:
        return f"{info.base_url} does not list {name}; using {_name(found)} in the variant it has"
    return ""


def _stand_in(found: ModelInfo, wanted: Sequence[str], info: ServerInfo) -> str:
    if not wanted:
        return ""
    loaded = ", which is loaded" if found.loaded else ""
    return f"{_absent(wanted, info)}; using {_name(found)}{loaded}"


def _absent(wanted: Sequence[str], info: ServerInfo) -> str:
    embedding = [model for model in info.models if model.embedding]
    if len(wanted) == 1 and _match(wanted[0], embedding):
        return f"{wanted[0]} is an embedding model and cannot write"
    return f"{info.base_url} does not have {' or '.join(wanted)}"


def _name(model: ModelInfo) -> str:
    return model.name if model.id.startswith("/") and model.name else model.id


def _nothing(info: ServerInfo) -> NoModelError:
    kind = "only embedding models" if info.models else "no model"
    hint = "Download and load a chat model in LM Studio, or with 'lms get' and 'lms load'."
    return NoModelError(f"The server at {info.base_url} has {kind}", hint=hint)


def _missing(info: ServerInfo, wanted: Sequence[str], models: Sequence[ModelInfo]) -> NoModelError:
    message = f"{_absent(wanted, info)}, and no model is loaded in its place"
    names = sorted({model.key or model.id for model in models})
    close = _close_to(wanted, names)
    if close:
        return NoModelError(message, hint=f"Did you mean {' or '.join(close)}?")
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")  # noqa: PLR2004
    return NoModelError(message, hint=f"It has: {shown}.")


def _close_to(wanted: Sequence[str], names: Sequence[str]) -> list[str]:
    by_base = {_base(name): name for name in names}
    found: list[str] = []
    for name in wanted:
        found += [by_base[base] for base in difflib.get_close_matches(_base(name), by_base, n=2)]
    return list(dict.fromkeys(found))
