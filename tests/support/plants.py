"""Faults to plant in the good project: at least one for each rule of the contract."""

from __future__ import annotations

from typing import Final

import attrs
from support.plugin_project import INIT, PYPROJECT, TEMPLATE, WORDS

__all__ = ["ENTRY", "HOOK", "PLANTS", "Edits", "Plant", "init", "toml"]

Edits = dict[str, tuple[tuple[str, str], ...]]


@attrs.frozen
class Plant:
    """A fault: the rule that it breaks, and the edits that plant it, one line marked HERE.

    Attributes:
        code: The rule.
        edits: The edits.
        at: The file that is named instead of a marked line.
        also: What follows from it.
        seconds: How long a call may take.
    """

    code: str
    edits: Edits
    at: str = ""
    also: tuple[str, ...] = ()
    seconds: float = 10.0


def init(old: str, new: str) -> Edits:
    return {INIT: ((old, new),)}


def toml(old: str, new: str) -> Edits:
    return {PYPROJECT: ((old, new),)}


def template(old: str, new: str) -> Edits:
    return {TEMPLATE: ((old, new),)}


def in_hook(line: str) -> Edits:
    """A marked line at the beginning of get_instructions."""
    return init(TOLD, f"{TOLD}    {line}\n")


def spoilt(head: str, body: str = "") -> Edits:
    """A hook whose `def` is marked, and that begins with a line."""
    return init(head, f"{head.rstrip()}  # HERE\n{body and f'    {body}'}\n")


ENTRY: Final = 'terms = "acme_terms"'
HOOK: Final = "def postprocess(draft):"
TOLD: Final = "def get_instructions(context):\n"
MERGE: Final = "def merge_section(section, existing):\n"
NOTES: Final = "    notes: Annotated[str,"
COUNTED: Final = "    terms: Annotated["

PLANTS: Final = {
    "no entry point": Plant(
        "DG101",
        toml('[project.entry-points."docgen.deliverables"]\nterms', "[project.urls] # HERE\nterms"),
        at=PYPROJECT,
    ),
    "a name with a dash": Plant(
        "DG102", toml(ENTRY, 'my-terms = "acme_terms" # HERE'), also=("DG105", "DG106")
    ),
    "an attribute": Plant("DG103", toml(ENTRY, 'terms = "acme_terms:plugin" # HERE')),
    "a missing module": Plant("DG104", toml(ENTRY, 'terms = "acme_term" # HERE')),
    "one too few entry points": Plant(
        "DG105",
        init(
            "        ),\n    ]",
            '        ),\n        Deliverable(id="more", title="M", summary="S"),  # HERE\n    ]',
        ),
    ),
    "one too many entry points": Plant(
        "DG106", toml(ENTRY, f'{ENTRY}\nmore = "acme_terms" # HERE')
    ),
    "no requirement": Plant(
        "DG107", toml('dependencies = ["docgen-core>=0.1,<1"]', "dependencies = [] # HERE")
    ),
    "no upper bound": Plant("DG107", toml('>=0.1,<1"]', '>=0.1"] # HERE')),
    "no project table": Plant("DG109", toml("[project]", "[projekt]"), at=PYPROJECT),
    "a name that is a number": Plant(
        "DG109", toml('name = "acme-terms"', "name = 3"), at=PYPROJECT
    ),
    "an entry point that is a number": Plant("DG109", toml('"acme_terms"', "3"), at=PYPROJECT),
    "broken toml": Plant("DG109", toml("[project]", "[project"), at=PYPROJECT),
    "an import error": Plant(
        "DG201", init("import attrs\n", "import attrs\nimport no_such_module  # HERE\n")
    ),
    "a syntax error": Plant(
        "DG201", init("import attrs\n", "import attrs\ndef broken(:  # HERE\n")
    ),
    "an exit": Plant(
        "DG201", init("import attrs\n", "import attrs\nraise SystemExit(2)  # HERE\n")
    ),
    "an endless import": Plant(
        "DG202",
        init("import attrs\n", "import attrs\nwhile True: attrs.fields  # HERE\n"),
        seconds=2.0,
    ),
    "a heavy library": Plant(
        "DG203", init("import attrs\n", "import jinja2  # HERE\nimport attrs\n")
    ),
    "a heavy part of the standard library": Plant(
        "DG203", init("import attrs\n", "import asyncio  # HERE\nimport attrs\n")
    ),
    "a private import": Plant(
        "DG204",
        init(
            "def get_template():\n",
            "def get_template():\n    from docgen_core.plugins import Registry  # HERE\n",
        ),
    ),
    "a file at import": Plant(
        "DG205",
        init("import attrs\n", "import attrs\nopen(__file__ + '.log', 'w').close()  # HERE\n"),
    ),
    "a print at import": Plant(
        "DG206", init("import attrs\n", "import attrs\nprint('loaded')\n"), at=INIT
    ),
    "ten megabytes at import": Plant(
        "DG206", init("import attrs\n", "import attrs\nprint('x' * 10_000_000)\n"), at=INIT
    ),
    "a misspelt hook": Plant("DG301", init(HOOK, "def post_process(draft):  # HERE")),
    "an unknown argument": Plant("DG302", init(HOOK, "def postprocess(draft, client):  # HERE")),
    "an async hook": Plant("DG303", init(HOOK, "async def postprocess(draft):  # HERE")),
    "keyword-only arguments": Plant("DG303", init(HOOK, "def postprocess(*, draft):  # HERE")),
    "a wrapper": Plant(
        "DG303",
        init(
            f"@hookimpl\n{HOOK}",
            "@hookimpl(wrapper=True)\ndef postprocess(draft):  # HERE\n    return (yield)\n",
        ),
    ),
    "no instructions": Plant(
        "DG304",
        {
            INIT: (
                ("@hookimpl\ndef get_instructions", "def get_instructions"),
                ("def get_deliverables():", "def get_deliverables():  # HERE"),
            )
        },
    ),
    "no deliverables": Plant(
        "DG305",
        init(
            "def get_deliverables():\n    return [",
            "def get_deliverables():  # HERE\n    return None and [",
        ),
    ),
    "no hook that offers": Plant(
        "DG305",
        init("@hookimpl\ndef get_deliverables", "def get_deliverables"),
        at=INIT,
    ),
    "deliverables of another type": Plant(
        "DG305",
        init(
            "def get_deliverables():\n    return [",
            "def get_deliverables():  # HERE\n    return [1] or [",
        ),
    ),
    "an id that is none": Plant(
        "DG305",
        init(
            'Deliverable(\n            id="terms",',
            'Deliverable(  # HERE\n            id="Terms!",',
        ),
    ),
    "two lines of title": Plant("DG306", init('title="Terms",', 'title="Terms\\nof use",  # HERE')),
    "a newer api": Plant("DG307", init("api=(1, 1),", "api=(1, 99),  # HERE")),
    "an api that is a text": Plant("DG307", init("api=(1, 1),", 'api="1.1",  # HERE')),
    "an exporter that is none": Plant(
        "DG308",
        {
            PYPROJECT: (
                ("docgen.deliverables", "docgen.exporters"),
                (ENTRY, 'txt = "acme_terms:Settings" # HERE'),
            )
        },
    ),
    "a setting without a default": Plant(
        "DG401",
        init(
            'attrs.field(default=3, metadata={"help": "How many terms."})',
            'attrs.field(metadata={"help": "How many."})  # HERE',
        ),
    ),
    "a setting without help": Plant(
        "DG402", init('attrs.field(default=3, metadata={"help": "How many terms."})', "3  # HERE")
    ),
    "settings that change": Plant(
        "DG403",
        init(
            "@attrs.frozen(kw_only=True)\nclass Settings:",
            "@attrs.define(kw_only=True)\nclass Settings:  # HERE",
        ),
    ),
    "a default of another type": Plant(
        "DG404",
        init(
            'attrs.field(default=3, metadata={"help": "How many terms."})',
            'attrs.field(default="3", metadata={"help": "How many."})  # HERE',
        ),
    ),
    "a dict in the schema": Plant(
        "DG501",
        init(
            "    notes: Annotated[str,",
            f"    more: Annotated[dict[str, str], Field('d')] = {{}}  # HERE\n{NOTES}",
        ),
    ),
    "a limit that is too high": Plant(
        "DG501",
        init(
            'Field("the term itself", limit=60)]', 'Field("the term itself", limit=90000)]  # HERE'
        ),
    ),
    "a field without description": Plant(
        "DG502", init("    kind: Annotated[", "    bare: str = ''  # HERE\n    kind: Annotated[")
    ),
    "a schema that changes": Plant(
        "DG503",
        init("@attrs.frozen(kw_only=True)\nclass Terms:", "@attrs.define\nclass Terms:  # HERE"),
    ),
    "ids that nobody gives": Plant(
        "DG504",
        init(
            'Reference("T", "terms near to it", most=3)] = ()',
            'Reference("Q", "questions", most=3)] = ()  # HERE',
        ),
    ),
    "a reference without default": Plant("DG505", init("most=3)] = ()", "most=3)]  # HERE")),
    "an old api with a schema": Plant(
        "DG506",
        {INIT: (("schema=Terms,", "schema=Terms,  # HERE"), ("api=(1, 1),", "api=(1, 0),"))},
    ),
    "a validator of its own": Plant(
        "DG507",
        init(
            "    notes: Annotated[",
            "    def __attrs_post_init__(self):\n"
            "        assert self.notes.isalpha()  # HERE\n\n"
            "    notes: Annotated[",
        ),
    ),
    "a number from a setting that is not there": Plant(
        "DG508",
        {INIT: ((COUNTED, f"{COUNTED}  # HERE"), ('setting="count"', 'setting="cuont"'))},
    ),
    "a number from a setting that is a text": Plant(
        "DG508",
        {
            INIT: (
                (COUNTED, f"{COUNTED}  # HERE"),
                ("count: int = attrs.field(default=3", 'count: str = attrs.field(default="3"'),
            )
        },
    ),
    "a number that the list cannot have": Plant(
        "DG508",
        {INIT: ((COUNTED, f"{COUNTED}  # HERE"), ("default=3", "default=12"))},
    ),
    "a hook that raises": Plant("DG601", in_hook("1 / 0  # HERE")),
    "a hook that exits": Plant("DG601", in_hook("raise SystemExit(1)  # HERE")),
    "a hook that hangs": Plant(
        "DG602", in_hook("while True: context.language  # HERE"), seconds=2.0
    ),
    "a number for instructions": Plant("DG603", spoilt(TOLD, "return 3")),
    "empty instructions": Plant("DG603", spoilt(TOLD, "return ' '")),
    "a text for a template": Plant(
        "DG603",
        init(
            "def get_template():\n    return TemplateRef",
            "def get_template():  # HERE\n    return str",
        ),
    ),
    "another deliverable's draft": Plant(
        "DG603", spoilt(f"{HOOK}\n", "return attrs.evolve(draft, deliverable='x')")
    ),
    "data of another type": Plant(
        "DG603", spoilt(f"{HOOK}\n", "return attrs.evolve(draft, data=[])")
    ),
    "another section": Plant("DG603", spoilt(MERGE, "return attrs.evolve(section, id='x')")),
    "a hundred megabytes": Plant("DG604", spoilt(TOLD, "return 'x' * 100_000_000")),
    "a changed draft": Plant(
        "DG605", spoilt(f"{HOOK}\n", "object.__setattr__(draft, 'markdown', 'new')")
    ),
    "a changed input": Plant(
        "DG605", spoilt(TOLD, "object.__setattr__(context.settings, 'count', 9)")
    ),
    "chance": Plant("DG606", spoilt(TOLD, "import random; return str(random.random())")),
    "a set in any order": Plant("DG606", spoilt(TOLD, "return str(set('abcdefgh'))")),
    "a growing answer": Plant(
        "DG607",
        spoilt(
            f"{HOOK}\n",
            "data = draft.data; return attrs.evolve("
            "draft, data=attrs.evolve(data, notes=data.notes + '!'))",
        ),
    ),
    "a connection": Plant(
        "DG608", in_hook("import socket; socket.create_connection(('127.0.0.1', 9))  # HERE")
    ),
    "a name looked up": Plant(
        "DG608", in_hook("import socket; socket.getaddrinfo('example.invalid', 80)  # HERE")
    ),
    "a file": Plant("DG609", in_hook("open('notes.txt', 'w').write('x')  # HERE")),
    "a folder": Plant("DG609", in_hook("import os; os.mkdir('x')  # HERE")),
    "a process": Plant("DG610", in_hook("import subprocess; subprocess.run(['true'])  # HERE")),
    "another folder": Plant("DG610", in_hook("import os; os.chdir('/')  # HERE")),
    "a print in a hook": Plant("DG611", spoilt(TOLD, "print('hello')")),
    "os._exit": Plant("DG612", spoilt(TOLD, "import os; os._exit(0)")),
    "os._exit after another fault": Plant(
        "DG612",
        {
            INIT: (
                ("limit=60)", "limit=90000)"),
                ("def get_deliverables():\n", "def get_deliverables():  # HERE\n    import os\n"),
                ("    return [\n", "    os._exit(0)\n    return [\n"),
                ("import attrs\n", "import attrs\nimport subprocess\n"),
            )
        },
        also=("DG203",),
    ),
    "in the way of the check": Plant(
        "DG614",
        {
            INIT: (
                ("import attrs\n", "import sys\n\nimport attrs\n"),
                (
                    "    return [\n",
                    "    sys.modules['docgen_core.conformance.trial'] = None\n    return [\n",
                ),
                ("def get_deliverables():\n", "def get_deliverables():  # HERE\n"),
            )
        },
    ),
    "a missing template": Plant(
        "DG701",
        init(
            'def get_template():\n    return TemplateRef("terms/section.md.j2")',
            'def get_template():  # HERE\n    return TemplateRef("terms/sektion.md.j2")',
        ),
    ),
    "a template with a mistake": Plant(
        "DG702", template("{% if data.notes %}", "{% if data.notes #} {# HERE #}")
    ),
    "an undefined variable": Plant(
        "DG702", template("{{ words.kind }}:", "{{ word.kind }}: {# HERE #}")
    ),
    "a field that is not there": Plant(
        "DG702", template("{{ term.kind }}.", "{{ term.sort }} {# HERE #}")
    ),
    "a word that is not there": Plant(
        "DG702", template("{{ words.kind }}:", "{{ words.sort }}: {# HERE #}")
    ),
    "an item that is not there": Plant(
        "DG703", template("{{ term.kind }}.", "{{ data.terms[7].kind }} {# HERE #}")
    ),
    "a field that may be empty": Plant(
        "DG704", template("{{ term.related | refs }}", "{{ data.notes.split()[0] }} {# HERE #}")
    ),
    "an empty heading": Plant(
        "DG705",
        template(
            "{% if data.notes %}\n## {{ words.notes }}\n\n{{ data.notes }}\n{% endif %}",
            "## {{ words.notes }} {# HERE #}\n\n{{ data.notes }}\n",
        ),
    ),
    "words that are no toml": Plant("DG706", {WORDS: (('kind = "Kind"', "kind = Kind # HERE"),)}),
    "a word that is missing": Plant(
        "DG707", {WORDS: (("[de]", "[de] # HERE"), ('kind = "Art"\n', ""))}
    ),
}
