"""Lets `python -m docgen_core` do what `docgen` does."""

from docgen_core.cli.main import run

if __name__ == "__main__":
    run()
