"""What people ask the database: results for an export, costs, the state of things, one document. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from pipeline.records import Extent, StoredFile, StoredResult, Usage
from pipeline.schemas.overview import BROKEN
from pipeline.store import lookups
from pipeline.store.database import damaged, reading
from pipeline.store.stored import absent, told, value

_RESULTS = """
    SELECT d.id, d.sha256, (SELECT json_group_array(name) FROM (SELECT name FROM files WHERE document_id = d.id ORDER BY id)),
           d.media_type, d.pages, coalesce(sp.name, op.name), s.model, o.status, o.reason, o.message, d.language,
           s.fields, s.evidence, s.notices,
           c.input_tokens, c.cached_input_tokens, c.output_tokens, c.reasoning_tokens,
           coalesce(c.attempts, 0), coalesce(c.unknown_attempts, 0), coalesce(c.unpriced_attempts, 0),
           c.cost_nanodollars, o.decided_at
    FROM outcomes o
    JOIN documents d ON d.id = o.document_id
    LEFT JOIN prompts op ON op.id = o.prompt_id
    LEFT JOIN summaries s ON s.id = (SELECT max(id) FROM summaries WHERE document_id = d.id)
    LEFT JOIN prompts sp ON sp.id = s.prompt_id
    LEFT JOIN document_costs c ON c.document_id = d.id
    WHERE (o.status = 'done' OR (:quarantined AND o.status = 'quarantined'))
      AND (:since IS NULL OR o.decided_at >= :since)
      AND (:prompt IS NULL OR coalesce(sp.name, op.name) = :prompt)
      AND (:run IS NULL OR o.run_id = :run)
      AND (:newest IS NULL OR o.decided_at > :newest
           OR d.id IN (SELECT document_id FROM files WHERE id > :file UNION SELECT document_id FROM attempts WHERE id > :attempt))
    ORDER BY o.decided_at, d.id
"""
_EXTENT = """
    WITH finished AS MATERIALIZED (
        SELECT document_id, decided_at FROM outcomes
        WHERE status = 'done' AND (:newest IS NULL OR decided_at <= :newest)
    ), known_files AS (
        SELECT * FROM files
        WHERE document_id IN (SELECT document_id FROM finished) AND (:file IS NULL OR id <= :file)
    ), known_attempts AS (
        SELECT * FROM attempts
        WHERE document_id IN (SELECT document_id FROM finished) AND (:attempt IS NULL OR id <= :attempt)
    )
    SELECT coalesce(:newest, (SELECT max(decided_at) FROM finished)),
           coalesce(:file, (SELECT max(id) FROM files)), coalesce(:attempt, (SELECT max(id) FROM attempts)), *
    FROM (SELECT count(*), sum(id), sum(pages), count(language), sum(strftime('%s', decided_at))
          FROM finished JOIN documents ON id = document_id),
         (SELECT count(*), sum(id) FROM known_files),
         (SELECT count(*), sum(id), count(error), sum(input_tokens), sum(output_tokens), sum(cost_nanodollars)
          FROM known_attempts)
"""
_COST_KEYS = {
    "day": "date(a.started_at) AS day,",
    "model": "a.provider || ' ' || a.model AS model,",
    "prompt": "p.name AS prompt,",
    "run": "a.run_id AS run,",
}
_COSTS = """
    SELECT {key} count(*) AS attempts, count(DISTINCT a.document_id) AS documents,
           sum(a.input_tokens) AS input_tokens, sum(a.cached_input_tokens) AS cached_input_tokens,
           sum(a.output_tokens) AS output_tokens, sum(a.reasoning_tokens) AS reasoning_tokens,
           round(sum(a.seconds), 3) AS seconds,
           round(sum(a.output_tokens) / nullif(sum(CASE WHEN a.output_tokens IS NOT NULL THEN a.seconds END), 0), 1)
               AS tokens_per_second,
           sum(a.cost_nanodollars) AS cost_nanodollars, sum(u.id IS NOT NULL) AS unknown_attempts,
           sum(n.id IS NOT NULL) AS unpriced_attempts
    FROM attempts a
    JOIN prompts p ON p.id = a.prompt_id
    LEFT JOIN unknown_attempts u ON u.id = a.id
    LEFT JOIN unpriced_attempts n ON n.id = a.id
    WHERE (:since IS NULL OR a.started_at >= :since)
    {group}
"""
_OF_NOTHING = dict.fromkeys(
    "input_tokens cached_input_tokens output_tokens reasoning_tokens seconds cost_nanodollars "
    "unknown_attempts unpriced_attempts".split(),
    0,
)
"""What no attempt at all adds up to: SQL says null, which here means that it is not known."""
_FILES = """
    SELECT f.id AS file_id, f.document_id, d.sha256, f.name, f.folder, f.place
    FROM files f
    JOIN documents d ON d.id = f.document_id
    JOIN outcomes o ON o.document_id = f.document_id
"""


class Reader:
    """Reads through its own connections; writers are never held up."""

    def __init__(self, engine: Engine, still: Connection | None = None) -> None:
        """`still`: a connection that reads already, for a reader to which the database stays as it is."""
        self._engine, self._still, self._path = engine, still, Path(str(engine.url.database))

    @contextmanager
    def moment(self) -> Iterator[Reader]:
        """Yield a reader to which the database stays as it is now."""
        with reading(self._engine) as connection:
            yield Reader(self._engine, connection)

    def extent(self, before: Extent | None = None) -> Extent:
        """Return how far the finished documents reach. `before`: as far as they did then, with today's sums."""
        with self._reading() as connection:
            newest, file, attempt, *sums = connection.execute(text(_EXTENT), _ends(before)).one()
            return Extent(newest, file, attempt, tuple(sums))

    def results(
        self,
        *,
        since: str | None = None,
        prompt: str | None = None,
        run: int | None = None,
        quarantined: bool = False,
        beyond: Extent | None = None,
    ) -> Iterator[StoredResult]:
        """Yield what is known of each finished document, in the order in which they were finished.

        `beyond`: only of those that were decided later, or have a file or an attempt more.
        """
        values = {"since": since, "prompt": prompt, "run": run, "quarantined": quarantined} | _ends(beyond)
        with self._reading() as connection:
            for row in connection.execute(text(_RESULTS), values, execution_options={"yield_per": 500}):
                try:
                    result = _result(row)
                except BROKEN:
                    raise damaged(self._path, f"the summary of document {row[0]} cannot be read") from None
                yield result

    def costs(self, by: str, since: str | None) -> list[dict[str, Any]]:
        """Return tokens and cost by day, model, prompt or run, oldest first."""
        query = _COSTS.format(key=_COST_KEYS[by], group="GROUP BY 1 ORDER BY 1")
        return self._rows(query, since=since)

    def total_cost(self, since: str | None = None) -> dict[str, Any]:
        """Return tokens and cost of all attempts."""
        return self._sum(_COSTS.format(key="", group=""), since)

    def cost_of_last_run(self) -> dict[str, Any]:
        """Return tokens and cost of the newest run's attempts."""
        last = "(SELECT max(id) FROM runs)"
        return self._sum(_COSTS.format(key=f"{last} AS run,", group=f"AND a.run_id = {last}"))

    def _sum(self, query: str, since: str | None = None) -> dict[str, Any]:
        [row] = self._rows(query, since=since)
        return row if row["attempts"] else row | _OF_NOTHING

    def spent(self, period: str) -> int:
        """Return nano-dollars spent in a day or a month (UTC, as stored); what nobody could see counts at its highest price.

        What a clock that was wrong once dated into the future belongs to that day, not to every day until then.
        """
        query = """
            SELECT coalesce(sum(a.cost_nanodollars), 0)
                 + coalesce(sum(CASE WHEN u.id IS NOT NULL THEN a.reserved_nanodollars END), 0) AS spent
            FROM attempts a LEFT JOIN unknown_attempts u ON u.id = a.id
            WHERE a.started_at BETWEEN :period AND :period || '~'
        """
        return int(self._rows(query, period=period)[0]["spent"])

    def status(self) -> dict[str, Any]:
        """Return how many documents are in which state, and the last run."""
        counts = self._rows("SELECT status, count(*) AS number FROM outcomes GROUP BY status")
        reasons = self._rows(
            "SELECT reason, count(*) AS number FROM outcomes WHERE status = 'quarantined' GROUP BY reason ORDER BY reason"
        )
        last = self._rows("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
        return {
            "documents": {row["status"]: row["number"] for row in counts},
            "quarantine": {row["reason"]: row["number"] for row in reasons},
            "last_run": last[0] if last else None,
        }

    def has_run(self, run_id: int) -> bool:
        """Tell whether there was a run of this number."""
        return bool(self._rows("SELECT 1 AS yes FROM runs WHERE id = :id", id=run_id))

    def newest(self) -> str | None:
        """Return when the newest outcome was decided; None: there is none."""
        found: str | None = self._rows("SELECT max(decided_at) AS newest FROM outcomes")[0]["newest"]
        return found

    def find(self, wanted: str) -> list[int]:
        """Return the numbers of documents with this name, number, or beginning of a SHA-256."""
        query = """
            SELECT DISTINCT d.id FROM documents d LEFT JOIN files f ON f.document_id = d.id
            WHERE f.name = :wanted OR CAST(d.id AS TEXT) = :wanted
               OR (length(:wanted) >= 6 AND d.sha256 LIKE :start)
            ORDER BY d.id
        """
        is_hash = all(character in "0123456789abcdef" for character in wanted.lower())
        return [row["id"] for row in self._rows(query, wanted=wanted, start=f"{wanted.lower()}%" if is_hash else "")]

    def document(self, document_id: int) -> dict[str, Any]:
        """Return all that is known of one document."""
        one = {"id": document_id}
        document = self._rows("SELECT * FROM documents WHERE id = :id", **one)[0]
        summaries = self._rows(
            "SELECT s.*, p.name AS prompt, p.hash AS prompt_hash FROM summaries s JOIN prompts p ON p.id = s.prompt_id "
            "WHERE s.document_id = :id ORDER BY s.id",
            **one,
        )
        try:
            summaries = [row | _parsed(row) for row in summaries]
        except BROKEN:
            raise damaged(self._path, f"a summary of document {document_id} cannot be read") from None
        attempts = self._rows(
            "SELECT a.*, round(a.output_tokens / nullif(a.seconds, 0), 1) AS tokens_per_second, p.name AS prompt "
            "FROM attempts a JOIN prompts p ON p.id = a.prompt_id WHERE a.document_id = :id ORDER BY a.id",
            **one,
        )
        outcome = self._rows("SELECT * FROM outcomes WHERE document_id = :id", **one)
        cost = self._rows("SELECT * FROM document_costs WHERE document_id = :id", **one)
        return {
            "document": document,
            "files": self._rows("SELECT * FROM files WHERE document_id = :id ORDER BY id", **one),
            "outcome": outcome[0] if outcome else None,
            "summaries": summaries,
            "attempts": attempts,
            "cost": cost[0] if cost else None,
        }

    def quarantined(self) -> list[StoredFile]:
        """Return every file in quarantine."""
        return self._files("WHERE o.status = 'quarantined' AND f.place IS NOT NULL ORDER BY f.id")

    def done(self, prompt: str, since: str | None) -> list[StoredFile]:
        """Return one file for each document whose newest summary was made by this prompt, in any version."""
        return self._files(
            """
            JOIN summaries s ON s.id = (SELECT max(id) FROM summaries WHERE document_id = f.document_id)
            JOIN prompts p ON p.id = s.prompt_id
            WHERE p.name = :prompt AND (:since IS NULL OR o.decided_at >= :since)
              AND f.id = (SELECT max(id) FROM files WHERE document_id = f.document_id AND place IS NOT NULL)
            ORDER BY f.document_id
            """,
            prompt=prompt,
            since=since,
        )

    def summarised(self, prompt_hash: str, model: str) -> set[int]:
        """Return the numbers of all documents that have a summary by this prompt and model."""
        query = """
            SELECT s.document_id FROM summaries s JOIN prompts p ON p.id = s.prompt_id
            WHERE p.hash = :hash AND s.model = :model
        """
        return {row["document_id"] for row in self._rows(query, hash=prompt_hash, model=model)}

    def read_with(self, sha256: str) -> str | None:
        """Return the name of the prompt that read a document last; None: none did."""
        with self._reading() as connection:
            return lookups.read_with(connection, sha256)

    def known(self, sha256: str, prompt_hash: str, model: str) -> bool:
        """Tell whether this was summarised already."""
        query = """
            SELECT 1 AS yes FROM summaries s JOIN documents d ON d.id = s.document_id JOIN prompts p ON p.id = s.prompt_id
            WHERE d.sha256 = :sha256 AND p.hash = :hash AND s.model = :model
        """
        return bool(self._rows(query, sha256=sha256, hash=prompt_hash, model=model))

    def usual_output(self, prompt: str, model: str) -> int | None:
        """Return the mean number of output tokens of this prompt and model so far; None: no history."""
        query = """
            SELECT avg(a.output_tokens) AS mean FROM attempts a JOIN prompts p ON p.id = a.prompt_id
            WHERE p.name = :prompt AND a.model = :model
        """
        mean = self._rows(query, prompt=prompt, model=model)[0]["mean"]
        return None if mean is None else round(mean)

    def _reading(self) -> AbstractContextManager[Connection]:
        return nullcontext(self._still) if self._still else reading(self._engine)

    def _files(self, where: str, **values: Any) -> list[StoredFile]:
        return [StoredFile(**row) for row in self._rows(_FILES + where, **values)]

    def _rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        with self._reading() as connection:
            return _execute(connection, query, values)


def _ends(extent: Extent | None) -> dict[str, Any]:
    """Return where an extent ends, as values for a query. None: nowhere."""
    return {name: getattr(extent, name, None) for name in ("newest", "file", "attempt")}


def _execute(connection: Connection, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(text(query), values).mappings()]


def _result(row: Sequence[Any]) -> StoredResult:
    """Return a row of _RESULTS. Its values are taken in their order: by name, each is a search."""
    number, sha256, names, media_type, pages, prompt, model, status, reason, message, language, *rest = row
    fields, evidence, notices, read, cached, written, reasoned, attempts, unknown, unpriced, nanodollars, decided = rest
    is_free = not attempts and fields is None  # where a recovery has lost the attempts, there is a summary
    file, *other_names = dict.fromkeys(value(names)) or [sha256[:8]]
    return StoredResult(
        document_id=number,
        sha256=sha256,
        file=file,
        other_names=tuple(other_names),
        media_type=media_type,
        pages=pages,
        prompt=prompt,
        model=model,
        status=status,
        reason=reason,
        message=message,
        language=language,
        fields=value(fields) if fields else None,
        # Mostly nothing is absent: that is seen without parsing.
        absent=absent(value(evidence)) if evidence and '"absent"' in evidence else (),
        notices=told(value(notices)) if notices else (),
        usage=Usage(0, 0, 0, 0) if is_free else Usage(read, cached, written, reasoned),
        attempts=attempts,
        unknown_attempts=unknown,
        unpriced_attempts=unpriced,
        nanodollars=0 if is_free else nanodollars,
        decided_at=decided,
    )


def _parsed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a summary's columns of JSON as what they hold. Raises one of BROKEN, also where only its words could not be read."""
    parsed = {key: value(row[key]) for key in ("fields", "evidence", "notices")}
    absent(parsed["evidence"])
    told(parsed["notices"])
    return parsed
