"""The start of the program: `pipeline` and `python -m pipeline` alike."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line."""
    _open_what_is_closed()
    # Imported here: the workers that read documents import this file as their main module, and need none of the rest.
    from pipeline.cli import main as command_line  # noqa: PLC0415

    command_line()


def _open_what_is_closed() -> None:
    """Let words go nowhere where a stream was closed (`2>&-`); the next file that is opened would stand in its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # as long as the program lives


if __name__ == "__main__":
    main()
