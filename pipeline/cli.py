"""The verbs a person types: what each can be told, and which command it gives. How they speak: console.py."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline import __version__, commands
from pipeline.check import check as look_over
from pipeline.commands import Order
from pipeline.console import data_stream, finish, print_forecast, print_json, print_text, speaking
from pipeline.errors import ExitCode, PipelineError
from pipeline.options import (
    MOST,
    AsOf,
    Config,
    Data,
    DryRun,
    Json,
    Limit,
    Since,
    Verbose,
    Wanted,
    day,
    midnight,
    name,
    place,
)
from pipeline.reports import deed_line, document_lines, forecast_lines, plan_lines, status_lines
from pipeline.screen import counted, money, near, safe, table
from pipeline.upkeep import recovery
from pipeline.upkeep.tidying import Step

_STDOUT = ("-", "/dev/stdout")
"""The second one may be a file, which others write to as well (`{ ...; } > all.csv`): it is not to be replaced."""
_COST_COLUMNS = (
    "attempts documents input_tokens cached_input_tokens output_tokens reasoning_tokens cost "
    "unknown_attempts unpriced_attempts"
).split()
_SELDOM = ("cached_input_tokens", "reasoning_tokens", "unknown_attempts", "unpriced_attempts")
"""Left out where there is nothing of it: the table is to fit a terminal of 80 columns. All are in --json."""
_JSONL, _NOT_WRITTEN = (".jsonl", ".ndjson"), (".json", ".ods", ".parquet", ".xls", ".xlsx")
_MOST_SHOWN = 10
"""Documents of one name that are shown to a person; there may be thousands called scan.pdf."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        print_text(f"pipeline {__version__}")
        raise typer.Exit


@app.callback()
def _pipeline(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Say which version this is.")
    ] = False,
) -> None:
    """A folder of CVs and PDFs in, structured summaries out: one inference call per document."""
    del version  # the callback has answered


@app.command()
def run(
    *,
    limit: Limit = None,
    only: Annotated[
        str | None, typer.Option(parser=name, metavar="NAME", help="Take only the file of this name.")
    ] = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    verbose: Verbose = False,
    as_json: Json = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Read everything waiting in the inbox once, then stop (for cron).

    Example: pipeline run --limit 10
    """
    with speaking(data, config, verbose=verbose) as (house, screen):
        order = Order(_trigger(), as_of, limit, only)
        if dry_run:
            print_forecast(asyncio.run(commands.forecast_run(house, order)), as_json=as_json)
            return
        finish(house, screen, asyncio.run(commands.run(house, order, screen)), as_json=as_json)


@app.command(short_help="Read what comes in, every few seconds, until Ctrl-C.")
def watch(*, verbose: Verbose = False, data: Data = None, config: Config = None) -> None:
    """Read what comes into the inbox until Ctrl-C, with a look every few seconds ([inbox] every).

    Example: pipeline watch
    """
    with speaking(data, config, verbose=verbose) as (house, screen):
        screen.tell(f"Watching {near(house.folders.inbox)}; stop with Ctrl-C.")
        raise typer.Exit(asyncio.run(commands.watch(house, screen, screen.error)))


@app.command()
def export(
    *,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="csv|jsonl", help="csv or jsonl; default: as FILE is called, or csv."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(parser=place, metavar="FILE", help="One file instead of data/exports/; - is stdout.")
    ] = None,
    since: Since = None,
    prompt: Annotated[
        str | None,
        typer.Option(parser=name, metavar="NAME", help="Only documents read with this prompt; its fields in FILE."),
    ] = None,
    run_id: Annotated[
        int | None, typer.Option("--run", min=1, max=MOST, metavar="ID", help="Only documents of this run.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Quarantined documents as well.")] = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Write summaries to CSV or JSONL.

    Example: pipeline export --format jsonl --output -
    """
    form = form or _form_of(output)
    if form not in ("csv", "jsonl"):
        raise typer.BadParameter("csv or jsonl", param_hint="--format")
    with speaking(data, config, verbose=True) as (house, screen):
        filters = {"since": midnight(since), "prompt": prompt, "run": run_id, "quarantined": everything}
        if str(output) in _STDOUT:
            commands.export_to(house, data_stream("utf-8"), form, **filters)
            sys.stdout.flush()
            return
        paths = commands.export(house, form, output, **filters)
        for path in paths:
            screen.say(near(path))


@app.command()
def costs(
    *,
    by: Annotated[
        str,
        typer.Option(metavar="day|model|prompt|run", help="What to add up by. Days are UTC, as in providers' bills."),
    ] = "day",
    since: Annotated[
        dt.date | None, typer.Option(parser=day, metavar="DATE", help="Only calls of this day (UTC) or later.")
    ] = None,
    as_json: Json = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Tokens and dollars by day, model, prompt or run.

    Example: pipeline costs --by model --since 2026-11-01
    """
    if by not in ("day", "model", "prompt", "run"):
        raise typer.BadParameter("day, model, prompt or run", param_hint="--by")
    with speaking(data, config) as (house, _), house.reader() as reader:
        begin = since.isoformat() if since else None
        rows, total = reader.costs(by, begin), reader.total_cost(begin)
        if as_json:
            print_json({"by": by, "rows": rows, "total": total})
            return
        shown = [row | {"cost": money(row["cost_nanodollars"])} for row in [*rows, total | {by: "total"}]]
        columns = [name for name in _COST_COLUMNS if name not in _SELDOM or total[name]]
        print_text(table(shown, [by, *columns]))


@app.command(short_help="What is waiting, done and in quarantine.")
def status(*, as_json: Json = False, data: Data = None, config: Config = None) -> None:
    """What is waiting, what is done, what is in quarantine, and how the last run went.

    Example: pipeline status
    """
    with speaking(data, config) as (house, _):
        facts = commands.status(house)
        if as_json:
            print_json(facts)
            return
        print_text("\n".join(status_lines(facts)))


@app.command(short_help="All that is known of one document.")
def show(
    wanted: Annotated[str, Wanted],
    *,
    as_json: Json = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """All that is known of one document: summary, evidence, attempts, cost, where its file is.

    Example: pipeline show "CV Ada Kowalczyk.pdf"
    """
    with speaking(data, config) as (house, screen), house.reader() as reader:
        numbers = commands.find(house, reader, wanted)
        shown = numbers if as_json else numbers[-_MOST_SHOWN:]
        found = [reader.document(number) for number in shown]
        if not found:
            raise PipelineError(
                f"there is no document {wanted!r}",
                "what waits in the inbox is not known yet; see names with: pipeline export --all --output -",
            )
        if as_json:
            print_json(found)
            return
        if len(shown) < len(numbers):
            screen.say(f"The newest {len(shown)} of {counted(len(numbers), 'document')} of this name; all with: --json")
        print_text("\n\n".join("\n".join(document_lines(one)) for one in found))


@app.command(short_help="Take quarantined documents back.")
def retry(wanted: Annotated[str | None, Wanted] = None, *, data: Data = None, config: Config = None) -> None:
    """Take quarantined documents back into the inbox, all or one; the next run tries them again.

    Example: pipeline retry "scan0042.pdf"
    """
    with speaking(data, config, verbose=True) as (house, screen), house.reader():
        taken = commands.retry(house, wanted, screen.trouble)
        troubled = len(screen.documents)
        if wanted and not taken and not troubled:
            raise PipelineError(
                f"there is no {wanted!r} in quarantine", f"see what is there: {near(house.folders.quarantine)}"
            )
        for path in taken:
            screen.say(f"back in the inbox: {safe(near(path))}")
        if taken or not troubled:
            screen.say(
                f"{counted(len(taken), 'file')} for the next run to take." if taken else "Nothing is in quarantine."
            )
        if troubled:
            raise typer.Exit(ExitCode.ATTENTION)


@app.command(short_help="Read done documents again.")
def redo(
    *,
    prompt: Annotated[
        str, typer.Option(parser=name, metavar="NAME", help="Documents that were read with this prompt.")
    ],
    model: Annotated[
        str | None, typer.Option(parser=name, metavar="MODEL", help="Another model than the settings name.")
    ] = None,
    since: Since = None,
    limit: Limit = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    verbose: Verbose = False,
    as_json: Json = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Read done documents again, where the prompt has changed or the model is another one. The price is said first.

    Example: pipeline redo --prompt cv --model gpt-5-mini --dry-run
    """
    with speaking(data, config, verbose=verbose, model=model) as (house, screen):
        if model:
            commands.must_be_asked(house, prompt, model)
        forecast = asyncio.run(commands.forecast_redo(house, prompt, midnight(since), limit))
        if dry_run:
            print_forecast(forecast, as_json=as_json)
            return
        for line in forecast_lines(forecast):
            screen.say(line)
        calls = sum(part.calls for part in forecast.by_prompt)
        if calls and sys.stdin.isatty() and not typer.confirm("Go on?", err=True):
            return
        order = Order("redo", as_of, limit)
        finish(
            house, screen, asyncio.run(commands.redo(house, prompt, midnight(since), order, screen)), as_json=as_json
        )


@app.command()
def check(
    *,
    deep: Annotated[
        bool, typer.Option("--deep", help="Hold every row and every file against each other as well.")
    ] = False,
    as_json: Json = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Test settings, folders, prompts, key, price and database. Costs nothing.

    Example: pipeline check --deep
    """
    with speaking(data, config) as (house, _):
        answers = asyncio.run(look_over(house, deep=deep))
        if as_json:
            print_json([dataclasses.asdict(answer) for answer in answers])
        else:
            for answer in answers:
                print_text(f"{'ok  ' if answer.ok else 'FAIL'} {answer.name:<9} {safe(answer.found)}")
                if answer.remedy:
                    print_text(f"     {'':<9} -> {safe(answer.remedy)}")
        if not all(answer.ok for answer in answers):
            raise typer.Exit(ExitCode.CONFIGURATION)


@app.command(short_help="Copy the database, whole and tested.")
def backup(
    *,
    keep: Annotated[
        int, typer.Option(min=1, metavar="N", help="Keep N backups in data/backups; older ones are removed.")
    ] = 14,
    output: Annotated[
        Path | None,
        typer.Option(
            parser=place, metavar="FILE", help="Write this file, or into this folder, instead; remove nothing."
        ),
    ] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Copy the database into data/backups, whole and tested, also while a run goes on.

    Example: pipeline backup --keep 30
    """
    with speaking(data, config) as (house, screen):
        screen.tell(near(recovery.backup(house, keep, output)))


@app.command(short_help="Mend database, inbox and files.")
def recover(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Mend what is wrong with database, inbox or files: say what would be done, ask on a terminal, do it. Makes no call.

    Example: pipeline recover --dry-run
    """
    with speaking(data, config) as (house, screen), contextlib.closing(recovery.plans(house)) as plans:
        steps: list[Step] = []
        for steps in plans:
            for line in plan_lines(steps):
                screen.say(line)
            asks = not yes and sys.stdin.isatty() and steps[0].kind != "exports"
            if dry_run or (asks and not typer.confirm("Go on?", err=True)):
                return
            for step, salvaged in recovery.carry_out(house, steps):
                screen.say(deed_line(step, salvaged))
        screen.say("Look at everything with: pipeline check --deep" if steps else "Nothing to recover.")


def _form_of(output: Path | None) -> str:
    """Return the form that a file's name asks for. What we do not write is refused: no spreadsheet opens CSV called .xlsx."""
    suffix = output.suffix.lower() if output else ""
    if suffix in _NOT_WRITTEN:
        raise typer.BadParameter(
            f"{suffix} is not written; name a .csv or .jsonl, or say --format", param_hint="--output"
        )
    return "jsonl" if suffix in _JSONL else "csv"


def _trigger() -> str:
    return "hand" if sys.stderr.isatty() or sys.stdin.isatty() else "cron"


def main() -> None:
    """Run the command line."""
    app()
