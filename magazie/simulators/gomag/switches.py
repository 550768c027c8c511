"""What nobody outside Gomag knows, written down as choices.

``A`` numbers are the assumptions of the Gomag API note; ``S`` numbers are further ones this
stand-in had to make. ``docs/gomag_assumptions.md`` lists both. The default of every switch is the
reading thought most likely; a client should survive all of them.
"""

from typing import Literal

from msgspec import Struct


class Switches(Struct, frozen=True, kw_only=True):
    """One setting for each unknown; change them with ``msgspec.structs.replace``."""

    throttle_status: Literal[428, 429] = 428
    """A1: the status of a throttled call. 428 was measured; 429 is what most services use."""
    throttle_body: Literal["json", "empty", "html"] = "json"
    """A1: the body of a throttled call: an error envelope, nothing, or an HTML page."""
    throttle_retry_after_s: int = 0
    """A1: seconds told in ``Retry-After``; 0 sends no such header."""
    read_burst: int = 40
    """A2: depth of the read bucket, in calls."""
    read_rate: int = 1
    """A2: calls a second that leave the read bucket."""
    write_burst: int = 10
    """A2: depth of the write bucket, in calls."""
    write_rate: int = 1
    """A2: calls a second that leave the write bucket."""
    refused_calls_count: bool = False
    """A2: whether throttled calls fill the bucket too, so hammering keeps it full."""
    header_style: Literal["documented", "recorded", "lower", "mixed"] = "mixed"
    """A2: spelling of the ``Api-RateLimit-…`` headers; mixed draws one of the three a call."""
    wrong_key: Literal["missing_api_user", "http_401"] = "missing_api_user"
    """A3: a missing or wrong key: error 100 with HTTP 200, or a plain 401 page."""
    lacking_right: Literal["error_101", "missing_api_user"] = "error_101"
    """A3: a key without this method: error 101 with a Romanian sentence, or as a wrong key."""
    api_shop_match: Literal["exact", "host", "ignored"] = "exact"
    """A3: how ``ApiShop`` must name the shop: its whole URL, the host alone, or not at all."""
    door_order: Literal["key_first", "agent_first"] = "key_first"
    """A3, A4: what is looked at first. Part D.3: the key was, before the User-Agent."""
    blocked_agents: tuple[str, ...] = (
        "PostmanRuntime/",
        "python-requests/",
        "python-httpx/",
        "Python-urllib/",
        "Python/",
    )
    """A4: beginnings of User-Agents that get a 404 page, as a missing one does."""
    raw_json_body: Literal["no_data", "accepted"] = "no_data"
    """A5: a JSON body in place of the form: no data, or taken as the ``data`` field."""
    default_page_size: int = 100
    """A6: rows on a page when ``limit`` is not given; 100 is also the most there can be."""
    order_limit_honoured: bool = True
    """A6: whether ``order/read`` obeys the undocumented ``limit``."""
    beyond_last_page: Literal["empty", "repeat_last"] = "empty"
    """A7: a page past the end: an empty collection, or the last page again for ever."""
    order_sort: Literal["newest_first", "ascending_id"] = "newest_first"
    """A8: order of rows in ``order/read``."""
    order_updated_by: Literal["any_change", "content_only"] = "any_change"
    """A9: what moves an order's ``updated``: also status and AWB, or edits of lines alone."""
    updated_filter: Literal["since_day", "on_day"] = "since_day"
    """A9: ``updated=DAY`` means that day and later, or that one day."""
    several_status_ids: Literal["comma", "first_only"] = "comma"
    """A10: several ``statusIds``: comma separated, or the first counts alone."""
    existing_sku_write: Literal["update", "reject"] = "update"
    """A11: ``product/write`` of a SKU that exists: updates it, or refuses that product."""
    over_cap: Literal["reject", "truncate"] = "reject"
    """A11: more items than allowed: the whole request is refused, or cut without a word."""
    write_refusal: Literal["item", "envelope"] = "item"
    """A11: where a refused product shows: on its own echo, or as one error for the request."""
    product_batch_atomic: bool = False
    """A12: whether one refused product keeps the others of its request from being applied."""
    patch_missing_fields: Literal["reject", "lenient"] = "reject"
    """A13: ``product/patch`` without price or categories: refused as documented, or let through."""
    inventory_answer_key: Literal["ean", "empty"] = "ean"
    """A14: the key over the rows of an inventory answer: the item's EAN, or always ``""``."""
    shared_ean: Literal["all", "first"] = "all"
    """A15: an inventory item by an EAN that several products carry: all change, or the first."""
    stock_status_follows: Literal["managed_only", "always", "never"] = "managed_only"
    """A16: when ``stock_status`` turns by itself as stock reaches or leaves zero."""
    special_price_removed_by: Literal["zero_or_empty", "zero_empty_or_null", "nothing"] = (
        "zero_or_empty"
    )
    """A17: which ``specialPrice`` ends a promotion."""
    price_without_flag: Literal["as_product", "with_vat", "without_vat"] = "as_product"
    """A18: how a price is read when ``priceWithVat`` is absent."""
    version_rows: Literal["listed", "hidden"] = "listed"
    """A19: with ``addVersions``, whether siblings stay rows of their own."""
    category_answer_key: Literal["as_recorded", "name", "id"] = "as_recorded"
    """A20: the key over a row of ``category/write``: recorded was the name for a plain name and the
    new id for a name by language."""
    repeated_category: Literal["made_again", "reused"] = "made_again"
    """A21: ``category/write`` of a name that its parent already holds."""
    category_reuse: Literal["first_match", "always_new"] = "first_match"
    """A21: a category path in ``product/write`` that exists: reused, or made again."""
    attribute_write_answer: Literal["empty", "echo"] = "empty"
    """A22: what ``attribute/write`` answers: no attributes, as recorded, or those sent."""
    attribute_without_type: Literal["dropped", "textinput"] = "dropped"
    """A22 (part D.4): an attribute without the required type: not made, or made a text."""
    image_import_ms: int = 30_000
    """A23: how long after a write its pictures appear; 0 = at once."""
    dead_image_hosts: tuple[str, ...] = ("dead.invalid",)
    """A23: hosts whose pictures never arrive; they are dropped without a word."""
    repeated_order_number: Literal["accepted", "refused"] = "accepted"
    """A24: ``order/add`` with a number that exists."""
    unknown_order_sku: Literal["free_line", "refused"] = "free_line"
    """A24: ``order/add`` with a SKU the shop does not have."""
    orders_take_stock: bool = True
    """A24: whether an order takes its goods out of stock (of products with managed stock)."""
    restoring_types: tuple[Literal["cancel", "return"], ...] = ("cancel", "return")
    """A25: types of status that give an order's stock back; empty = none does."""
    reopening_takes_stock: bool = True
    """A25: whether leaving such a status takes the stock again."""
    shipping_as_product: bool = False
    """A28: the delivery fee as an item of type service, with ``delivery.total`` 0."""
    foreign_order_amounts: Literal["order_currency", "multiplied_ron"] = "order_currency"
    """A29: amounts of an order in foreign currency: as placed, or in RON by the multiplier."""
    server_error_status: Literal[500, 502, 503, 504] = 502
    """A30: the status of an injected server error."""
    maintenance_status: Literal[200, 503] = 503
    """A30: the status of the maintenance page."""
    deleted_products: Literal["gone", "disabled_row"] = "gone"
    """A32: a deleted product: absent from reads, or a row with ``enabled`` "0"."""
    largest_form_bytes: int = 0
    """A33: the largest body taken, else HTTP 413; 0 = any size."""
    repeated_writes: Literal["applied_again", "answered_again"] = "applied_again"
    """A34: the same write twice within a minute: done twice, or answered from memory."""

    unknown_address: Literal["html_404", "json_404"] = "html_404"
    """S1: an address the API does not have: a 404 page, or an error envelope with HTTP 200."""
    date_filter: Literal["on_day", "since_day"] = "on_day"
    """S2: ``order/read`` with ``date=DAY``: orders of that day, or of that day and later."""
    pages_when_empty: Literal[0, 1] = 0
    """S3: ``pages`` of a read that found nothing."""
    status_types: bool = False
    """S4: whether ``order/status/read`` tells ``key`` and ``type``: documented, not recorded."""
    unknown_order_status: Literal["no_data", "acknowledged", "applied"] = "no_data"
    """S5 (part D.2): ``order/status`` by number or name: NO DATA, a yes that changes nothing, or
    found after all."""
    repeated_sku: Literal["first", "all"] = "first"
    """S6: an inventory item whose SKU two products carry: the first changes, or both."""
    echo_options_as_list: bool = True
    """S7: whether the echo of a product write wraps ``options`` in a list, as recorded."""
    unknown_note_order: Literal["echo", "no_data"] = "echo"
    """S8 (part D.7): a note for an order that does not exist."""
    escape_unicode: bool = False
    """S9: whether JSON answers write letters as ``\\uXXXX``."""
    stock_text: Literal["three_decimals", "shortest"] = "three_decimals"
    """S10 (part D.8): stock as ``"7.000"`` or ``"7"``."""
    sale_touches_product: bool = False
    """S11: whether an order that takes stock moves the product's ``updated``."""
    several_statuses: Literal["refuse", "first_only"] = "refuse"
    """S12: ``order/status`` with several orders in one request, where one is documented."""
    attribute_pages: Literal["honoured", "ignored"] = "honoured"
    """S13: whether ``attribute/read`` obeys ``page``; else it has a first hundred and no more."""
    bundle_stock: Literal["own", "parts", "both"] = "own"
    """S14: what an order of a bundle takes: the bundle's own stock, its parts, or both."""
    orders_not_shown: int = 0
    """S15: so many orders more than any page shows are counted in ``total`` and ``pages``."""
