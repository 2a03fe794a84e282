"""Puts the phases of a plan in an order that can be followed."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from docgen_plugin_implementation_instructions.schema import (
    ImplementationInstructions,
    Risk,
    WorkPackage,
)

__all__ = ["in_order"]


def in_order(plan: ImplementationInstructions) -> ImplementationInstructions:
    """Let each phase wait for earlier ones only.

    A plan in which no phase waits for another would have all of them begin at once: then each one
    follows the one before it.

    Args:
        plan: The plan as the model wrote it.

    Returns:
        A plan without circles and without references to phases that it does not have.
    """
    packages = tuple(_waiting(plan.work_packages))
    if not any(package.after for package in packages):
        packages = tuple(_following(packages))
    known = frozenset(package.id for package in packages)
    risks = tuple(_concerning(risk, known) for risk in plan.risks)
    return attrs.evolve(plan, work_packages=packages, risks=risks)


def _waiting(packages: tuple[WorkPackage, ...]) -> Iterator[WorkPackage]:
    earlier: set[str] = set()
    for package in packages:
        yield attrs.evolve(package, after=tuple(key for key in package.after if key in earlier))
        earlier.add(package.id)


def _following(packages: tuple[WorkPackage, ...]) -> Iterator[WorkPackage]:
    before: tuple[str, ...] = ()
    for package in packages:
        yield attrs.evolve(package, after=before)
        before = (package.id,)


def _concerning(risk: Risk, known: frozenset[str]) -> Risk:
    return attrs.evolve(risk, work_packages=tuple(k for k in risk.work_packages if k in known))
