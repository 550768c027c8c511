-- Serial numbers in hand, and what people counted by day.

-- PickingSession -----------------------------------------------------------------------------

-- a serial number is one piece's, so one order has it in hand: written as they are compared
CREATE TABLE picked_serials (
    product_id INTEGER NOT NULL,
    serial TEXT NOT NULL CHECK (serial <> ''),
    order_id INTEGER NOT NULL,
    PRIMARY KEY (product_id, serial)
) STRICT, WITHOUT ROWID;

CREATE INDEX picked_serials_order ON picked_serials (order_id);

-- what was noted before and is in hand still: a scan that nobody undid, and after which no more
-- went back than was fetched since; where two orders have one number, the first keeps it
WITH counts AS (
    SELECT p.seq, p.order_id, l.line, l.product_id, p.delta_milli, p.serial
    FROM picking_orders AS o
        JOIN picking_operations AS p ON p.session_id = o.session_id AND p.order_id = o.order_id
        JOIN picking_lines AS l ON l.session_id = p.session_id AND l.pick = p.pick
        JOIN products AS g ON g.id = l.product_id AND g.tracking = 'serial'
    WHERE o.is_verified = 0 AND p.delta_milli <> 0 AND p.undoes IS NULL
        AND NOT EXISTS (SELECT 1 FROM picking_operations AS u
            WHERE u.session_id = p.session_id AND u.undoes = p.number)
        AND NOT EXISTS (SELECT 1 FROM picking_orders AS n
            WHERE n.order_id = o.order_id AND n.session_id > o.session_id AND n.is_verified = 0
                AND NOT EXISTS (SELECT 1 FROM picking_lines AS b WHERE b.session_id = n.session_id
                    AND b.order_id = n.order_id AND b.base_milli > 0))
        AND (EXISTS (SELECT 1 FROM picking_orders AS a
                WHERE a.order_id = o.order_id AND a.is_open = 1)
            OR EXISTS (SELECT 1 FROM order_lines AS b
                WHERE b.order_id = o.order_id AND b.picked_milli > 0))
), heights AS (
    SELECT *, sum(delta_milli) OVER (PARTITION BY order_id, line, product_id ORDER BY seq)
        AS height
    FROM counts
), lows AS (
    SELECT *, min(height) OVER (PARTITION BY order_id, line, product_id ORDER BY seq
        ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS low
    FROM heights
)
INSERT OR IGNORE INTO picked_serials (product_id, serial, order_id)
SELECT product_id, lower(replace(serial, ' ', '')), order_id FROM lows
WHERE delta_milli > 0 AND low >= height AND trim(serial) <> ''
    AND serial NOT GLOB '*[^ -~]*'
ORDER BY seq;

-- TallySession -------------------------------------------------------------------------------

-- as the message is called that began it, as in all other rows
UPDATE tally_operations SET kind = 'receive' WHERE kind = 'reception';

CREATE INDEX tally_operations_received ON tally_operations (received_ms);
