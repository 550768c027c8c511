"""The intake figure as a picture: a bar for us beside a bar for the floor."""

from collections.abc import Sequence
from pathlib import Path

from bench.intake import Intake

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 340, 70, 50, 40
OURS, FLOOR = "#1f6f54", "#b8c4be"


def write_plot(file: Path, rows: Sequence[Intake]) -> None:
    """Write an SVG of orders per second at each number in flight, medians of bursts."""
    most = max(max(row.ours.per_s, row.floor.per_s) for row in rows)
    step = (WIDTH - LEFT - 20) / len(rows)
    room = HEIGHT - TOP - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f'<text x="{LEFT}" y="20" font-size="14">Durable orders per second, ours beside the bare'
        " floor</text>",
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = TOP + room * (1 - share)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{most * share:,.0f}</text>'
        )
    for index, row in enumerate(rows):
        x = LEFT + index * step + step * 0.15
        for offset, value, colour in ((0, row.ours.per_s, OURS), (1, row.floor.per_s, FLOOR)):
            height = room * value / most
            parts.append(
                f'<rect x="{x + offset * step * 0.33}" y="{TOP + room - height}"'
                f' width="{step * 0.3}" height="{height}" fill="{colour}"/>'
            )
        middle = x + step * 0.33
        parts.append(
            f'<text x="{middle}" y="{HEIGHT - 28}" text-anchor="middle">'
            f"{row.in_flight} in flight</text>"
        )
        parts.append(
            f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">× {row.ratio:.2f}</text>'
        )
    parts.append("</svg>")
    file.write_text("\n".join(parts), encoding="utf-8")
