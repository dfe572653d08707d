-- Replies that came and are no summaries yet: killed in between, the next run finishes them and asks nobody.
-- A row goes when its document gets its outcome.
CREATE TABLE kept_replies (
    id INTEGER PRIMARY KEY REFERENCES attempts (id),
    reply TEXT NOT NULL
) STRICT;
