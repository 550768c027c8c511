"""How much of everything there is, for the status page and for metrics."""

import sqlite3

import msgspec


class Counts(msgspec.Struct, frozen=True):
    """Totals of the books; quantities in thousandths over all warehouses."""

    products: int
    orders: int
    orders_open: int
    orders_owing: int
    on_hand_milli: int
    reserved_milli: int
    alerts_open: int
    jobs_running: int
    picking_sessions: int
    tallies_open: int
    tallies_posting: int


def count_books(connection: sqlite3.Connection) -> Counts:
    """Count what the books hold now."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM products), (SELECT count(*) FROM orders),"
        " (SELECT count(*) FROM orders INDEXED BY orders_open"
        " WHERE fulfilment <> 'shipped' AND fulfilment <> 'cancelled'),"
        " (SELECT count(*) FROM orders INDEXED BY orders_owing WHERE claims_set < claims_wanted),"
        " (SELECT ifnull(sum(on_hand_milli), 0) FROM balances),"
        " (SELECT ifnull(sum(reserved_milli), 0) FROM claims INDEXED BY claims_live"
        " WHERE ordered_milli > shipped_milli),"
        " (SELECT count(*) FROM alerts WHERE state <> 'cleared'),"
        " (SELECT count(*) FROM jobs WHERE state IN ('waiting', 'running')),"
        " (SELECT count(*) FROM picking_sessions INDEXED BY picking_sessions_terminal"
        " WHERE state = 'open'),"
        " (SELECT count(*) FROM tallies INDEXED BY tallies_open WHERE state = 'open'),"
        " (SELECT count(*) FROM tallies INDEXED BY tallies_posting WHERE state = 'posting')"
    ).fetchone()
    return Counts(*row)
