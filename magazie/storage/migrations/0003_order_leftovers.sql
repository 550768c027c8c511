-- Orders that wait for a warehouse, and orders that nobody can read and a person has dismissed.

-- OrderActor: taken while their shop had no stock warehouse; they get one when it does
CREATE INDEX orders_without_warehouse ON orders (source)
    WHERE warehouse IS NULL AND origin = 'shop';

-- OrderFeed: a person has seen to an order that cannot be understood; its goods wait no more
ALTER TABLE untaken_orders ADD COLUMN dismissed_by TEXT NOT NULL DEFAULT '';
