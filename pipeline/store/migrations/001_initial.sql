-- Inbox Pipeline's database. Times are UTC, ISO 8601. NULL always means "not known", never 0.

CREATE TABLE runs (
    -- One row for each start of the program that looked for documents.
    id INTEGER PRIMARY KEY,
    trigger TEXT NOT NULL,               -- hand, cron (no terminal), watch, redo
    started_at TEXT NOT NULL,
    finished_at TEXT,                    -- NULL: it is running, or it was killed
    exit_code INTEGER,                   -- see README, "Exit codes"
    message TEXT,                        -- why it ended early
    version TEXT NOT NULL                -- of the program
) STRICT;

CREATE TABLE documents (
    -- One row for each document ever seen. Its identity is the SHA-256 of the bytes: a copy is the same document.
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,               -- bytes
    media_type TEXT,                     -- by content; NULL: it could not be read
    pages INTEGER,
    characters INTEGER,                  -- of the extracted text
    extractor TEXT,                      -- library and version that gave the text
    seen_at TEXT NOT NULL,
    retried_at TEXT                      -- when a person put it back last: attempts before that are forgiven
) STRICT;

CREATE TABLE files (
    -- One row for each file that came in: the names under which documents arrived, and where they lie now.
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    run_id INTEGER NOT NULL REFERENCES runs (id),
    name TEXT NOT NULL,
    folder TEXT NOT NULL,                -- below the inbox: '' or 'cv' or 'acme/july'
    place TEXT,                          -- below the data folder; NULL: it stays in the inbox
    put_away_at TEXT                     -- NULL: not moved yet; a crash in between is mended by the next run
) STRICT;

CREATE TABLE prompts (
    -- Every version of every prompt that was ever used.
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,                  -- over instruction, schema and max_output_tokens
    system TEXT NOT NULL,
    schema TEXT NOT NULL,                -- JSON
    max_output_tokens INTEGER NOT NULL,
    first_used_at TEXT NOT NULL,
    UNIQUE (name, hash)
) STRICT;

CREATE TABLE attempts (
    -- The ledger: one row for each request, written before it leaves and settled when its reply has arrived.
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    document_id INTEGER NOT NULL REFERENCES documents (id),
    prompt_id INTEGER NOT NULL REFERENCES prompts (id),
    number INTEGER NOT NULL,             -- 1 = the first attempt at this document in this run
    provider TEXT NOT NULL,
    model TEXT NOT NULL,                 -- that was asked for
    answered_by TEXT,                    -- the model that answered
    status INTEGER,                      -- HTTP; NULL: no reply was seen
    error TEXT,                          -- NULL: usable reply; 'unknown_usage': the program was killed before it saw one
    finish_reason TEXT,
    input_tokens INTEGER,                -- cached ones included
    cached_input_tokens INTEGER,
    output_tokens INTEGER,               -- reasoning included
    reasoning_tokens INTEGER,
    cost_nanodollars INTEGER,            -- billionths of a US dollar; NULL: not known
    price_source TEXT,
    request_id TEXT,                     -- the provider's
    started_at TEXT NOT NULL,
    seconds REAL                         -- NULL: no reply was seen
) STRICT;

CREATE TABLE summaries (
    -- What was paid for. One row for each document, version of a prompt and model: never computed twice.
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    prompt_id INTEGER NOT NULL REFERENCES prompts (id),
    run_id INTEGER NOT NULL REFERENCES runs (id),
    model TEXT NOT NULL,
    as_of TEXT NOT NULL,                 -- the day that "present" means
    fields TEXT NOT NULL,                -- JSON: the summary itself
    evidence TEXT NOT NULL,              -- JSON: where each value stands in the document
    notices TEXT NOT NULL,               -- JSON: what a reader should know
    created_at TEXT NOT NULL,
    UNIQUE (document_id, prompt_id, model)
) STRICT;

CREATE TABLE outcomes (
    -- What became of each document: exactly one row, the newest word.
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL UNIQUE REFERENCES documents (id),
    run_id INTEGER NOT NULL REFERENCES runs (id),
    prompt_id INTEGER REFERENCES prompts (id),  -- NULL: it was not read far enough to choose one
    status TEXT NOT NULL CHECK (status IN ('done', 'quarantined', 'waiting')),
    model TEXT,
    reason TEXT,                         -- of quarantine
    message TEXT,
    hint TEXT,
    seconds REAL NOT NULL,
    decided_at TEXT NOT NULL
) STRICT;

CREATE INDEX files_by_document ON files (document_id);
CREATE INDEX files_not_put_away ON files (place) WHERE put_away_at IS NULL;
CREATE INDEX attempts_by_document ON attempts (document_id);
CREATE INDEX attempts_by_run ON attempts (run_id);
CREATE INDEX summaries_by_run ON summaries (run_id);

-- Attempts that a provider may charge for although nobody could see how many tokens it counted.
CREATE VIEW unknown_attempts AS
SELECT * FROM attempts
WHERE input_tokens IS NULL AND cost_nanodollars IS NULL
    AND (status BETWEEN 200 AND 299 OR (status IS NULL AND error <> 'unreachable'));

CREATE VIEW document_costs AS
SELECT
    document_id,
    count(*) AS attempts,
    sum(input_tokens) AS input_tokens,
    sum(cached_input_tokens) AS cached_input_tokens,
    sum(output_tokens) AS output_tokens,
    sum(reasoning_tokens) AS reasoning_tokens,
    sum(cost_nanodollars) AS cost_nanodollars,
    sum(id IN (SELECT id FROM unknown_attempts)) AS unknown_attempts,
    sum(input_tokens IS NOT NULL AND cost_nanodollars IS NULL) AS unpriced_attempts
FROM attempts
GROUP BY document_id;

-- For people with a SQLite browser: one row for each document that has a summary, by its newest one.
CREATE VIEW latest_summaries AS
SELECT
    s.document_id,
    (SELECT f.name FROM files f WHERE f.document_id = s.document_id ORDER BY f.id LIMIT 1) AS file,
    coalesce(json_extract(s.fields, '$.document_type'), p.name) AS kind,
    coalesce(json_extract(s.fields, '$.basics.name'), json_extract(s.fields, '$.title'), json_extract(s.fields, '$.name')) AS about,
    json_extract(s.fields, '$.language') AS language,
    json_extract(s.fields, '$.basics.email') AS email,
    json_extract(s.fields, '$.basics.phone') AS phone,
    json_extract(s.fields, '$.work[0].position') AS position,
    json_extract(s.fields, '$.work[0].name') AS employer,
    json_extract(s.fields, '$.derived.experience_months') AS experience_months,
    json_extract(s.fields, '$.fields.date') AS date,
    json_extract(s.fields, '$.fields.total') AS total,
    json_extract(s.fields, '$.fields.currency') AS currency,
    p.name AS prompt,
    s.model,
    c.attempts,
    c.input_tokens,
    c.output_tokens,
    c.cost_nanodollars / 1e9 AS cost_usd,
    s.created_at,
    (SELECT f.place FROM files f WHERE f.document_id = s.document_id ORDER BY f.id DESC LIMIT 1) AS place,
    s.fields AS summary
FROM summaries s
JOIN prompts p ON p.id = s.prompt_id
LEFT JOIN document_costs c ON c.document_id = s.document_id
WHERE s.id = (SELECT max(newest.id) FROM summaries newest WHERE newest.document_id = s.document_id);

CREATE VIEW spend_by_day AS
SELECT
    date(a.started_at) AS day,           -- UTC
    a.provider,
    a.model,
    p.name AS prompt,
    count(*) AS attempts,
    count(DISTINCT a.document_id) AS documents,
    sum(a.input_tokens) AS input_tokens,
    sum(a.cached_input_tokens) AS cached_input_tokens,
    sum(a.output_tokens) AS output_tokens,
    sum(a.reasoning_tokens) AS reasoning_tokens,
    sum(a.cost_nanodollars) AS cost_nanodollars,
    sum(a.cost_nanodollars) / 1e9 AS cost_usd,
    sum(a.id IN (SELECT id FROM unknown_attempts)) AS unknown_attempts,
    sum(a.input_tokens IS NOT NULL AND a.cost_nanodollars IS NULL) AS unpriced_attempts
FROM attempts a
JOIN prompts p ON p.id = a.prompt_id
GROUP BY day, a.provider, a.model, prompt;

CREATE VIEW quarantine AS
SELECT
    f.name AS file,
    o.reason,
    o.message,
    o.hint,
    f.place,
    o.decided_at,
    o.document_id
FROM outcomes o
JOIN files f ON f.document_id = o.document_id AND f.place LIKE 'quarantine/%'
WHERE o.status = 'quarantined';
