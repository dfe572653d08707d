-- Attempts that a provider may charge for: it answered, or nobody can know that it did not. A gateway that waited in vain (504, 524)
-- does not know whether the model behind it went on.
CREATE VIEW chargeable_attempts AS
SELECT * FROM attempts
WHERE status IN (200, 201, 202, 203, 206, 504, 524)
    OR (status IS NULL AND error NOT IN ('unreachable', 'tls', 'bad_request'));

-- Those of which nobody could see all the tokens.
DROP VIEW unknown_attempts;
CREATE VIEW unknown_attempts AS
SELECT * FROM chargeable_attempts
WHERE (input_tokens IS NULL OR output_tokens IS NULL) AND cost_nanodollars IS NULL;
