-- ProductActor -------------------------------------------------------------------------------

-- the images of products that have an address and are not here, with what the product says of them
CREATE TABLE missing_images (
    url TEXT NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    problem TEXT NOT NULL,
    PRIMARY KEY (url, product_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX missing_images_product ON missing_images (product_id);

-- ImageActor ---------------------------------------------------------------------------------

-- what came of fetching an address: the hash of its image, or a problem and when to try again.
-- No row = never tried. An image that is here is not fetched again.
CREATE TABLE image_fetches (
    url TEXT PRIMARY KEY,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    media TEXT NOT NULL,
    problem TEXT NOT NULL,
    due_ms INTEGER,
    changed_ms INTEGER NOT NULL,
    CHECK ((media = '') <> (problem = '')),
    CHECK (media = '' OR due_ms IS NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX image_fetches_due ON image_fetches (due_ms) WHERE due_ms IS NOT NULL;

INSERT INTO missing_images (url, product_id, problem)
SELECT image.value ->> 'url', p.id, max(ifnull(image.value ->> 'problem', ''))
FROM products AS p, json_each(p.images) AS image
WHERE ifnull(image.value ->> 'url', '') <> '' AND ifnull(image.value ->> 'media', '') = ''
GROUP BY image.value ->> 'url', p.id;
