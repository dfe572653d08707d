-- What an attempt may cost at most, set aside before it leaves. Where nobody could see what it did cost, budgets count this.
ALTER TABLE attempts ADD COLUMN reserved_nanodollars INTEGER;
-- The day (UTC) on which the price was looked up. Prices change, rows do not.
ALTER TABLE attempts ADD COLUMN price_date TEXT;
-- The part of input_tokens written to a provider's cache.
ALTER TABLE attempts ADD COLUMN cache_write_input_tokens INTEGER;
