-- Bundles: goods sold under one code and kept as their parts; and a shop's safety buffer.

-- ProductActor -------------------------------------------------------------------------------

-- a bundle has no stock of its own; one without rows in bundle_parts is made of we do not know what
ALTER TABLE products ADD COLUMN is_bundle INTEGER NOT NULL DEFAULT 0
    CHECK (is_bundle = 0 OR is_bundle = 1);

CREATE TABLE bundle_parts (
    bundle_id INTEGER NOT NULL REFERENCES products (id),
    part_id INTEGER NOT NULL REFERENCES products (id),
    quantity_milli INTEGER NOT NULL CHECK (quantity_milli > 0),
    PRIMARY KEY (bundle_id, part_id),
    CHECK (bundle_id <> part_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX bundle_parts_part ON bundle_parts (part_id);

-- OrderActor ---------------------------------------------------------------------------------

-- what a line on a bundle claims: its parts as they were when the line was linked
CREATE TABLE order_line_parts (
    order_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    part_id INTEGER NOT NULL,
    quantity_milli INTEGER NOT NULL CHECK (quantity_milli > 0),
    PRIMARY KEY (order_id, line, part_id)
) STRICT, WITHOUT ROWID;

-- SettingsActor ------------------------------------------------------------------------------

-- kept back from what the shop is told of every item
ALTER TABLE shops ADD COLUMN stock_buffer_milli INTEGER NOT NULL DEFAULT 0
    CHECK (stock_buffer_milli >= 0);

-- ShopCatalogue ------------------------------------------------------------------------------

-- what the shop says its bundles are made of, by its own SKUs
CREATE TABLE listing_parts (
    shop TEXT NOT NULL REFERENCES shops (name),
    external_id TEXT NOT NULL,
    part_sku TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    PRIMARY KEY (shop, external_id, part_sku)
) STRICT, WITHOUT ROWID;
