"""The shared document shell, partials and themes, read with jinja2's PackageLoader."""
