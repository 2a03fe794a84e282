"""The command line: click commands, each in a lazily imported module, and what they print."""
