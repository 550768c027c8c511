"""What a barcode reader adds around a code, and the keys under which a scan is looked up.

Readers are set up by many hands: they send control characters or typed escapes before and after
the code, the AIM symbology identifier (`]E0`, ISO/IEC 15424), or the asterisks with which Code 39
starts and stops.
"""

import re
from typing import Final

from magazie.model.codes import keys_of

_BLANKS: Final = "".join(map(chr, range(0x21))) + "\x7f\xa0\ufeff"
_TYPED_ESCAPES: Final = re.compile(r"(?:^(?:\\[nrt])+)|(?:(?:\\[nrt])+$)")
_AIM_IDENTIFIER: Final = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_CODE_39: Final = re.compile(r"\*([^*]+)\*")


def clean_scan(text: str) -> str:
    """Return the scanned code without what the reader put around it."""
    code = _TYPED_ESCAPES.sub("", text.strip(_BLANKS)).strip(_BLANKS)
    code = _AIM_IDENTIFIER.sub("", code)
    framed = _CODE_39.fullmatch(code)
    return framed[1] if framed else code


def scan_keys(text: str) -> frozenset[str]:
    """Return the keys to look a scan up by: cleaned, and as read for codes that hold such marks."""
    return frozenset((*keys_of(clean_scan(text)), *keys_of(text)))
