-- Files of products, codes and prices, kept from the moment they are taken to their last row.

-- the import task: the whole file is stored before the first of its rows is applied
CREATE TABLE file_imports (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind = 'products' OR kind = 'codes' OR kind = 'prices'),
    -- of the bytes and of all that was said beside them: the same again is the same import
    content_hash BLOB NOT NULL,
    skip_bad INTEGER NOT NULL CHECK (skip_bad = 0 OR skip_bad = 1),
    dry_run INTEGER NOT NULL CHECK (dry_run = 0 OR dry_run = 1),
    created_by TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    -- lines of JSON; emptied once they are applied
    rows BLOB NOT NULL,
    -- rows with the product each is for, drawn before any is applied
    plan BLOB,
    applied INTEGER NOT NULL DEFAULT 0,
    good INTEGER NOT NULL,
    bad INTEGER NOT NULL,
    refused INTEGER NOT NULL DEFAULT 0,
    problems BLOB NOT NULL,
    problem_count INTEGER NOT NULL,
    ignored TEXT NOT NULL
) STRICT;

CREATE INDEX file_imports_content ON file_imports (content_hash);
