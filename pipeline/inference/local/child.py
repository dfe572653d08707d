"""What the process of a local model runs: llama.cpp's own server, for as long as whoever started it holds our stdin.

It is told what to do in one line of JSON on stdin, so that the key stands in no list of processes. It
answers with its address on a line of its own; then it is silent, and it ends the moment stdin closes,
which the kernel sees to also when the program that started it is killed. Run as a file, it imports
nothing of this program: python -P child.py
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
import sys
from typing import Any

import xllamacpp

_ERRORS_ONLY = 1


def main() -> None:
    """Serve until stdin closes. A model that cannot be loaded ends this with llama.cpp's words on stderr."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us too, but the document in hand is to be finished
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no document behind on the disk
    wanted = json.loads(sys.stdin.buffer.readline())
    _end_with_stdin()
    server = xllamacpp.Server(_parameters(wanted))  # returns when the model is loaded
    print(f"\n{server.listening_address}", flush=True)  # noqa: T201  # this is what we were started for
    _fall_silent()
    sys.stdin.buffer.read()
    os._exit(0)  # at once, also with a request in flight


def _end_with_stdin() -> None:
    """Let the kernel end us when stdin closes: llama.cpp holds the interpreter while it loads, so Python could not."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _parameters(wanted: dict[str, Any]) -> Any:
    """Return llama.cpp's settings. `context` is tokens for each of `slots` requests at once."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = wanted["model"]
    parameters.n_parallel = wanted["slots"]
    parameters.n_ctx = wanted["context"] * wanted["slots"]
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = wanted["threads"]
    parameters.sampling.temp = 0.0  # what stands in the document, not what might
    parameters.cache_ram_mib = 0  # no store of earlier documents beside the slots
    parameters.fit_params = False  # do as told, or fail
    parameters.verbosity = _ERRORS_ONLY
    _close_doors(parameters, wanted["key"])
    return parameters


def _close_doors(parameters: Any, key: str) -> None:
    """Let in nobody but who knows the key, from this machine: no other user, no web page in a browser."""
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.cors_origins, parameters.cors_origins_explicit = "", True
    parameters.ui = parameters.endpoint_slots = parameters.endpoint_props = parameters.endpoint_metrics = False


def _fall_silent() -> None:
    """Say nothing from here on: what a server might say while it works may quote a document."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


if __name__ == "__main__":
    main()
