-- Bulk changes: each row has its effect once, and what a person asked for in bulk is not held.

-- ProductActor, in the unit of the effect: rows of long work that were applied and that the work
-- itself has not noted yet
CREATE TABLE work_rows (
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    number INTEGER NOT NULL CHECK (number >= 0),
    PRIMARY KEY (job_id, number)
) STRICT, WITHOUT ROWID;

-- the edit task: what is to become of each product, drawn before the first one is changed
CREATE TABLE product_edits (
    job_id INTEGER PRIMARY KEY REFERENCES jobs (id),
    -- lines of JSON; emptied once they are applied
    plan BLOB NOT NULL,
    products INTEGER NOT NULL,
    planned INTEGER NOT NULL,
    applied INTEGER NOT NULL DEFAULT 0 CHECK (applied BETWEEN 0 AND planned),
    -- neither these nor some of the left ones are in the plan
    unchanged INTEGER NOT NULL,
    -- products left as they were, and the first of them with the reason, JSON
    left_count INTEGER NOT NULL,
    left_rows BLOB NOT NULL,
    -- the first rows, before and after, JSON
    preview BLOB NOT NULL
) STRICT;

-- ProductActor: a value that a person's own bulk action gave an item; no brake holds it until the
-- shop has acknowledged something that was sent after it
CREATE TABLE send_consents (
    shop TEXT NOT NULL REFERENCES shops (name),
    external_id TEXT NOT NULL,
    field TEXT NOT NULL CHECK (field = 'stock' OR field = 'price'),
    -- rises with each consent
    number INTEGER NOT NULL CHECK (number >= 1),
    value INTEGER NOT NULL CHECK (value >= 0),
    -- of the item and its shop, as in outbox_items: another source or link takes the consent away
    generation INTEGER NOT NULL CHECK (generation >= 1),
    PRIMARY KEY (shop, external_id, field)
) STRICT, WITHOUT ROWID;

-- GomagOutbox: the newest consent known when the item was sent, and when that was acknowledged
ALTER TABLE outbox_items ADD COLUMN sent_consent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox_items ADD COLUMN acked_consent INTEGER NOT NULL DEFAULT 0;
