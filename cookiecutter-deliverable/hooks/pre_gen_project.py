"""Refuses answers that would give a package which docgen or pip cannot use."""

import json
import re
import sys

VARIANT = {{ cookiecutter.variant | tojson }}
ID = {{ cookiecutter.id | tojson }}
PARTS = {{ cookiecutter.__parts | tojson }}.split(",")
NEEDS = [name for name in {{ cookiecutter.__needs | tojson }}.split(",") if name]
DISTRIBUTION = {{ cookiecutter.distribution | tojson }}
# Read as JSON, which pairs the two halves of a character beyond the 65,536th; Python text would not.
LINES = json.loads(r"""{{ dict(
    title=cookiecutter.title, summary=cookiecutter.summary, author=cookiecutter.author
) | tojson }}""")

#: Each word begins with a letter, because class names and prefixes of item ids are made of them.
ID_PATTERN = re.compile(r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*")
DISTRIBUTION_PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
#: Their classes would have the names of what the package imports.
TAKEN = {"annotated", "deliverable", "field", "hook_context", "identity", "settings", "template_ref"}
LONGEST = 40


def unfit(text):
    """Tell whether a text would break a file that it is written into."""
    return not text.strip() or any(sign in text for sign in '"\\') or not text.isprintable()


def problems():
    """Give one sentence for each answer that cannot be used."""
    for name in dict.fromkeys([ID, *PARTS]):
        if not ID_PATTERN.fullmatch(name) or len(name) > LONGEST:
            yield (
                f"id: {name!r} must be words of small letters and digits with _ between them, "
                f"each beginning with a letter, {LONGEST} characters at most"
            )
        elif name in TAKEN:
            yield f"id: {name!r} would clash with a name that the package imports"
    if VARIANT == "several" and len(set(PARTS)) < max(2, len(PARTS)):
        yield "parts: give two ids or more, each once, separated by commas"
    if VARIANT == "one" and PARTS != [ID]:
        yield "parts: only the variant `several` has more than one deliverable"
    for name in NEEDS:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield f"needs: {name!r} is not the id of a deliverable"
        elif name in PARTS:
            yield f"needs: {name!r} cannot need itself"
    if not DISTRIBUTION_PATTERN.fullmatch(DISTRIBUTION):
        yield f"distribution: {DISTRIBUTION!r} must be small letters and digits with - between them"
    # The defaults of the others repeat the title: one sentence for it is enough.
    wrong = [key for key, text in LINES.items() if unfit(text)]
    for key in ["title"] if "title" in wrong else wrong:
        yield f"{key}: must be one line of text without double quotation marks and backslashes"


found = list(problems())
for line in found:
    print(f"ERROR: {line}", file=sys.stderr)
sys.exit(1 if found else 0)
