"""One module for each command. They import click at the top and everything else when they run."""
