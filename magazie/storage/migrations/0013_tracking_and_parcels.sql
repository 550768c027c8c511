-- Goods that are told apart by their lot or serial number, and orders found by their parcels.

-- ProductActor -------------------------------------------------------------------------------

-- what a picker notes of each piece
ALTER TABLE products ADD COLUMN tracking TEXT NOT NULL DEFAULT 'none'
    CHECK (tracking = 'none' OR tracking = 'lot' OR tracking = 'serial');

-- OrderActor ---------------------------------------------------------------------------------

-- the parcels that a shop named on an order: what is scanned of them finds the order
CREATE TABLE order_parcels (
    awb TEXT NOT NULL CHECK (awb <> ''),
    order_id INTEGER NOT NULL REFERENCES orders (id),
    PRIMARY KEY (awb, order_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX order_parcels_order ON order_parcels (order_id);

-- orders that named a parcel already are taken for changed when they are read next
UPDATE orders SET digest = zeroblob(16)
WHERE origin = 'shop' AND fulfilment IN ('open', 'picking', 'picked')
    AND EXISTS (SELECT 1 FROM order_payloads AS p WHERE p.order_id = orders.id
        AND p.read_no = orders.read_no AND instr(CAST(p.payload AS TEXT), '"awb"') > 0);

-- PickingSession -----------------------------------------------------------------------------

-- what was noted for an order is read from the logs of its sessions
CREATE INDEX picking_orders_order ON picking_orders (order_id);
