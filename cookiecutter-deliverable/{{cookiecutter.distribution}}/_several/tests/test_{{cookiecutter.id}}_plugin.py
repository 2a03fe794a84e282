"""The deliverables, held to docgen's contract and run with a fake model server."""

from __future__ import annotations

import pytest

from docgen_core import quick_generate
from docgen_core.testing import DeliverableContract, FakeLMStudio

IDS = [
{%- for part in cookiecutter.__parts.split(',') %}
    "{{ part }}",
{%- endfor %}
]
{%- for part in cookiecutter.__parts.split(',') %}


class Test{{ part | replace('_', ' ') | title | replace(' ', '') }}(DeliverableContract):
    """Everything that docgen expects of a deliverable."""

    deliverable = "{{ part }}"
{%- endfor %}


@pytest.mark.parametrize("key", IDS)
def test_the_section_is_written(key: str) -> None:
    """From the brief to the section, with answers of the asked form."""
    with FakeLMStudio() as fake:
        result = quick_generate("A gym", [key], lm_studio_base_url=fake.base_url)

    section = result.result(key)
    assert section is not None
    assert section.success, section.error_message
    assert "with 3 entries" in fake.chat_requests[-1].prompt
