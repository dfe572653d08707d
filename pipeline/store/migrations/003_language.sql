-- The language of the document's text, told without a model: ISO 639-1; NULL: not certain.
ALTER TABLE documents ADD COLUMN language TEXT;
