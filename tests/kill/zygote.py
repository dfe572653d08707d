"""The process that dies: the real command line, armed with a kill point or not.

    python tests/kill/zygote.py POINT run        the program, in a process that starts from nothing
    python tests/kill/zygote.py                  a process that forks one whenever it is told to

The second one has run the program once already, so that a kill in it costs a third of a second, not three. It reads a line
of JSON for each request and answers with a number; it has no thread but its own when it forks.

Workers that read documents import this file as their main module, so it imports nothing of the program by itself.
"""

from __future__ import annotations

import json
import os
import sys
from multiprocessing import forkserver
from pathlib import Path
from typing import Any


def main() -> None:
    """Be the program, or fork it."""
    if sys.argv[1:]:
        _become(sys.argv[1], sys.argv[2:])
    _warm()
    _say(0)
    for line in sys.stdin:
        _say(_answer(**json.loads(line)))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _become(point: str, words: list[str]) -> None:
    from pipeline.cli import app
    from points import arm

    if point:
        arm(point)
    app(words)


def _warm() -> None:
    """Run the program to its end once: everything is imported, and the server that forks workers is there."""
    import tqdm

    from pipeline.cli import app
    from pipeline.schemas.names import country_code, language_code

    tqdm.tqdm.monitor_interval = 0  # else it starts a thread
    app(["run"], standalone_mode=False)
    for known in (language_code, country_code):
        known("a word of no language")  # and so all names are loaded


def _answer(verb: str, **details: Any) -> int:
    if verb == "fork":
        return _fork(**details)
    return os.waitstatus_to_exitcode(os.waitpid(details["pid"], 0)[1])


def _fork(folder: str, environ: dict[str, str], point: str, words: list[str]) -> int:
    # A kill between the connection to that server and its request ends the server, too; here many share one.
    forkserver.ensure_running()
    pid = os.fork()
    if pid:
        return pid
    vars(forkserver._forkserver)["ensure_running"] = lambda: None  # which only the parent of that server may ask
    said = os.open(Path(folder) / "said.txt", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    os.environ.update(environ)  # noqa: TID251  # as if it had begun with it
    try:
        _become(point, words)
    except SystemExit as ended:
        sys.stderr.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
