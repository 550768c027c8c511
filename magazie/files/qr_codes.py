"""QR codes as SVG, small enough to stand in an answer."""

from typing import Final

from reportlab.graphics.barcode.qr import QrCodeWidget

_QUIET: Final = 4
"""Modules of white around it, as ISO/IEC 18004 wants."""


def qr_svg(text: str) -> str:
    """The code of a text, black on white; a module is one unit of the drawing."""
    code = QrCodeWidget(text, barLevel="M").qr  # type: ignore[attr-defined]  # the stubs lack it
    code.make()
    size = code.getModuleCount()
    dark = "".join(
        f"M{column + _QUIET} {row + _QUIET}h1v1h-1z"
        for row in range(size)
        for column in range(size)
        if code.isDark(row, column)
    )
    edge = size + 2 * _QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {edge} {edge}">'
        f'<path fill="#fff" d="M0 0h{edge}v{edge}H0z"/><path d="{dark}"/></svg>'
    )
