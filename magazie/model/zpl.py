"""Stickers in ZPL II, the language of label printers (Zebra, ZPL II Programming Guide)."""

from typing import Final

from magazie.model.barcodes import Barcode, Symbology

DOTS_PER_MM: Final = 8
"""203 dpi, the usual resolution of label printers."""

_MARGIN: Final = 2 * DOTS_PER_MM
_LETTERS: Final = 3 * DOTS_PER_MM
_LINE_BELOW: Final = 4 * DOTS_PER_MM
_SPECIAL: Final = "^~\\_"


def zpl_sticker(name: str, barcode: Barcode, *, width_mm: int, height_mm: int, copies: int) -> str:
    """One sticker and how often it is printed: the name above, the code and its text below."""
    width, height = width_mm * DOTS_PER_MM, height_mm * DOTS_PER_MM
    top = _MARGIN + 2 * _LETTERS + _MARGIN
    bars = max(height - top - _LINE_BELOW - _MARGIN, DOTS_PER_MM)
    module = max(1, width // barcode.modules)
    left = max(0, (width - module * (barcode.modules - 20)) // 2)
    return (
        f"^XA^CI28^PW{width}^LL{height}"
        f"^FO{_MARGIN},{_MARGIN}^A0N,{_LETTERS},{_LETTERS}"
        f"^FB{width - 2 * _MARGIN},2,0,C^FH_^FD{zpl_text(name)}^FS"
        f"^FO{left},{top}^BY{module}{_bars(barcode, bars)}^PQ{copies}^XZ\n"
    )


def zpl_text(text: str) -> str:
    """A text as it may stand after ``^FH_^FD``: no sign of it is taken for a command."""
    return "".join(
        f"_{ord(letter):02X}" if letter in _SPECIAL or ord(letter) < ord(" ") else letter
        for letter in text
    )


def _bars(barcode: Barcode, height: int) -> str:
    if barcode.symbology is Symbology.EAN_13:
        # the printer adds the check digit itself
        return f"^BEN,{height},Y,N^FD{barcode.text[:-1]}^FS"
    # in Code 128 data `>` begins a command of its own, and `>0` is the sign itself
    return f"^BCN,{height},Y,N,N^FH_^FD{zpl_text(barcode.text.replace('>', '>0'))}^FS"
