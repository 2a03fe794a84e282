"""The contract of all plugins as a class of tests, to be subclassed in a plugin's own tests.

Needs no pytest to be imported: its methods are plain functions that assert.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from docgen_core.conformance import Report

__all__ = ["DeliverableContract"]


class DeliverableContract:
    """Tests that a plugin keeps the contract; `docgen check-plugin` runs the same checks.

        from docgen_core.testing import DeliverableContract

        class TestGlossary(DeliverableContract):
            deliverable = "glossary"

    The checks run once for the class, in processes of their own, and each test looks at its part
    of what they found. Nothing is asked of a server.

    Attributes:
        deliverable: The deliverable's id; a pack's name, or a path to a project folder, will do.
        hook_seconds: How long importing the plugin, or one call of a hook, may take.
    """

    deliverable: ClassVar[str] = ""
    hook_seconds: ClassVar[float] = 10.0

    @classmethod
    def report(cls) -> Report:
        """Run the checks, once."""
        return _checked(cls.deliverable, cls.hook_seconds)

    def test_its_entry_points_match_what_it_offers(self) -> None:
        """Each deliverable has a line, each line a deliverable, and no other package the same."""
        self._hold("DG101", "DG102", "DG103", "DG104", "DG105", "DG106", "DG108", "DG109")

    def test_its_package_says_which_docgen_it_fits(self) -> None:
        """The requirement on docgen-core has a floor and a bound."""
        self._hold("DG107")

    def test_importing_it_succeeds_and_ends(self) -> None:
        """Whoever lists plugins imports it."""
        self._hold("DG201", "DG202")

    def test_importing_it_is_light(self) -> None:
        """At the top level it imports docgen_core.api and what is quick to import."""
        self._hold("DG203", "DG204")

    def test_importing_it_only_defines_things(self) -> None:
        """No connection, no file, no process, nothing printed."""
        self._hold("DG205", "DG206")

    def test_its_hooks_fit_their_specifications(self) -> None:
        """No misspelt hook, no unknown argument, nothing that docgen refuses."""
        self._hold("DG300", "DG301", "DG302", "DG303", "DG304", "DG305", "DG308")

    def test_the_facts_about_its_deliverable_make_sense(self) -> None:
        """Title, needs and the rest can be used as they are."""
        self._hold("DG306")

    def test_its_api_version_fits(self) -> None:
        """It was written for a hook API that this docgen speaks."""
        self._hold("DG307", "DG506")

    def test_its_settings_work_without_being_set(self) -> None:
        """Their defaults are such as a user could set, and they are frozen."""
        self._hold("DG401", "DG403", "DG404")

    def test_its_settings_explain_themselves(self) -> None:
        """Each has a help text."""
        self._hold("DG402")

    def test_its_schema_is_within_the_safe_subset(self) -> None:
        """Every server can be asked for it, and the class takes what is asked for."""
        self._hold("DG501", "DG503", "DG505", "DG507", "DG508")

    def test_every_field_of_its_schema_is_described(self) -> None:
        """The model is told what belongs there."""
        self._hold("DG502")

    def test_its_references_can_be_resolved(self) -> None:
        """Whatever they name, something that it reads has such ids."""
        self._hold("DG504")

    def test_its_hooks_return_what_they_should(self) -> None:
        """With every input and with the least; quickly, and of the right type and size."""
        self._hold("DG601", "DG602", "DG603", "DG604", "DG612", "DG613", "DG614")

    def test_its_hooks_change_none_of_their_arguments(self) -> None:
        """They return new objects instead."""
        self._hold("DG605")

    def test_its_hooks_give_the_same_result_each_time(self) -> None:
        """In this process and in another."""
        self._hold("DG606")

    def test_postprocessing_twice_changes_nothing_more(self) -> None:
        """What is in order comes back as it was."""
        self._hold("DG607")

    def test_its_hooks_touch_nothing_but_their_arguments(self) -> None:
        """No network, no file, no process, nothing printed."""
        self._hold("DG608", "DG609", "DG610", "DG611")

    def test_its_template_makes_sense(self) -> None:
        """It is there, and uses nothing that is never defined."""
        self._hold("DG701", "DG702")

    def test_its_template_renders_a_full_answer(self) -> None:
        """In every language that it has words for."""
        self._hold("DG703")

    def test_its_template_renders_the_least_answer(self) -> None:
        """Nothing that may be left out is taken for granted."""
        self._hold("DG704")

    def test_its_template_writes_no_empty_heading(self) -> None:
        """Whatever the answer leaves out."""
        self._hold("DG705")

    def test_its_languages_have_the_same_words(self) -> None:
        """None of them falls back to English for want of one."""
        self._hold("DG706", "DG707")

    def test_its_formats_export_any_document(self) -> None:
        """If it brings formats: full, hostile or empty, the same file each time and no other."""
        self._hold("DG801", "DG802", "DG803", "DG804", "DG805", "DG806", "DG807", "DG808", "DG809")

    def _hold(self, *codes: str) -> None:
        """Fail with every finding of these codes, or with what kept them from being looked for."""
        from docgen_core.conformance import stage_of

        report = self.report()
        found = report.of(codes)
        if not found and {stage_of(code) for code in codes} & set(report.missed):
            found = report.findings
        if found:
            raise AssertionError("\n".join(["", *(f"{each}\n  {each.hint}" for each in found)]))


@functools.cache
def _checked(name: str, seconds: float) -> Report:
    from docgen_core.conformance import check_plugin

    return check_plugin(name, seconds=seconds)
