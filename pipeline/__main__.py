"""The start of the program: `pipeline` and `python -m pipeline` alike."""

import atexit
import contextlib
import gc
import os
import signal
import sys
import traceback
from pathlib import Path

_INTERRUPTED, _TRY_LATER = 130, 75
"""As in errors.ExitCode, which may not be there yet."""
_FRAMES = 3
"""Of a traceback: the last ones say where."""


def main() -> None:
    """Run the command line."""
    _open_what_is_closed()
    _take_names_for_unicode()
    _start_nothing_from_here()
    _take_endings_for_ctrl_c()
    try:
        # Imported here: the workers that read documents import this file as their main module, and need none of the rest.
        gc.disable()
        from pipeline.cli import main as command_line  # noqa: PLC0415

        gc.freeze()  # what is loaded stays: to look through it for rubbish, now and at the end, takes as long as to load it
        gc.enable()
        command_line()
    except KeyboardInterrupt:  # before there is anything in hand that has to be finished
        sys.exit(_INTERRUPTED)
    except Exception as error:
        _tell(error)
        sys.exit(_TRY_LATER)
    finally:
        _leave_who_has_gone()
        atexit.register(_say_no_more)  # now, so that it comes before all that modules have registered


def _tell(error: Exception) -> None:
    """Say in two lines what nobody foresaw: no memory, a module that cannot be read, our own mistake.

    Not in a traceback: its last line may quote a document. What the system says of itself quotes none.
    """
    is_systems = isinstance(error, (OSError, ImportError, MemoryError)) or "start new thread" in str(error)
    words = f"{type(error).__name__}{f': {error}' if is_systems and str(error) else ''}"
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(
            f"pipeline: the program cannot go on ({words}, at {places})\n"
            "          -> look at memory, limits and the disk (free -m, ulimit -a, df), then run again; nothing is lost. "
            "If it goes on, it is a mistake in this program, or it is not whole: make install\n"
        )


def _leave_who_has_gone() -> None:
    """Let what is left to say go nowhere where nobody takes it: at exit, Python would make an exit code of its own of that."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _say_no_more() -> None:
    """Let nobody hear what Python cannot tidy up at its exit, such as a folder of sockets: all that concerns a person is said."""
    with contextlib.suppress(OSError):
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # likewise


def _open_what_is_closed() -> None:
    """Let words go nowhere where a stream was closed (`2>&-`); the next file that is opened would stand in its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # as long as the program lives


def _take_names_for_unicode() -> None:
    """Begin again in UTF-8 where the locale says otherwise (LC_ALL=C, an old ISO 8859): names of files are bytes anyway."""
    if sys.getfilesystemencoding() != "utf-8":
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606  # ourselves


def _start_nothing_from_here() -> None:
    """Let the Pythons that are started import nothing from the current folder: it may be an inbox, and hold a zipfile.py.

    multiprocessing starts its servers by `-c` and leaves no other way to say so. Now, as long as nobody else runs: a
    program that a thread starts while another changes the environment may get half of it ("Bad address").
    """
    os.environ.setdefault("PYTHONSAFEPATH", "1")  # noqa: TID251  # it is said, not asked


def _take_endings_for_ctrl_c() -> None:
    """Let SIGTERM, and a terminal that goes away, end every command as Ctrl-C does: half files go, the exit code is told."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # what is ignored stays ignored
            signal.signal(number, signal.default_int_handler)


if __name__ == "__main__":
    main()
