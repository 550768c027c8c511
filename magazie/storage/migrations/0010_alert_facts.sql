-- What an alert speaks of, as JSON: its words are made of it in the language of who reads them.
-- NULL for alerts raised before; those show their text as it was written.
ALTER TABLE alerts ADD COLUMN facts TEXT;
