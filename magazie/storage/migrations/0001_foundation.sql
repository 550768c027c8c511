-- The books. One owning actor writes each table; its name stands above it.
-- Scales stand in column names: _milli = 1/1000, _e4 = 1/10000, _e2 = 1/100, _bani = 1/100 RON;
-- _ms = UTC epoch milliseconds. Ids of orders are rowids: they rise as orders arrive.
-- `revision` guards the owner (a unit names the revision it was decided on);
-- `version` moves only when the public record changes.
--
-- Checks spell alternatives out with OR: SQLite builds a temporary table for each
-- IN (a, b, c) it evaluates, which made inserting an order ten times slower. The tables that
-- every order writes to have no foreign keys for the same reason; `magazie check` proves
-- what they would.

-- SettingsActor ----------------------------------------------------------------------------

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE warehouses (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE shops (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    base_url TEXT NOT NULL,
    shop_url TEXT NOT NULL,
    -- references (env:NAME, file:PATH), never the secrets themselves
    api_key TEXT NOT NULL,
    webhook_secret TEXT,
    webhook_secret_previous TEXT,
    stock_warehouse TEXT REFERENCES warehouses (code),
    price_warehouse TEXT REFERENCES warehouses (code),
    orders_from_ms INTEGER NOT NULL,
    flush_seconds INTEGER NOT NULL CHECK (flush_seconds >= 1),
    poll_seconds INTEGER NOT NULL CHECK (poll_seconds >= 1),
    status_map TEXT NOT NULL,
    -- rise when the source warehouse changes, so that every item is told again
    stock_generation INTEGER NOT NULL DEFAULT 0,
    price_generation INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role = 'admin' OR role = 'office' OR role = 'picker'),
    password_hash TEXT NOT NULL,
    -- a cookie names the epoch it was made under; raising it ends every session of the person
    epoch INTEGER NOT NULL DEFAULT 1,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role = 'admin' OR role = 'office' OR role = 'picker'),
    token_hash BLOB NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- whoever raises or clears them, in the unit of the fact itself ------------------------------

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state = 'open' OR state = 'seen' OR state = 'cleared'),
    seen_by TEXT,
    changed_ms INTEGER NOT NULL,
    UNIQUE (kind, subject)
) STRICT;

CREATE INDEX alerts_open ON alerts (since_ms) WHERE state <> 'cleared';

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'running' OR state = 'done' OR state = 'failed' OR state = 'cancelled'),
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER,
    arguments TEXT NOT NULL,
    problems TEXT NOT NULL DEFAULT '[]',
    result TEXT,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX jobs_running ON jobs (kind, subject) WHERE state = 'waiting' OR state = 'running';

-- written in the unit of the effect that the key names
CREATE TABLE idempotency (
    client TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    status INTEGER NOT NULL,
    answer BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (client, method, path, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_age ON idempotency (created_ms);

-- ProductActor -------------------------------------------------------------------------------

CREATE TABLE categories (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES categories (id),
    name TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX categories_name ON categories (ifnull(parent_id, 0), name);

CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    -- the normalised code: two codes that a person would read as one are one
    code_key TEXT NOT NULL UNIQUE,
    ean TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    brand TEXT NOT NULL DEFAULT '',
    unit TEXT NOT NULL DEFAULT 'buc',
    vat_rate_e2 INTEGER CHECK (vat_rate_e2 BETWEEN 0 AND 10000),
    weight_milli INTEGER CHECK (weight_milli >= 0),
    location TEXT NOT NULL DEFAULT '',
    category_id INTEGER REFERENCES categories (id),
    attributes TEXT NOT NULL DEFAULT '[]',
    images TEXT NOT NULL DEFAULT '[]',
    problems TEXT NOT NULL DEFAULT '[]',
    version INTEGER NOT NULL DEFAULT 1,
    revision INTEGER NOT NULL DEFAULT 1,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX products_code ON products (code);

CREATE TABLE product_codes (
    product_id INTEGER NOT NULL REFERENCES products (id),
    code TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind = 'additional' OR kind = 'packaging'),
    pieces_milli INTEGER NOT NULL CHECK (pieces_milli > 0),
    PRIMARY KEY (product_id, code)
) STRICT, WITHOUT ROWID;

-- every key under which a code may find the product (see model/codes.py)
CREATE TABLE product_keys (
    key TEXT NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    PRIMARY KEY (key, product_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX product_keys_product ON product_keys (product_id);

-- selling prices, RON with VAT
CREATE TABLE prices (
    product_id INTEGER NOT NULL REFERENCES products (id),
    warehouse TEXT NOT NULL REFERENCES warehouses (code),
    price_e4 INTEGER NOT NULL CHECK (price_e4 BETWEEN 0 AND 100000000000),
    changed_ms INTEGER NOT NULL,
    PRIMARY KEY (product_id, warehouse)
) STRICT, WITHOUT ROWID;

-- what a shop is told of a product; no row = both
CREATE TABLE sync_switches (
    product_id INTEGER NOT NULL REFERENCES products (id),
    shop TEXT NOT NULL REFERENCES shops (name),
    stock INTEGER NOT NULL CHECK (stock = 0 OR stock = 1),
    price INTEGER NOT NULL CHECK (price = 0 OR price = 1),
    PRIMARY KEY (product_id, shop)
) STRICT, WITHOUT ROWID;

-- a shop's item tied to a product; an untied row stays, so that its generation never falls
CREATE TABLE links (
    shop TEXT NOT NULL REFERENCES shops (name),
    external_id TEXT NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    sku TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state = 'linked' OR state = 'gone' OR state = 'untied'),
    generation INTEGER NOT NULL,
    PRIMARY KEY (shop, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX links_product ON links (product_id);
CREATE INDEX links_sku ON links (shop, sku);

-- StockActor ---------------------------------------------------------------------------------

CREATE TABLE stocks (
    product_id INTEGER PRIMARY KEY REFERENCES products (id),
    revision INTEGER NOT NULL
) STRICT;

CREATE TABLE balances (
    product_id INTEGER NOT NULL REFERENCES products (id),
    warehouse TEXT NOT NULL REFERENCES warehouses (code),
    on_hand_milli INTEGER NOT NULL,
    PRIMARY KEY (product_id, warehouse)
) STRICT, WITHOUT ROWID;

-- one row a line of an order; a cancelled claim keeps its rows (ordered 0) as tombstone,
-- one that never had a line keeps line 0
CREATE TABLE claims (
    product_id INTEGER NOT NULL,
    warehouse TEXT NOT NULL,
    order_id INTEGER NOT NULL,
    line INTEGER NOT NULL CHECK (line >= 0),
    placed_at_ms INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    ordered_milli INTEGER NOT NULL CHECK (ordered_milli >= 0),
    picked_milli INTEGER NOT NULL CHECK (picked_milli >= 0),
    shipped_milli INTEGER NOT NULL CHECK (shipped_milli >= 0),
    reserved_milli INTEGER NOT NULL CHECK (reserved_milli >= 0),
    PRIMARY KEY (product_id, warehouse, order_id, line),
    CHECK (reserved_milli <= max(0, ordered_milli - shipped_milli))
) STRICT, WITHOUT ROWID;

CREATE INDEX claims_live ON claims (product_id, warehouse) WHERE ordered_milli > shipped_milli;

-- claims cancelled before they were ever made: a late first command must not revive them
CREATE INDEX claims_graves ON claims (product_id) WHERE line = 0;

CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY,
    movement TEXT NOT NULL,
    line INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    warehouse TEXT NOT NULL REFERENCES warehouses (code),
    leg TEXT NOT NULL CHECK (leg = 'in' OR leg = 'out' OR leg = 'set'),
    kind TEXT NOT NULL,
    delta_milli INTEGER NOT NULL,
    on_hand_milli INTEGER NOT NULL,
    reference TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    UNIQUE (movement, line, product_id, warehouse, leg)
) STRICT;

CREATE INDEX ledger_product ON ledger (product_id, warehouse, seq);

-- the number of the last order read that saw this shop place, edit, cancel or return it
CREATE TABLE stock_touches (
    product_id INTEGER NOT NULL REFERENCES products (id),
    shop TEXT NOT NULL REFERENCES shops (name),
    read_no INTEGER NOT NULL,
    PRIMARY KEY (product_id, shop)
) STRICT, WITHOUT ROWID;

-- MovementActor ------------------------------------------------------------------------------

CREATE TABLE movements (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind = 'opening' OR kind = 'reception' OR kind = 'adjustment' OR kind = 'transfer'),
    warehouse TEXT NOT NULL REFERENCES warehouses (code),
    to_warehouse TEXT REFERENCES warehouses (code),
    reference TEXT NOT NULL,
    supplier TEXT NOT NULL DEFAULT '',
    content_hash BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state = 'posting' OR state = 'posted'),
    created_by TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    UNIQUE (source, idempotency_key)
) STRICT;

CREATE INDEX movements_owing ON movements (id) WHERE state = 'posting';

CREATE TABLE movement_lines (
    movement_id INTEGER NOT NULL REFERENCES movements (id),
    line INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity_milli INTEGER NOT NULL,
    unit_cost_e4 INTEGER,
    note TEXT NOT NULL DEFAULT '',
    posted INTEGER NOT NULL DEFAULT 0 CHECK (posted = 0 OR posted = 1),
    -- why the stock refused the line for good; such a line is never posted
    problem TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (movement_id, line)
) STRICT, WITHOUT ROWID;

-- OrderActor ---------------------------------------------------------------------------------

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    -- 'shop' or 'api': the natural key is (origin, source, external_id)
    origin TEXT NOT NULL CHECK (origin = 'shop' OR origin = 'api'),
    -- the shop's name, or the other program's
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    number TEXT NOT NULL,
    warehouse TEXT REFERENCES warehouses (code),
    placed_at_ms INTEGER NOT NULL,
    placed_raw TEXT NOT NULL,
    taken_at_ms INTEGER NOT NULL,
    currency TEXT NOT NULL,
    total_bani INTEGER NOT NULL,
    fulfilment TEXT NOT NULL CHECK (fulfilment = 'open' OR fulfilment = 'picking' OR fulfilment = 'picked' OR fulfilment = 'part_shipped' OR fulfilment = 'shipped' OR fulfilment = 'cancelled'),
    -- an order that a person here cancelled is not reopened by what the shop shows
    cancelled_by TEXT NOT NULL DEFAULT '' CHECK (cancelled_by = '' OR cancelled_by = 'shop' OR cancelled_by = 'office'),
    invoicing TEXT NOT NULL CHECK (invoicing = 'none' OR invoicing = 'part' OR invoicing = 'all'),
    -- the shop's status when we took it, and as last seen
    taken_status_id TEXT NOT NULL DEFAULT '',
    shop_status_id TEXT NOT NULL DEFAULT '',
    shop_status TEXT NOT NULL DEFAULT '',
    -- customer, addresses, discounts, delivery, payment, observation
    details BLOB NOT NULL,
    read_no INTEGER NOT NULL DEFAULT 0,
    digest BLOB NOT NULL,
    -- a claim is owed while claimed < wanted
    claims_wanted INTEGER NOT NULL,
    claims_set INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    revision INTEGER NOT NULL DEFAULT 1,
    changed_ms INTEGER NOT NULL,
    UNIQUE (origin, source, external_id)
) STRICT;

CREATE INDEX orders_owing ON orders (id) WHERE claims_set < claims_wanted;
CREATE INDEX orders_open ON orders (source, placed_at_ms)
    WHERE fulfilment <> 'shipped' AND fulfilment <> 'cancelled';
CREATE INDEX orders_number ON orders (number);

CREATE TABLE order_lines (
    order_id INTEGER NOT NULL,
    line INTEGER NOT NULL CHECK (line >= 1),
    kind TEXT NOT NULL CHECK (kind = 'product' OR kind = 'service'),
    item_id TEXT NOT NULL,
    sku TEXT NOT NULL,
    ean TEXT NOT NULL,
    name TEXT NOT NULL,
    product_id INTEGER,
    quantity_milli INTEGER NOT NULL CHECK (quantity_milli >= 0),
    picked_milli INTEGER NOT NULL DEFAULT 0 CHECK (picked_milli >= 0),
    price_e4 INTEGER NOT NULL,
    base_price_e4 INTEGER,
    vat_rate_e2 INTEGER,
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;

CREATE INDEX order_lines_unlinked ON order_lines (order_id)
    WHERE product_id IS NULL AND kind = 'product' AND quantity_milli > 0;

-- with rowids, like every table of large rows: without them each spills over into pages of its own
CREATE TABLE order_payloads (
    seq INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL,
    read_no INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    payload BLOB NOT NULL,
    UNIQUE (order_id, read_no)
) STRICT;

-- what happened to an order after it was taken, for people
CREATE TABLE order_events (
    seq INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;

CREATE INDEX order_events_order ON order_events (order_id, seq);

-- OrderFeed ----------------------------------------------------------------------------------

CREATE TABLE order_feeds (
    shop TEXT PRIMARY KEY REFERENCES shops (name),
    read_no INTEGER NOT NULL,
    -- the last read that went through every page of both windows, and when it began
    complete_read_no INTEGER NOT NULL,
    complete_at_ms INTEGER,
    last_hint_ms INTEGER,
    revision INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

-- orders seen and not taken: older than orders_from, or of a shape we do not understand
CREATE TABLE untaken_orders (
    shop TEXT NOT NULL REFERENCES shops (name),
    external_id TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason = 'before_start' OR reason = 'undecodable'),
    number TEXT NOT NULL DEFAULT '',
    placed_at_ms INTEGER,
    total_bani INTEGER,
    status TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL DEFAULT '',
    item_ids TEXT NOT NULL DEFAULT '[]',
    digest BLOB NOT NULL,
    payload BLOB NOT NULL,
    seen_ms INTEGER NOT NULL,
    PRIMARY KEY (shop, external_id)
) STRICT;

-- orders that a full window should have shown and did not
CREATE TABLE missing_orders (
    shop TEXT NOT NULL REFERENCES shops (name),
    order_id INTEGER NOT NULL REFERENCES orders (id),
    windows INTEGER NOT NULL,
    PRIMARY KEY (shop, order_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE shop_statuses (
    shop TEXT NOT NULL REFERENCES shops (name),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT CHECK (type = 'sale' OR type = 'return' OR type = 'cancel'),
    PRIMARY KEY (shop, id)
) STRICT, WITHOUT ROWID;

-- GomagOutbox --------------------------------------------------------------------------------

-- what a shop last acknowledged of one field of one item
CREATE TABLE outbox_items (
    shop TEXT NOT NULL REFERENCES shops (name),
    external_id TEXT NOT NULL,
    field TEXT NOT NULL CHECK (field = 'stock' OR field = 'price'),
    -- NULL = never, or no longer believed
    acked_value INTEGER,
    acked_generation INTEGER,
    acked_read INTEGER,
    acked_ms INTEGER,
    sent_value INTEGER,
    sent_generation INTEGER,
    sent_read INTEGER,
    sent_ms INTEGER,
    -- sent and not yet answered for
    doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt = 0 OR doubt = 1),
    -- acknowledged after a doubt: a late first write may still land; read back once, then
    suspect_ms INTEGER,
    pending_since_ms INTEGER,
    -- refusals in a row; parked until due_ms
    attempts INTEGER NOT NULL DEFAULT 0,
    due_ms INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    -- the value and generation that the refusal was about: another one is tried at once
    parked_value INTEGER,
    parked_generation INTEGER,
    -- refused together with the item's other field: goes by itself next time
    alone INTEGER NOT NULL DEFAULT 0 CHECK (alone = 0 OR alone = 1),
    held INTEGER NOT NULL DEFAULT 0 CHECK (held = 0 OR held = 1),
    -- the value a person let through although the brake held it
    consent_value INTEGER,
    -- read-backs in a row that differed
    drift INTEGER NOT NULL DEFAULT 0,
    drift_value INTEGER,
    drift_read INTEGER,
    PRIMARY KEY (shop, external_id, field)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_items_open ON outbox_items (shop)
    WHERE doubt = 1 OR due_ms IS NOT NULL OR pending_since_ms IS NOT NULL;
CREATE INDEX outbox_items_suspect ON outbox_items (shop, suspect_ms) WHERE suspect_ms IS NOT NULL;

-- milestones told to a shop
CREATE TABLE outbox_statuses (
    shop TEXT NOT NULL REFERENCES shops (name),
    order_id INTEGER NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind = 'status'),
    subject TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state = 'due' OR state = 'doubt' OR state = 'done' OR state = 'overruled' OR state = 'unmapped'),
    status_id TEXT NOT NULL DEFAULT '',
    -- the shop's status when it was first written: seen again, the write has not landed
    base_status_id TEXT NOT NULL DEFAULT '',
    -- the order read that was the newest when the write ended: older observations do not count
    written_read INTEGER,
    since_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_ms INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (shop, order_id, kind, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_statuses_open ON outbox_statuses (shop) WHERE state = 'due' OR state = 'doubt';

CREATE TABLE outbox_shops (
    shop TEXT PRIMARY KEY REFERENCES shops (name),
    last_sent_ms INTEGER,
    last_request TEXT NOT NULL DEFAULT '',
    last_answer TEXT NOT NULL DEFAULT '',
    -- a shop whose key is refused is not asked again until a person acts
    stopped TEXT NOT NULL DEFAULT '',
    read_back_page INTEGER NOT NULL DEFAULT 0,
    read_back_ms INTEGER
) STRICT, WITHOUT ROWID;

-- ShopCatalogue ------------------------------------------------------------------------------

-- what the shop sells, as it last said
CREATE TABLE listing (
    shop TEXT NOT NULL REFERENCES shops (name),
    external_id TEXT NOT NULL,
    sku TEXT NOT NULL,
    ean TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state = 'new' OR state = 'linked' OR state = 'creating' OR state = 'created' OR state = 'conflict' OR state = 'gone'),
    problem TEXT,
    stock_milli INTEGER,
    base_price_e4 INTEGER,
    vat_rate_e2 INTEGER,
    currency TEXT NOT NULL DEFAULT '',
    vat_included INTEGER NOT NULL DEFAULT 1,
    stock_managed INTEGER NOT NULL DEFAULT 1,
    backorders INTEGER NOT NULL DEFAULT 0,
    -- the complete order reads just before and after the page was read
    read_before INTEGER NOT NULL DEFAULT 0,
    read_after INTEGER NOT NULL DEFAULT 0,
    product BLOB NOT NULL,
    read_ms INTEGER NOT NULL,
    PRIMARY KEY (shop, external_id)
) STRICT;

CREATE INDEX listing_sku ON listing (shop, sku);
CREATE INDEX listing_state ON listing (shop, state);
