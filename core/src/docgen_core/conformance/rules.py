"""The contract of a plugin as a table: one code for each way of breaking it. Nothing but data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

__all__ = ["RULES", "STAGES", "Rule"]

#: The steps of a check in order, by the first digit of the codes that each can give.
STAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1": "package",
        "2": "import",
        "3": "hooks",
        "8": "export",
        "4": "settings",
        "5": "schema",
        "6": "conduct",
        "7": "template",
    }
)


@attrs.frozen
class Rule:
    """One rule of the contract.

    Attributes:
        broken: How a plugin breaks it, as a phrase.
        hint: What its author does about it, as a whole sentence.
    """

    broken: str
    hint: str


_PACKAGE: Final = {
    "DG101": Rule(
        "no entry point of docgen",
        'Add [project.entry-points."docgen.deliverables"] with the line <id> = "<module>".',
    ),
    "DG102": Rule(
        "the entry point's name is not valid",
        "A deliverable's id has small letters, digits and underscores, and begins with a letter.",
    ),
    "DG103": Rule(
        "the entry point names something else than a module",
        'Write the module alone, without ":" and an attribute.',
    ),
    "DG104": Rule(
        "the entry point names a module that is not there",
        "Correct the name, or put the module into the package.",
    ),
    "DG105": Rule(
        "a deliverable without an entry point",
        "Add a line for it to the entry points, or docgen never asks for it.",
    ),
    "DG106": Rule(
        "an entry point without a deliverable",
        "Return a Deliverable with this id from get_deliverables, or take the line out.",
    ),
    "DG107": Rule(
        "no range on docgen-core",
        'Depend on it with a floor and a bound, for instance "docgen-core>=0.1,<1".',
    ),
    "DG108": Rule(
        "another installed package offers the same id",
        "Choose another id, or tell your users the setting that chooses between the two.",
    ),
    "DG109": Rule("the project cannot be read", "Correct pyproject.toml; it needs [project]."),
}

_IMPORT: Final = {
    "DG201": Rule("importing it fails", "Importing a plugin must never raise or exit."),
    "DG202": Rule("importing it does not end", "Do nothing at import but define things."),
    "DG203": Rule(
        "a heavy import at the top level",
        "Import it inside the function that needs it: every listing of plugins pays for it.",
    ),
    "DG204": Rule(
        "an import of what is private to docgen",
        "Import from docgen_core.api only; the rest may change without notice.",
    ),
    "DG205": Rule(
        "importing it acts on the machine",
        "At import a plugin opens no connection, writes no file and starts no process.",
    ),
    "DG206": Rule("importing it prints", "Take the print out, or use the logging module."),
}

_HOOKS: Final = {
    "DG300": Rule("docgen refuses the plugin", "`docgen plugins show` gives the same reason."),
    "DG301": Rule("a hook that does not exist", "Correct the function's name."),
    "DG302": Rule(
        "a hook with an argument that does not exist",
        "A hook names only arguments of its specification, in any order.",
    ),
    "DG303": Rule(
        "a hook that is no plain function",
        "Write one plain `def` for a hook: not async, no wrapper, no keyword-only arguments.",
    ),
    "DG304": Rule("no get_instructions", "Say in get_instructions what the model is to write."),
    "DG305": Rule("get_deliverables gives no deliverables", "Return a list of Deliverable."),
    "DG306": Rule("a fact of a deliverable makes no sense", "Correct the argument."),
    "DG307": Rule(
        "the hook API does not fit",
        "Declare the API version that the plugin uses, at most what this docgen speaks.",
    ),
    "DG308": Rule(
        "an exporter, server or command that is none",
        "Load a class or an object that fits the protocol in docgen_core.api.",
    ),
}

_SETTINGS: Final = {
    "DG401": Rule(
        "the settings do not work with their defaults",
        "Give every field a default, so that a user need not set anything.",
    ),
    "DG402": Rule(
        "a setting without a help text",
        'Add metadata={"help": "..."} to the field, for `docgen plugins show`.',
    ),
    "DG403": Rule("the settings can be changed", "Use @attrs.frozen(kw_only=True)."),
    "DG404": Rule("a default that a user could not set", "Make the default fit its type."),
}

_SCHEMA: Final = {
    "DG501": Rule(
        "the schema goes beyond the safe subset",
        "Use str, int, bool, Literal of texts, attrs classes and tuple[X, ...] of them.",
    ),
    "DG502": Rule(
        "a field without a description",
        'Annotate it: Annotated[str, Field("what belongs there")].',
    ),
    "DG503": Rule("the schema can be changed", "Use @attrs.frozen(kw_only=True)."),
    "DG504": Rule(
        "a reference to ids that no input has",
        "Add the deliverable that has these ids to needs or uses.",
    ),
    "DG505": Rule(
        "an id or a reference without its default",
        'Give it the default "" (a list of references: ()).',
    ),
    "DG506": Rule("a schema with hook API 1.0", "Declare api=(1, 1), which structures answers."),
    "DG507": Rule(
        "the schema refuses an answer that fits it",
        "Leave validation to Field; what the model is asked for must be what the class takes.",
    ),
    "DG508": Rule(
        "a field names a setting that cannot say how many",
        "Name a setting of the deliverable that is an int, with a default that the list can have.",
    ),
}

_CONDUCT: Final = {
    "DG601": Rule("a hook raises", "A hook must cope with every context that docgen can give it."),
    "DG602": Rule("a hook does not end", "A hook is a quick function of its arguments."),
    "DG603": Rule("a hook returns the wrong thing", "Return what the hook's reference says."),
    "DG604": Rule("a hook returns too much", "Return less; no model can hold this."),
    "DG605": Rule("a hook changes its arguments", "Return a new object: attrs.evolve makes one."),
    "DG606": Rule(
        "a hook gives another result each time",
        "Take out what depends on chance, the clock or earlier calls.",
    ),
    "DG607": Rule(
        "postprocess changes its own result again",
        "What is in order already must come back as it was.",
    ),
    "DG608": Rule("a hook uses the network", "Hooks are functions of their arguments alone."),
    "DG609": Rule("a hook writes files", "Return the text; docgen writes the files."),
    "DG610": Rule(
        "a hook acts on the process",
        "A hook starts no process and changes neither folder nor environment.",
    ),
    "DG611": Rule("a hook prints", "Take the print out, or use the logging module."),
    "DG612": Rule(
        "the plugin ends the process",
        "Nothing in docgen can hold os._exit or a crash in C code: take it out.",
    ),
    "DG613": Rule("the check took too long", "Make the hooks quicker."),
    "DG614": Rule(
        "the check stumbles over the plugin",
        "If the plugin is as it should be, report this as a bug of docgen.",
    ),
}

_TEMPLATE: Final = {
    "DG701": Rule(
        "the template is not there",
        "Put the file into the package's templates folder, or name the right one.",
    ),
    "DG702": Rule("the template is wrong", "Correct the line."),
    "DG703": Rule("the template fails on a full answer", "Use only what the schema has."),
    "DG704": Rule(
        "the template fails on an answer with only what is required",
        "Ask {% if ... %} before showing what may be empty.",
    ),
    "DG705": Rule("a heading with nothing under it", "Put the heading into the {% if ... %} too."),
    "DG706": Rule("words.toml cannot be read", "Write one table for each language, texts only."),
    "DG707": Rule(
        "the languages of words.toml have different words",
        "Give every language the same keys; a missing one falls back to English.",
    ),
}

_EXPORT: Final = {
    "DG801": Rule(
        "the exporter cannot be used",
        "Give it a suffix such as '.html', and settings that are an attrs class, if any.",
    ),
    "DG802": Rule(
        "an export raises",
        "Cope with every node and every text; raise a DocgenError where the user can help it.",
    ),
    "DG803": Rule("an export writes no file", "Write the file that `target` names."),
    "DG804": Rule(
        "an export writes elsewhere",
        "Write to `target` only; tempfile is for what is needed on the way.",
    ),
    "DG805": Rule("an export leaves files behind", "Remove what was needed on the way."),
    "DG806": Rule(
        "the same document gives another file",
        "Take out the clock, random ids and the order of sets.",
    ),
    "DG807": Rule("an export takes too long", "Be quick with every document, or refuse it."),
    "DG808": Rule(
        "an export uses the network", "Fetch nothing: whoever wrote the text would know of it."
    ),
    "DG809": Rule(
        "an export returns the wrong thing", "Return a tuple of sentences for the user, or None."
    ),
}

#: Every rule by its code.
RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        **_PACKAGE,
        **_IMPORT,
        **_HOOKS,
        **_EXPORT,
        **_SETTINGS,
        **_SCHEMA,
        **_CONDUCT,
        **_TEMPLATE,
    }
)
