"""Which letters the bytes of a text file stand for, told for certain or not at all.

Romanian programs write UTF-8, UTF-16, Windows-1250, ISO-8859-2 or ISO-8859-16. The three
code pages agree on every Romanian letter, so which of them it was matters only for other signs.
A file whose bytes would mean different letters in them is refused: a guess would put wrong
letters into names, and nobody would see it.
"""

import codecs
from typing import Final

from magazie.model.romanian_letters import comma_letters

_CODE_PAGES: Final = ("cp1250", "iso8859-2", "iso8859-16")
_ROMANIAN: Final = "ăâîșțĂÂÎȘȚ"
_NEIGHBOURS: Final = "áéíóúöüőűÁÉÍÓÚÖÜŐŰßäÄçÇëË"
_SIGNS: Final = "\xa0„”“‚’‘–—…•€®©°±§«»×÷™µ·"
_EXPECTED: Final = frozenset(_ROMANIAN + _NEIGHBOURS + _SIGNS)
_ONLY_IN_WINDOWS: Final = range(0x80, 0xA0)
# what UTF-8 looks like once it was read as a code page and written again
_DAMAGED: Final = ("\ufffd", "Äƒ", "È™", "È›", "Ã®", "Ã¢", "ÅŸ", "Å£", "Ä‚", "Č™", "Č›", "Ă®", "Ă˘")


class DoubtfulEncodingError(ValueError):
    """The bytes have more than one reading, or none."""


class EncodingSearch:
    """Finds a file's encoding from its bytes, fed piece by piece."""

    def __init__(self) -> None:
        """Nothing is fed yet."""
        self._start = b""
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._is_utf8 = True
        self._high: set[int] = set()
        self._has_zero = False

    def feed(self, piece: bytes) -> None:
        """Look at the next bytes."""
        if len(self._start) < len(codecs.BOM_UTF8):
            self._start += piece[: len(codecs.BOM_UTF8)]
        self._has_zero = self._has_zero or b"\0" in piece
        if piece.isascii() and not self._has_zero:
            return
        self._high.update(byte for byte in set(piece) if byte >= min(_ONLY_IN_WINDOWS))
        if self._is_utf8:
            try:
                self._utf8.decode(piece)
            except UnicodeDecodeError:
                self._is_utf8 = False

    def found(self) -> str:
        """The encoding, by its Python name.

        Raises:
            DoubtfulEncodingError: it cannot be told.

        """
        if self._start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if self._has_zero:
            raise DoubtfulEncodingError("the file is no text")
        if self._is_utf8:
            try:
                self._utf8.decode(b"", final=True)
            except UnicodeDecodeError:
                self._is_utf8 = False
        if self._is_utf8:
            return "utf-8-sig"
        return self._code_page()

    def _code_page(self) -> str:
        if self._high & set(_ONLY_IN_WINDOWS):
            return self._checked("cp1250")
        readings = {_read(self._high, page) for page in _CODE_PAGES}
        if len(readings) > 1:
            raise DoubtfulEncodingError("its letters mean different things in different encodings")
        return self._checked("iso8859-16")

    def _checked(self, page: str) -> str:
        text = _read(self._high, page)
        strange = sorted(set(text) - _EXPECTED)
        if strange:
            raise DoubtfulEncodingError(f"read as {page} it would hold {' '.join(strange[:5])}")
        return page


def is_damaged(text: str) -> bool:
    """Whether letters were lost or doubled before the text came here."""
    return not text.isascii() and any(mark in text for mark in _DAMAGED)


def _read(high: set[int], page: str) -> str:
    return comma_letters(bytes(sorted(high)).decode(page, errors="replace"))
