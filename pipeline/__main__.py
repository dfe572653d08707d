"""The start of the program: `pipeline` and `python -m pipeline` alike."""


def main() -> None:
    """Run the command line."""
    # Imported here: the workers that read documents import this file as their main module, and need none of the rest.
    from pipeline.cli import main as command_line  # noqa: PLC0415

    command_line()


if __name__ == "__main__":
    main()
