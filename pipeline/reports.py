"""What commands answer, in words: a run, a forecast, the state of things, one document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.app import House
from pipeline.commands import Result
from pipeline.errors import BudgetError
from pipeline.estimate import Forecast
from pipeline.screen import counted, money, near, safe, table, tokens_of
from pipeline.store.salvage import Salvaged
from pipeline.upkeep.tidying import Step

_OUTCOMES = {
    "done": "done",
    "known": "known before",
    "quarantined": "in quarantine",
    "waiting": "left for the next run",
    "trouble": "in trouble",
    "changed": "changed or taken away meanwhile",
}

_TAKE_OVER = "take over from the damaged one whatever can still be read, and hold every file against it"
_PLANNED = {
    "aside": "Set the database aside in {folder}, where it is kept ({broken}).",
    "restore": "Put the backup of {made_at:%Y-%m-%d %H:%M} UTC in its place ({backup}), " + _TAKE_OVER + ".",
    "replace": "Put the backup of {made_at:%Y-%m-%d %H:%M} UTC in its place ({backup}): the database is gone. "
    "Then hold every file against it.",
    "begin": "Make a new database, since there is no sound backup, " + _TAKE_OVER + ".",
    "mend": "Mend the database: {loose} rows point to nothing, {count} documents have no result.",
    "inbox": "Mark {inbox} as the inbox. It has {mark}, and {files} files in it.",
    "finish": "End the moves of {count} files that were cut off.",
    "let_go": "Write down that {count} files do not lie in their place any more; their results stay.",
    "adopt": "Write down where {count} files lie whose results are in the database; no call.",
    "back": "Move {count} files without a result back into the inbox; the next run reads them, which costs {calls} calls at most.",
    "remove": "Remove {count} leftovers of a crash.",
    "unread": "Leave {count} files alone that cannot be read.",
    "exports": "Write the exports anew.",
}
_DEEDS = {
    "aside": "The database is set aside in {folder}.",
    "restore": "The backup of {made_at:%Y-%m-%d %H:%M} UTC is in place.",
    "replace": "The backup of {made_at:%Y-%m-%d %H:%M} UTC is in place.",
    "begin": "A new database is in place.",
    "mend": "The database is mended.",
    "inbox": "{inbox} is the inbox.",
    "finish": "{count} moves are ended.",
    "let_go": "{count} files are let go.",
    "adopt": "{count} files are known again.",
    "back": "{count} files are back in the inbox.",
    "remove": "{count} leftovers are removed.",
    "exports": "The exports are written.",
}
_ATTEMPT_COLUMNS = (
    "started_at prompt model status error input_tokens output_tokens cost seconds tokens_per_second".split()
)
_MOST_NAMES, _MOST_IGNORED = 5, 20


def result_lines(house: House, result: Result) -> Iterator[str]:
    """Say how a run went, what it cost, and where everything is."""
    counts, cost = result.report.counts, result.cost
    parts = [f"{counts[key]} {word}" for key, word in _OUTCOMES.items() if counts[key]]
    untouched = result.files - sum(counts.values())
    if untouched:
        parts.append(f"{untouched} not begun")
    yield (
        f"{counted(result.files, 'document')}: {', '.join(parts)}."
        if parts
        else f"Nothing is waiting in {near(house.folders.inbox)}."
    )
    if result.report.brake.interrupted:
        yield "Stopped before the end; what was in hand is finished, the rest waits."
    if result.unsettled:
        yield f"{counted(result.unsettled, 'file')} still being written; the next run takes what is whole."
    if cost and result.calls:
        tokens = f"{tokens_of(cost['input_tokens'])} tokens in, {tokens_of(cost['output_tokens'])} out"
        calls = counted(result.calls, "inference call")
        yield f"{calls}: {tokens}, {money(cost['cost_nanodollars'])}, {result.report.seconds:.1f} s."
        yield from _not_in_the_sum(cost)
    else:
        yield "No inference call was made."
    if counts["quarantined"]:
        yield f"Quarantine:  {near(house.folders.quarantine)}"
    yield f"Database:    {near(house.database)}"
    if (house.exports / "summaries.csv").exists():
        yield f"Spreadsheet: {near(house.exports / 'summaries.csv')}"
    if isinstance(result.report.brake.error, BudgetError) and cost and counts["done"]:
        rest = result.files - counts["done"] - counts["known"] - counts["quarantined"]
        each = (cost["cost_nanodollars"] or 0) // counts["done"]
        yield f"The other {counted(rest, 'document')} would cost about {money(rest * each)}."


def _not_in_the_sum(cost: dict[str, Any]) -> Iterator[str]:
    """Say what a sum of dollars leaves out."""
    if cost["unknown_attempts"]:
        yield f"{counted(cost['unknown_attempts'], 'attempt')} may be charged although nobody could see for how much."
    if cost["unpriced_attempts"] and cost["cost_nanodollars"] is not None:
        yield f"{counted(cost['unpriced_attempts'], 'attempt')} without a known price: not in the sum."


def result_facts(result: Result, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the same as data."""
    return {
        "exit_code": int(result.report.exit_code),
        "counts": dict(result.report.counts),
        "files": result.files,
        "calls": result.calls,
        "seconds": round(result.report.seconds, 3),
        "unsettled": result.unsettled,
        "cost": result.cost,
        "documents": documents,
        "exports": [str(path) for path in result.exports],
    }


def forecast_lines(forecast: Forecast) -> list[str]:
    """Say what a run would cost."""
    lines = [
        f"{counted(part.calls, 'call')} with prompt {part.prompt}, model {part.model}: about {part.input_tokens:,} tokens in, "
        f"{part.output_tokens:,} out, {'about ' if part.nanodollars else ''}{money(part.nanodollars)}"
        for part in forecast.by_prompt
    ] or ["No call would be made."]
    if forecast.known:
        lines.append(f"{counted(forecast.known, 'document')} summarised already: no call.")
    if forecast.unreadable:
        unreadable = counted(forecast.unreadable, "document")
        lines.append(f"{unreadable} that cannot be read and would go to quarantine: no call.")
    if forecast.gone:
        lines.append(f"{counted(forecast.gone, 'document')} not in its place any more: no call.")
    if any(part.nanodollars is None for part in forecast.by_prompt):
        lines.append("The price of this model is not known ($?).")
    return lines


def _ignored_lines(ignored: Sequence[dict[str, str]]) -> Iterator[str]:
    """Say what is left alone in the inbox: of each reason, some names."""
    by_reason: dict[str, list[str]] = {}
    for item in ignored:
        by_reason.setdefault(item["why"], []).append(item["name"])
    for why, names in by_reason.items():
        yield from (f"            left alone: {safe(name)} ({why})" for name in names[:_MOST_IGNORED])
        if len(names) > _MOST_IGNORED:
            yield f"            and {len(names) - _MOST_IGNORED:,} more ({why}); all are in: pipeline status --json"


def status_lines(facts: dict[str, Any]) -> Iterator[str]:
    """Say what is waiting, done and in quarantine, and how the last run went."""
    waiting = f"{facts['inbox']}: {counted(facts['waiting'], 'file')} waiting"
    yield f"inbox       {safe(facts['missing'] or waiting)}"
    if facts["kept"]:
        yield f"            {counted(facts['kept'], 'file')} done, which stay there"
    yield from _ignored_lines(facts["ignored"])
    for state, number in sorted(facts["documents"].items()):
        yield f"{state:<11} {number}"
    for reason, number in facts["quarantine"].items():
        yield f"            {reason}: {number}"
    yield f"running     {'yes' if facts['running'] else 'no'}"
    last = facts["last_run"]
    if last:
        ended = (
            f"ended {last['finished_at']} with exit code {last['exit_code']}" if last["finished_at"] else "did not end"
        )
        yield f"last run    {last['id']} ({last['trigger']}), began {last['started_at']}, {ended}"
        if last["message"]:
            yield f"            {safe(last['message'])}"
    if facts["cost"]:
        cost = facts["cost"]
        yield f"spent       {money(cost['cost_nanodollars'])} in {counted(cost['attempts'], 'attempt')}"
        yield from (f"            {line}" for line in _not_in_the_sum(cost))


def document_lines(facts: dict[str, Any]) -> Iterator[str]:
    """Say all that is known of one document."""
    document, outcome = facts["document"], facts["outcome"] or {}
    # What has a summary and no attempts has lost them.
    cost = facts["cost"] or {"cost_nanodollars": None if facts["summaries"] else 0, "attempts": 0}
    kind = document["media_type"] or "unread"
    yield f"document {document['id']}  sha256 {document['sha256']}  {document['size']:,} bytes  {kind}"
    for file in facts["files"]:
        yield f"file     {safe(file['name'])}  in {safe(file['place'] or 'the inbox')}"
    reason = f": {outcome['reason']}" if outcome.get("reason") else ""
    yield f"status   {outcome.get('status', 'not finished')}{reason}"
    yield from (f"         {safe(outcome[key])}" for key in ("message", "hint") if outcome.get(key))
    yield f"cost     {money(cost['cost_nanodollars'])} in {counted(cost['attempts'], 'attempt')}"
    if facts["attempts"]:
        shown = [attempt | {"cost": money(attempt["cost_nanodollars"])} for attempt in facts["attempts"]]
        yield table(shown, _ATTEMPT_COLUMNS)
    for summary in facts["summaries"]:
        yield from _summary_lines(summary)


def _summary_lines(summary: dict[str, Any]) -> Iterator[str]:
    absent = [item["path"] for item in summary["evidence"] if item["found"] == "absent"]
    prompt = f"{summary['prompt']} ({summary['prompt_hash']})"
    yield f"summary  by {summary['model']} with prompt {prompt}, as of {summary['as_of']}"
    yield f"         {len(summary['evidence'])} values looked up, not in the document: {', '.join(absent) or 'none'}"
    yield from (safe(f"notice   {notice['kind']}: {notice['detail']}") for notice in summary["notices"])
    yield json.dumps(summary["fields"], ensure_ascii=False, indent=2)


def plan_lines(steps: Sequence[Step]) -> Iterator[str]:
    """Say what a recovery would do, with some of the files that it is about."""
    yield "This is what there is to do:"
    for number, step in enumerate(steps, 1):
        yield f"{number}. {_filled(_PLANNED, step)}"
        yield from (f"   {safe(name)}" for name in step.names[:_MOST_NAMES])
        if len(step.names) > _MOST_NAMES:
            yield f"   and {len(step.names) - _MOST_NAMES:,} more"


def deed_line(step: Step, salvaged: Salvaged | None) -> str:
    """Say what was done."""
    line = _filled(_DEEDS, step)
    if salvaged and salvaged.unreadable:
        return f"{line} Nothing could be read of the damaged one ({salvaged.unreadable})."
    if salvaged and step.kind != "replace":
        taken = ", ".join(f"{number:,} {what}" for what, number in salvaged.taken.items())
        return f"{line} Taken over that it did not have: {taken}."
    return line


def _filled(sentences: dict[str, str], step: Step) -> str:
    facts = {name: near(value) if isinstance(value, Path) else value for name, value in step.facts.items()}
    return safe(sentences[step.kind].format(count=f"{len(step.names):,}", **facts))
