"""The {{ cookiecutter.title }}, held to docgen's contract and run with a fake model server."""

from __future__ import annotations

from docgen_core import quick_generate
from docgen_core.testing import DeliverableContract, FakeLMStudio


class Test{{ cookiecutter.__class }}(DeliverableContract):
    """Everything that docgen expects of a deliverable."""

    deliverable = "{{ cookiecutter.id }}"


def test_the_section_is_written() -> None:
    """From the brief to the section, with answers of the asked form."""
    with FakeLMStudio() as fake:
        result = quick_generate("A gym", ["{{ cookiecutter.id }}"], lm_studio_base_url=fake.base_url)

    section = result.result("{{ cookiecutter.id }}")
    assert section is not None
    assert section.success, section.error_message
    assert "with 3 entries" in fake.chat_requests[-1].prompt
