-- Picking by scanning.

-- OrderActor ---------------------------------------------------------------------------------

-- what a picker did not find and the order lets go: it claims that no more
ALTER TABLE order_lines ADD COLUMN released_milli INTEGER NOT NULL DEFAULT 0
    CHECK (released_milli >= 0);

-- PickingSession -----------------------------------------------------------------------------

CREATE TABLE picking_sessions (
    id INTEGER PRIMARY KEY,
    mode TEXT NOT NULL CHECK (mode = 'pick' OR mode = 'cluster' OR mode = 'check'),
    state TEXT NOT NULL CHECK (state = 'open' OR state = 'completed' OR state = 'left'),
    -- who works in it now, and where
    terminal TEXT NOT NULL,
    who TEXT NOT NULL,
    -- numbers of the last operation and the last skip
    operations INTEGER NOT NULL,
    skips INTEGER NOT NULL,
    opened_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    revision INTEGER NOT NULL,
    -- the revision that its orders know of
    told_revision INTEGER NOT NULL,
    CHECK ((state = 'open') = (ended_ms IS NULL))
) STRICT;

CREATE UNIQUE INDEX picking_sessions_terminal ON picking_sessions (terminal) WHERE state = 'open';
CREATE INDEX picking_sessions_owing ON picking_sessions (id) WHERE told_revision < revision;
CREATE INDEX picking_sessions_ended ON picking_sessions (ended_ms) WHERE ended_ms IS NOT NULL;

CREATE TABLE picking_orders (
    session_id INTEGER NOT NULL REFERENCES picking_sessions (id),
    order_id INTEGER NOT NULL REFERENCES orders (id),
    bin INTEGER NOT NULL CHECK (bin >= 1),
    is_cancelled INTEGER NOT NULL CHECK (is_cancelled = 0 OR is_cancelled = 1),
    -- picked before, and only counted again
    is_verified INTEGER NOT NULL CHECK (is_verified = 0 OR is_verified = 1),
    is_open INTEGER NOT NULL CHECK (is_open = 0 OR is_open = 1),
    PRIMARY KEY (session_id, order_id)
) STRICT, WITHOUT ROWID;

-- nobody picks an order that somebody else picks
CREATE UNIQUE INDEX picking_orders_open ON picking_orders (order_id) WHERE is_open = 1;

CREATE TABLE picking_lines (
    session_id INTEGER NOT NULL REFERENCES picking_sessions (id),
    pick INTEGER NOT NULL CHECK (pick >= 1),
    order_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    product_id INTEGER,
    wanted_milli INTEGER NOT NULL CHECK (wanted_milli >= 0),
    -- in hand when the session began
    base_milli INTEGER NOT NULL CHECK (base_milli >= 0),
    picked_milli INTEGER NOT NULL CHECK (picked_milli >= 0),
    short_milli INTEGER NOT NULL CHECK (short_milli >= 0),
    reason TEXT NOT NULL,
    rest TEXT NOT NULL CHECK (rest = 'keep' OR rest = 'release'),
    skipped INTEGER NOT NULL,
    -- of a bundle's part, how much one bundle holds
    part_milli INTEGER NOT NULL CHECK (part_milli >= 0),
    PRIMARY KEY (session_id, pick)
) STRICT, WITHOUT ROWID;

-- every operation once, with what it was answered; without a session where there was none
CREATE TABLE picking_operations (
    seq INTEGER PRIMARY KEY,
    terminal TEXT NOT NULL,
    op TEXT NOT NULL,
    terminal_seq INTEGER NOT NULL,
    -- of the message's content: under one op there is only one
    digest BLOB NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    who TEXT NOT NULL,
    session_id INTEGER REFERENCES picking_sessions (id),
    number INTEGER,
    -- as scanned
    code TEXT NOT NULL,
    serial TEXT NOT NULL,
    lot TEXT NOT NULL,
    order_id INTEGER,
    pick INTEGER,
    product_id INTEGER,
    delta_milli INTEGER NOT NULL,
    -- of the pick, after it
    picked_milli INTEGER,
    wanted_milli INTEGER,
    undoes INTEGER,
    -- the terminal's clock, which may be wrong, and ours
    at_ms INTEGER,
    received_ms INTEGER NOT NULL,
    answer BLOB NOT NULL,
    CHECK ((session_id IS NULL) = (number IS NULL))
) STRICT;

CREATE UNIQUE INDEX picking_operations_op ON picking_operations (terminal, op);
CREATE UNIQUE INDEX picking_operations_session ON picking_operations (session_id, number)
    WHERE session_id IS NOT NULL;
CREATE INDEX picking_operations_received ON picking_operations (received_ms);

-- PickQueue ----------------------------------------------------------------------------------

-- orders that the office wants picked before all others
CREATE TABLE picking_urgent (
    order_id INTEGER PRIMARY KEY REFERENCES orders (id),
    by TEXT NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT;

-- TerminalDesk -------------------------------------------------------------------------------

-- a terminal proves with its token that it was paired here; that alone lets nobody do anything
CREATE TABLE picking_terminals (
    name TEXT PRIMARY KEY,
    -- of the code that the office shows as a QR code, good once and for a while
    pairing_hash BLOB UNIQUE,
    pairing_until_ms INTEGER,
    token_hash BLOB UNIQUE,
    created_by TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    paired_ms INTEGER,
    CHECK ((pairing_hash IS NULL) = (pairing_until_ms IS NULL)),
    CHECK ((token_hash IS NULL) = (paired_ms IS NULL))
) STRICT, WITHOUT ROWID;

-- how a picker signs in at a paired terminal; user_created_ms tells the person from a namesake
CREATE TABLE picking_badges (
    user TEXT PRIMARY KEY,
    user_created_ms INTEGER NOT NULL,
    badge_hash BLOB UNIQUE,
    pin_hash TEXT
) STRICT, WITHOUT ROWID;
