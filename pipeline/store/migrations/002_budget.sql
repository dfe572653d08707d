-- What an attempt may cost at most, set aside before it leaves. Where nobody could see what it did cost, budgets count this.
ALTER TABLE attempts ADD COLUMN reserved_nanodollars INTEGER;
-- The day (UTC) on which the price was looked up. Prices change, rows do not.
ALTER TABLE attempts ADD COLUMN price_date TEXT;
-- The part of input_tokens written to a provider's cache.
ALTER TABLE attempts ADD COLUMN cache_write_input_tokens INTEGER;

-- Attempts that a provider may charge for although nobody could see all the tokens it counted.
DROP VIEW unknown_attempts;
CREATE VIEW unknown_attempts AS
SELECT * FROM attempts
WHERE (input_tokens IS NULL OR output_tokens IS NULL) AND cost_nanodollars IS NULL
    AND (status BETWEEN 200 AND 299 OR (status IS NULL AND error NOT IN ('unreachable', 'tls', 'bad_request')));

-- Attempts whose tokens are known and whose price is not.
CREATE VIEW unpriced_attempts AS
SELECT * FROM attempts
WHERE input_tokens IS NOT NULL AND output_tokens IS NOT NULL AND cost_nanodollars IS NULL;

DROP VIEW document_costs;
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
    sum(id IN (SELECT id FROM unpriced_attempts)) AS unpriced_attempts
FROM attempts
GROUP BY document_id;

DROP VIEW spend_by_day;
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
    sum(a.seconds) AS seconds,
    sum(a.output_tokens) / nullif(sum(a.seconds) FILTER (WHERE a.output_tokens IS NOT NULL), 0) AS tokens_per_second,
    sum(a.id IN (SELECT id FROM unknown_attempts)) AS unknown_attempts,
    sum(a.id IN (SELECT id FROM unpriced_attempts)) AS unpriced_attempts
FROM attempts a
JOIN prompts p ON p.id = a.prompt_id
GROUP BY day, a.provider, a.model, prompt;
