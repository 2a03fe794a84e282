"""Decides how the server is run: context, slots, threads, caches and sampling for one model."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any, Final

from docgen_core.api import Generation, ServerOptions, UsageError
from docgen_plugin_embedded.models import ModelFile
from docgen_plugin_embedded.settings import EmbeddedSettings

__all__ = ["describe", "launch_plan", "sampling_for", "usable_cores"]

_LOG: Final = logging.getLogger("docgen_plugin_embedded.plan")

#: Room for a brief, three earlier deliverables of 2,000 tokens each and the answer.
_DEFAULT_CONTEXT: Final = 16_384
#: Used when a file does not say what it was trained for.
_UNKNOWN_CONTEXT: Final = 4_096
#: A model this small is done with a layer before more threads could help.
_DEMO_THREADS: Final = 4
_FEW_CORES: Final = 4
_CPU_LIMIT: Final = Path("/sys/fs/cgroup/cpu.max")


def launch_plan(
    model: ModelFile, options: ServerOptions, settings: EmbeddedSettings
) -> dict[str, Any]:
    """What the child process is told: plain values, by the names that `serve` reads.

    One slot unless the user asks for more: on a processor parallel slots lose, since each of
    them evaluates the shared beginning of the prompts for itself.

    Raises:
        UsageError: the number of slots or the context length is not positive.
    """
    slots = _positive(1 if options.slots is None else options.slots, "slots")
    return {
        "parent": os.getpid(),
        "model": str(model.path),
        "alias": model.name,
        "n_ctx": _context(model, options.context_length) * slots,
        "n_parallel": slots,
        "threads": settings.threads or _threads(model),
        "gpu_layers": settings.gpu_layers,
        "cache_ram_mib": settings.cache_ram_mib,
        "verbose": settings.log_file is not None,
    }


def describe(model: ModelFile) -> str:
    """One sentence for people: which model, and what to expect of it."""
    if model.is_demo:
        return (
            f"{model.name} is a small demonstration model (SmolLM2-135M) that shows how docgen "
            "works; its text is not to be relied on."
        )
    return f"{model.name} is run by docgen itself, with llama.cpp, on this machine."


def sampling_for(model: ModelFile) -> Generation:
    """Sampling defaults: tight ones for the demonstration model, which repeats itself otherwise."""
    if not model.is_demo:
        return Generation()
    # Measured on structured answers: with a weak penalty (1.03) the model fills field after field
    # with the same words, with 1.15 it invents firms and prices; 1.1 keeps it at the brief.
    # Penalising repeated sequences as well (DRY) ends the circles inside a text; from five tokens
    # on, because shorter ones include the names of fields and, in free Markdown, the headings
    # that a section is to repeat.
    return Generation(
        max_tokens=400,
        temperature=0.2,
        top_p=0.9,
        extra={
            "repeat_penalty": 1.1,
            "repeat_last_n": 256,
            "dry_multiplier": 0.8,
            "dry_allowed_length": 5,
            "dry_penalty_last_n": 1024,
        },
    )


def usable_cores() -> int:
    """Processor cores that this process may use: its affinity, and a container's limit."""
    cores = os.cpu_count() or 1
    if sys.platform == "linux":
        cores = min(len(os.sched_getaffinity(0)), _container_cores())
    return max(1, cores)


def _container_cores() -> int:
    try:
        quota, period = _CPU_LIMIT.read_text(encoding="ascii").split()
        return int(quota) // int(period)
    except (OSError, ValueError):  # not in a container, or "max": no limit
        return sys.maxsize


def _threads(model: ModelFile) -> int:
    # llama.cpp's threads wait for each other by spinning: where they take every core, one busy
    # program beside them makes the whole server ten to thirty times slower (measured).
    cores = usable_cores()
    threads = max(1, cores - 1) if cores <= _FEW_CORES else cores // 2
    return min(threads, _DEMO_THREADS) if model.is_demo else threads


def _context(model: ModelFile, wanted: int | None) -> int:
    trained = model.head.context_length
    if wanted is None:
        return _UNKNOWN_CONTEXT if trained is None else min(trained, _DEFAULT_CONTEXT)
    wanted = _positive(wanted, "context length")
    if trained is not None and wanted > trained:
        _LOG.warning("%s was trained for %d tokens, not %d", model.name, trained, wanted)
        return trained
    return wanted


def _positive(value: int, name: str) -> int:
    if value < 1:
        msg = f"the embedded server's {name} must be at least 1, got {value}"
        raise UsageError(msg, hint=f"Choose another {name}, or leave it out.")
    return value
