"""What versions before codes wrote of a shop's item in English, known again by its code."""

import re
from typing import Final

_SENTENCES: Final = (
    (r"no longer in the shop", "gone"),
    (r"the shop does not keep this item's stock: none was opened", "stock_not_kept"),
    (r"the shop's price is in RON without VAT: none was taken", "price_without_vat"),
    (r"the shop's price is in  with(?:out)? VAT: none was taken", "currency_unknown"),
    (r"the shop's price is in (?P<currency>.*) with(?:out)? VAT: .*", "foreign_currency"),
    (r"(?P<field>\w+): '(?P<value>.*)' may be (?P<one>\S+) or (?P<other>\S+)", "doubtful_number"),
    (r"(?P<field>\w+): (?P<value>.*) is too large for a \w+", "number_too_large"),
    (r"(?P<field>\w+): (?P<value>.*) must not be negative", "number_negative"),
    (r"(?P<field>\w+): (?P<value>.*) has more than \d decimals", "too_many_decimals"),
    (r"(?P<field>\w+): '(?P<value>.*)' (?:is not a number|mixes dots and commas)", "not_a_number"),
    (r"(?P<field>\w+): (?P<value>.*) is (?:not a number|a truth value, .*)", "not_a_number"),
    (r"(?P<field>\w+)[.\w]*: a text is expected, not .*", "not_a_text"),
    (r"(?P<field>\w+): '(?P<value>.*)' is neither 0 nor 1", "not_a_flag"),
    (r"(?P<field>\w+): a list or map is expected", "not_a_list"),
    (r"bundleItems: SKU or quantity missing", "part_incomplete"),
)  # fmt: skip
_KNOWN: Final = tuple((re.compile(each, re.DOTALL), code) for each, code in _SENTENCES)


def known_again(text: str) -> tuple[str, dict[str, str]]:
    """The code of a sentence and the values that stand in it; no code where it is not known."""
    for pattern, code in _KNOWN:
        found = pattern.fullmatch(text)
        if found:
            return code, found.groupdict()
    return "", {}
