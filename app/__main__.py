"""`python -m app VERB`: see app/cli.py."""

from app.cli import main

main()
