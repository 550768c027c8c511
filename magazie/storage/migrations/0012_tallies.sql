-- Receiving and counting goods at a terminal.

-- ProductActor -------------------------------------------------------------------------------

-- what lies at a place
CREATE INDEX products_location ON products (location) WHERE location <> '' AND is_bundle = 0;

-- TallySession -------------------------------------------------------------------------------

CREATE TABLE tallies (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind = 'reception' OR kind = 'count'),
    state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'open' OR state = 'posting'
        OR state = 'done' OR state = 'left'),
    reference TEXT NOT NULL,
    supplier TEXT NOT NULL,
    warehouse TEXT NOT NULL REFERENCES warehouses (code),
    -- the counted place as it was said, and as places are compared
    location TEXT NOT NULL,
    place TEXT NOT NULL,
    -- who works on it, and where; a null where nobody does
    terminal TEXT,
    who TEXT NOT NULL,
    -- the office said what would come
    is_announced INTEGER NOT NULL CHECK (is_announced = 0 OR is_announced = 1),
    created_by TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    -- number of the last operation
    operations INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    -- its document, once that is known to be there
    movement_id INTEGER REFERENCES movements (id),
    CHECK ((kind = 'count') = (place <> '')),
    CHECK (kind = 'reception' OR (is_announced = 0 AND state <> 'waiting')),
    CHECK (terminal IS NULL OR (state <> 'waiting' AND state <> 'left')),
    CHECK ((state = 'done' OR state = 'left') = (ended_ms IS NOT NULL)),
    CHECK (movement_id IS NULL OR state = 'done')
) STRICT;

CREATE UNIQUE INDEX tallies_terminal ON tallies (terminal)
    WHERE state = 'open' AND terminal IS NOT NULL;
-- nobody decides about a shelf that somebody else counts
CREATE UNIQUE INDEX tallies_place ON tallies (warehouse, place)
    WHERE kind = 'count' AND (state = 'open' OR state = 'posting');
CREATE INDEX tallies_open ON tallies (id) WHERE state = 'open';
CREATE INDEX tallies_posting ON tallies (id) WHERE state = 'posting';
CREATE INDEX tallies_kind ON tallies (kind, id);

CREATE TABLE tally_lines (
    tally_id INTEGER NOT NULL REFERENCES tallies (id),
    line INTEGER NOT NULL CHECK (line >= 1),
    product_id INTEGER NOT NULL REFERENCES products (id),
    -- of a delivery, as announced
    expected_milli INTEGER CHECK (expected_milli > 0),
    -- null where nobody touched it
    counted_milli INTEGER CHECK (counted_milli >= 0),
    unit_cost_e4 INTEGER CHECK (unit_cost_e4 >= 0),
    -- on the counted shelf and of another: no count of it is posted
    is_astray INTEGER NOT NULL CHECK (is_astray = 0 OR is_astray = 1),
    -- the stock could not take what was counted
    is_refused INTEGER NOT NULL CHECK (is_refused = 0 OR is_refused = 1),
    -- of a shelf: on hand, picked and the ledger's last entry at the line's first operation and
    -- at its last
    first_on_hand_milli INTEGER,
    first_picked_milli INTEGER,
    first_seq INTEGER,
    last_on_hand_milli INTEGER,
    last_picked_milli INTEGER,
    last_seq INTEGER,
    PRIMARY KEY (tally_id, line),
    UNIQUE (tally_id, product_id)
) STRICT, WITHOUT ROWID;

-- every operation once, with what it was answered; without a tally where there was none
CREATE TABLE tally_operations (
    seq INTEGER PRIMARY KEY,
    terminal TEXT NOT NULL,
    op TEXT NOT NULL,
    terminal_seq INTEGER NOT NULL,
    -- of the message's content: under one op there is only one
    digest BLOB NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    who TEXT NOT NULL,
    tally_id INTEGER REFERENCES tallies (id),
    number INTEGER,
    -- as scanned
    code TEXT NOT NULL,
    serial TEXT NOT NULL,
    lot TEXT NOT NULL,
    line INTEGER,
    product_id INTEGER,
    delta_milli INTEGER NOT NULL,
    -- of the line, after it
    counted_milli INTEGER,
    undoes INTEGER,
    -- the terminal's clock, which may be wrong, and ours
    at_ms INTEGER,
    received_ms INTEGER NOT NULL,
    answer BLOB NOT NULL,
    CHECK ((tally_id IS NULL) = (number IS NULL))
) STRICT;

CREATE UNIQUE INDEX tally_operations_op ON tally_operations (terminal, op);
CREATE UNIQUE INDEX tally_operations_tally ON tally_operations (tally_id, number)
    WHERE tally_id IS NOT NULL;

-- under one id a terminal sends one operation, whatever it is for: one that is in the other log is
-- left out, as one that is in this log is
CREATE TRIGGER tally_operations_known BEFORE INSERT ON tally_operations
WHEN EXISTS (SELECT 1 FROM picking_operations WHERE terminal = NEW.terminal AND op = NEW.op)
BEGIN
    SELECT RAISE(IGNORE);
END;

CREATE TRIGGER picking_operations_known BEFORE INSERT ON picking_operations
WHEN EXISTS (SELECT 1 FROM tally_operations WHERE terminal = NEW.terminal AND op = NEW.op)
BEGIN
    SELECT RAISE(IGNORE);
END;
