-- Publishing: where our categories and attributes lie in a shop, and how far each product is there.

-- ShopPublisher ------------------------------------------------------------------------------

-- the shop's category that one of ours is; without target_id it is still to be made there
CREATE TABLE category_map (
    shop TEXT NOT NULL REFERENCES shops (name),
    category_id INTEGER NOT NULL REFERENCES categories (id),
    target_id TEXT,
    new_name TEXT NOT NULL DEFAULT '',
    -- the shop's category it is to be made under; NULL = at the root
    new_parent TEXT,
    -- why it could not be made, in the shop's words
    problem TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (shop, category_id),
    CHECK (target_id IS NOT NULL OR new_name <> '')
) STRICT, WITHOUT ROWID;

-- attributes of ours have only a name
CREATE TABLE attribute_map (
    shop TEXT NOT NULL REFERENCES shops (name),
    name TEXT NOT NULL,
    target_id TEXT,
    new_name TEXT NOT NULL DEFAULT '',
    new_type TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (shop, name),
    CHECK (target_id IS NOT NULL OR new_name <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE publications (
    shop TEXT NOT NULL REFERENCES shops (name),
    product_id INTEGER NOT NULL REFERENCES products (id),
    state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'sending' OR state = 'published' OR state = 'refused' OR state = 'ready'),
    -- the job that it was last chosen for
    batch INTEGER NOT NULL,
    problems TEXT NOT NULL DEFAULT '[]',
    -- the shop's own words
    detail TEXT NOT NULL DEFAULT '',
    -- the item it became or is
    external_id TEXT,
    -- what the shop last took of us, JSON; NULL = nothing yet
    content TEXT,
    -- what is on its way (state 'sending'), or was last refused, JSON
    sent TEXT,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    changed_ms INTEGER NOT NULL,
    PRIMARY KEY (shop, product_id),
    CHECK (state <> 'sending' OR sent IS NOT NULL),
    CHECK (state <> 'published' OR content IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX publications_batch ON publications (shop, batch);
CREATE INDEX publications_product ON publications (product_id);
CREATE INDEX publications_open ON publications (shop) WHERE state = 'waiting' OR state = 'sending';
