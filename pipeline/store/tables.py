"""The tables as SQLAlchemy Core sees them. migrations/ makes them; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, MetaData, Table, Text

metadata = MetaData()


def _table(name: str, *columns: Column[object]) -> Table:
    return Table(name, metadata, Column("id", Integer, primary_key=True), *columns)


runs = _table(
    "runs",
    Column("trigger", Text),
    Column("started_at", Text),
    Column("finished_at", Text),
    Column("exit_code", Integer),
    Column("message", Text),
    Column("version", Text),
)
inbox = _table("inbox", Column("mark", Text), Column("marked_at", Text))
documents = _table(
    "documents",
    Column("sha256", Text),
    Column("size", Integer),
    Column("media_type", Text),
    Column("pages", Integer),
    Column("characters", Integer),
    Column("extractor", Text),
    Column("language", Text),
    Column("seen_at", Text),
    Column("retried_at", Text),
    Column("forgiven_attempt", Integer),
)
files = _table(
    "files",
    Column("document_id", ForeignKey("documents.id")),
    Column("run_id", ForeignKey("runs.id")),
    Column("name", Text),
    Column("folder", Text),
    Column("place", Text),
    Column("put_away_at", Text),
    Column("seal", Text),
)
prompts = _table(
    "prompts",
    Column("name", Text),
    Column("hash", Text),
    Column("system", Text),
    Column("schema", Text),
    Column("max_output_tokens", Integer),
    Column("first_used_at", Text),
)
attempts = _table(
    "attempts",
    Column("run_id", ForeignKey("runs.id")),
    Column("document_id", ForeignKey("documents.id")),
    Column("prompt_id", ForeignKey("prompts.id")),
    Column("number", Integer),
    Column("provider", Text),
    Column("model", Text),
    Column("answered_by", Text),
    Column("status", Integer),
    Column("error", Text),
    Column("finish_reason", Text),
    Column("input_tokens", Integer),
    Column("cached_input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("reasoning_tokens", Integer),
    Column("cost_nanodollars", Integer),
    Column("price_source", Text),
    Column("request_id", Text),
    Column("started_at", Text),
    Column("seconds", Float),
    Column("reserved_nanodollars", Integer),
    Column("price_date", Text),
    Column("cache_write_input_tokens", Integer),
)
kept_replies = _table("kept_replies", Column("reply", Text))
summaries = _table(
    "summaries",
    Column("document_id", ForeignKey("documents.id")),
    Column("prompt_id", ForeignKey("prompts.id")),
    Column("run_id", ForeignKey("runs.id")),
    Column("model", Text),
    Column("as_of", Text),
    Column("fields", Text),
    Column("evidence", Text),
    Column("notices", Text),
    Column("created_at", Text),
)
outcomes = _table(
    "outcomes",
    Column("document_id", ForeignKey("documents.id")),
    Column("run_id", ForeignKey("runs.id")),
    Column("prompt_id", ForeignKey("prompts.id")),
    Column("status", Text),
    Column("model", Text),
    Column("reason", Text),
    Column("message", Text),
    Column("hint", Text),
    Column("seconds", Float),
    Column("decided_at", Text),
)
