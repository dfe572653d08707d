-- What is needed to be left alone for a year.

-- The inbox of this database: what the marker file in it says. No row: it has not been marked yet.
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    mark TEXT NOT NULL,
    marked_at TEXT NOT NULL
) STRICT;

-- Attempts up to this one are forgiven, since a person put the document back after them. Clocks are set back, numbers are not.
ALTER TABLE documents ADD COLUMN forgiven_attempt INTEGER;
UPDATE documents SET forgiven_attempt = (SELECT max(a.id) FROM attempts a WHERE a.started_at <= retried_at)
WHERE retried_at IS NOT NULL;
UPDATE outcomes SET status = 'waiting', reason = NULL, message = 'put back by hand', hint = NULL
WHERE status = 'quarantined'
    AND decided_at <= (SELECT coalesce(d.retried_at, '') FROM documents d WHERE d.id = document_id);

-- Size, times and inode of a file that was done and stays in the inbox; NULL: it is moved.
ALTER TABLE files ADD COLUMN seal TEXT;
CREATE INDEX files_kept ON files (folder, name, seal) WHERE seal IS NOT NULL;

DROP VIEW quarantine;
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
JOIN files f ON f.document_id = o.document_id AND f.place IS NOT NULL
WHERE o.status = 'quarantined';
