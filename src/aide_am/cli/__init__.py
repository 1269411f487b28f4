"""The command line: dossiers in, answers out; the tables, the sources, the schemas, the examples.

Exit codes: 0 answered, 1 refused data, 2 wrong usage. Answers go to stdout, refusals and complaints
to stderr. When stdout is not a terminal the text is plain: no colour, no wrapping, UTF-8.
"""

from . import contract, costs, directory, dossier, published, tables  # noqa: F401  each module adds its commands to the program
from .program import run

__all__ = ["run"]
