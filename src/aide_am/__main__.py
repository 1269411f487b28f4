"""The console script `aide-am`, also run by `python -m aide_am`."""

import sys

EXTRA = frozenset({"typer", "rich", "click"})
"""What the extra `cli` brings; nothing but the command line imports it."""
WITHOUT_EXTRA = (
    "La ligne de commande demande des bibliothèques qui ne sont pas installées\u202f: "
    'lancez pip install "aide-am[cli]".'
)


def main() -> None:
    """Run the command line and exit with its code: 0 answered, 1 refused data, 2 wrong usage."""
    try:
        from .cli import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        print(WITHOUT_EXTRA, file=sys.stderr)
        raise SystemExit(2) from None
    raise SystemExit(run())


if __name__ == "__main__":
    main()
