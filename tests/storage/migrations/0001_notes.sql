-- What the storage tests write; a note's text is its key; "semicolons; in comments" part nothing.
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE counts (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER notes_are_counted AFTER INSERT ON notes BEGIN
    INSERT INTO counts (name, value) VALUES ('notes', 1)
        ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
