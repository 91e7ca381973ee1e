"""`python -m stream` is the `stream` command."""

from stream.cli import main

main()
