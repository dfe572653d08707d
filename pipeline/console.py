"""How every command speaks: data to standard output, words to standard error, errors as two lines and an exit code."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TextIO

import typer

from pipeline import telemetry
from pipeline.app import House
from pipeline.commands import Result
from pipeline.errors import SHORT_OF, ExitCode, PipelineError, WorkerError
from pipeline.estimate import Forecast
from pipeline.reports import forecast_lines, result_facts, result_lines
from pipeline.screen import Screen, safe
from pipeline.settings import load


@contextlib.contextmanager
def speaking(
    data: Path | None, config: Path | None, *, verbose: bool = False, model: str | None = None
) -> Iterator[tuple[House, Screen]]:
    """Build the house; turn errors into two lines and an exit code."""
    telemetry.drop_chatter()
    screen = Screen(verbose=verbose or sys.stderr.isatty())
    try:
        configuration = load(config, data, os.environ)  # noqa: TID251  # the one place where it comes in
        for warning in configuration.warnings:
            screen.say(safe(warning))
        yield House(configuration.with_model(model) if model else configuration), screen
    except PipelineError as error:
        screen.error(error)
        raise typer.Exit(getattr(error, "exit_code", ExitCode.USAGE)) from None
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`); nothing more may be written, also not at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        hint = WorkerError.hint if error.errno in SHORT_OF else "look at the disk's space and at permissions"
        screen.error(PipelineError(f"{where}{error.strerror or error}", hint))
        raise typer.Exit(ExitCode.TRY_LATER) from None
    except (KeyboardInterrupt, typer.Abort):  # the second one is Ctrl-C, or the end of the input, at a question
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def finish(house: House, screen: Screen, result: Result, *, as_json: bool) -> NoReturn:
    """Say how the run went and leave with its exit code."""
    report = result.report
    if report.brake.error:
        screen.error(report.brake.error)
    if as_json:
        print_json(result_facts(result, screen.documents))
    else:
        for line in result_lines(house, result):
            (screen.tell if report.exit_code == ExitCode.DONE else screen.say)(line)
    raise typer.Exit(report.exit_code)


def print_forecast(forecast: Forecast, *, as_json: bool) -> None:
    """Print what a run would cost."""
    if as_json:
        print_json(dataclasses.asdict(forecast))
    else:
        print_text("\n".join(forecast_lines(forecast)))


def print_json(value: Any) -> None:
    """Print data, in UTF-8 whatever the terminal speaks."""
    print_text(json.dumps(value, ensure_ascii=False, indent=2), "utf-8")


def print_text(text: str, encoding: str | None = None) -> None:
    """Print lines. Raises OSError where there is no room for them."""
    stream = data_stream(encoding)
    stream.write(text + "\n")
    stream.flush()  # while it can be said that there is no room for it


def data_stream(encoding: str | None = None) -> TextIO:
    """Return standard output, in the terminal's encoding or a given one. What that cannot say is escaped."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    return sys.stdout
