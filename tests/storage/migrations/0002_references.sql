CREATE TABLE replies (
    note INTEGER NOT NULL REFERENCES notes (id),
    body TEXT NOT NULL
) STRICT;

-- The product has no deferrable constraint; here it is what makes a COMMIT fail.
CREATE TABLE late_replies (
    note INTEGER NOT NULL REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED
) STRICT
