"""Keeps the files of the chosen variant, answer and licence, and takes the others away."""

import shutil
from pathlib import Path

VARIANT = "{{ cookiecutter.variant }}"
ANSWER = "{{ cookiecutter.answer }}"
LICENCE = "{{ cookiecutter.licence }}"
ACTS_AS = "{{ cookiecutter.acts_as }}"
PACKAGE = "{{ cookiecutter.__package }}"
PARTS = "{{ cookiecutter.__parts }}".split(",")

ROOT = Path.cwd()


def choose_variant():
    """Move the files of the variant to where they belong."""
    for source in sorted((ROOT / f"_{VARIANT}").iterdir()):
        source.rename(ROOT / source.name)
    for other in ROOT.glob("_*"):
        shutil.rmtree(other)


def choose_answer(package):
    """Keep the template of a structured or of a free answer; free Markdown has no schema."""
    for template in sorted(package.glob("templates/**/section.*.md.j2")):
        if template.name == f"section.{ANSWER}.md.j2":
            template.rename(template.with_name("section.md.j2"))
        else:
            template.unlink()
    if ANSWER == "free":
        (package / "schema.py").unlink()


def copy_to_each(templates):
    """Give each of several deliverables a folder of templates."""
    for part in PARTS:
        shutil.copytree(templates / "each", templates / part)
        words = templates / part / "words.toml"
        title = part.replace("_", " ").title()
        words.write_text(words.read_text("utf-8").replace("{title}", title), "utf-8")
    shutil.rmtree(templates / "each")


choose_variant()
package = ROOT / "src" / PACKAGE
if VARIANT != "pack":
    choose_answer(package)
if VARIANT == "several":
    copy_to_each(package / "templates")
if VARIANT == "pack" and ACTS_AS != "legal_footer":
    shutil.rmtree(package / "templates")
for text in ROOT.glob("LICENSE.*"):
    if text.name == f"LICENSE.{LICENCE}":
        text.rename(ROOT / "LICENSE")
    else:
        text.unlink()
