-- Matching a shop's items with the nomenclature: what people decided, what an import would do.

-- ProductActor -------------------------------------------------------------------------------

-- the code of the family whose versions are items of their own; '' where there is none
ALTER TABLE products ADD COLUMN family TEXT NOT NULL DEFAULT '';

CREATE INDEX products_family ON products (family) WHERE family <> '';

-- ShopCatalogue ------------------------------------------------------------------------------

ALTER TABLE listing ADD COLUMN family TEXT NOT NULL DEFAULT '';
-- the item that is the main version, which may be the item itself
ALTER TABLE listing ADD COLUMN parent_id TEXT NOT NULL DEFAULT '';

CREATE INDEX listing_parent ON listing (shop, parent_id) WHERE parent_id <> '';

-- a person's word on the item, which later reads and imports leave alone
ALTER TABLE listing ADD COLUMN decision TEXT NOT NULL DEFAULT ''
    CHECK (decision = '' OR decision = 'link' OR decision = 'create' OR decision = 'ignore');
ALTER TABLE listing ADD COLUMN decided_product INTEGER REFERENCES products (id);
ALTER TABLE listing ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
ALTER TABLE listing ADD COLUMN decided_ms INTEGER;

CREATE INDEX listing_decided ON listing (shop, decision) WHERE decision <> '';

-- what the last import or dry run of a shop did, or would do, with each item
CREATE TABLE import_plan (
    shop TEXT NOT NULL REFERENCES shops (name),
    external_id TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action = 'keep' OR action = 'link' OR action = 'create' OR action = 'ask' OR action = 'ignore'),
    reason TEXT NOT NULL,
    product_id INTEGER,
    -- the products and items that the reason speaks of, and a refusal's own words
    products TEXT NOT NULL DEFAULT '[]',
    items TEXT NOT NULL DEFAULT '[]',
    detail TEXT NOT NULL DEFAULT '',
    planned_ms INTEGER NOT NULL,
    PRIMARY KEY (shop, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX import_plan_action ON import_plan (shop, action);

-- whoever raises or clears them --------------------------------------------------------------

-- from now on raised in the unit that ties the second item
INSERT INTO alerts (kind, subject, text, since_ms, state, changed_ms)
SELECT 'sku_twice', shop || '/' || sku, count(*) || ' linked items carry this SKU',
    CAST(unixepoch('subsec') * 1000 AS INTEGER), 'open', CAST(unixepoch('subsec') * 1000 AS INTEGER)
FROM links WHERE state = 'linked' AND sku <> '' GROUP BY shop, sku HAVING count(*) > 1;

-- an item that vanished from its shop needs nobody's decision
UPDATE alerts SET state = 'cleared' WHERE kind = 'import_conflict' AND state <> 'cleared'
    AND subject NOT IN (SELECT shop || '/' || external_id FROM listing WHERE state = 'conflict');
