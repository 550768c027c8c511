-- Reading a shop's catalogue: its tree, its attributes, where the reading stands.

-- ShopCatalogue ------------------------------------------------------------------------------

CREATE TABLE catalogue_reads (
    shop TEXT PRIMARY KEY REFERENCES shops (name),
    -- the reading under way; NULL = none
    began_ms INTEGER,
    is_whole INTEGER NOT NULL DEFAULT 0 CHECK (is_whole = 0 OR is_whole = 1),
    next_page INTEGER NOT NULL DEFAULT 1,
    -- how many items there were at its first page, and whether that changed on the way
    total INTEGER,
    moved INTEGER NOT NULL DEFAULT 0 CHECK (moved = 0 OR moved = 1),
    -- when the last ones that ended had begun: one of everything, one of any kind
    whole_began_ms INTEGER,
    last_began_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE shop_categories (
    shop TEXT NOT NULL REFERENCES shops (name),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    parent_id TEXT,
    -- names from the root down, JSON
    path TEXT NOT NULL,
    place INTEGER NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0 CHECK (gone = 0 OR gone = 1),
    PRIMARY KEY (shop, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE shop_attributes (
    shop TEXT NOT NULL REFERENCES shops (name),
    id TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    is_version INTEGER NOT NULL CHECK (is_version = 0 OR is_version = 1),
    gone INTEGER NOT NULL DEFAULT 0 CHECK (gone = 0 OR gone = 1),
    PRIMARY KEY (shop, id)
) STRICT, WITHOUT ROWID;

-- every category that an item stands in, those above it too
CREATE TABLE listing_categories (
    shop TEXT NOT NULL,
    category_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (shop, category_id, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX listing_categories_item ON listing_categories (shop, external_id);

-- the options of an attribute cannot be read at the shop: they are what its items have
CREATE TABLE listing_attributes (
    shop TEXT NOT NULL,
    attribute_id TEXT NOT NULL,
    value TEXT NOT NULL,
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (shop, attribute_id, value, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX listing_attributes_item ON listing_attributes (shop, external_id);

ALTER TABLE listing ADD COLUMN brand TEXT NOT NULL DEFAULT '';
-- the whole reading that did not show it, where it is not yet sure that it is gone
ALTER TABLE listing ADD COLUMN missed_ms INTEGER;

-- whoever runs the job ------------------------------------------------------------------------

ALTER TABLE jobs ADD COLUMN progress TEXT;
