"""A line chart as SVG: axes from zero, a grid, a legend, on a white ground of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH, HEIGHT = 900, 540
LEFT, RIGHT, BOTTOM = 80, 30, 70
"""Around the plot."""
HEAD, ROW = 92, 22
"""Above the plot: the title and its notes; then a row of the legend for each line."""
TICKS = 6
"""About so many on an axis."""
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Line:
    """One line, with its name in the legend; a single point is drawn as a dot."""

    name: str
    points: Points
    colour: str
    is_dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """A title, what the figures are of, names of the axes, and the lines."""

    title: str
    notes: list[str]
    """One or two rows below the title."""
    x_name: str
    y_name: str
    lines: list[Line]

    def write(self, file: Path) -> None:
        """Write the picture."""
        file.write_text("\n".join(self._parts()) + "\n", encoding="utf-8")

    @property
    def _top(self) -> float:
        return HEAD + ROW * len(self.lines)

    def _parts(self) -> Iterator[str]:
        size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="14" fill="#222">'
        yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
        yield _text(LEFT, 30, self.title, "start", 'font-size="19" font-weight="bold"')
        for number, note in enumerate(self.notes):
            yield _text(LEFT, 52 + 18 * number, note, "start", 'font-size="12" fill="#666"')
        yield from self._grid()
        yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 22, self.x_name)
        yield _text(
            0, 0, self.y_name, "middle", f'transform="translate(22 {(self._top + HEIGHT - BOTTOM) / 2}) rotate(-90)"'
        )
        for number, line in enumerate(self.lines):
            yield self._drawn(line)
            yield from _legend(line, HEAD + ROW * number)
        yield "</svg>"

    def _grid(self) -> Iterator[str]:
        for value in _ticks(self._most(0)):
            x, y = self._place((value, 0))
            yield f'<path d="M{x} {y}V{self._top}" stroke="#ddd"/>' + _text(x, y + 20, f"{value:,.10g}")
        for value in _ticks(self._most(1)):
            x, y = self._place((0, value))
            yield f'<path d="M{x} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>' + _text(x - 8, y + 5, f"{value:,.10g}", "end")
        yield f'<path d="M{LEFT} {self._top}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#222"/>'

    def _drawn(self, line: Line) -> str:
        places = [self._place(point) for point in line.points]
        if len(places) == 1:
            return f'<circle cx="{places[0][0]}" cy="{places[0][1]}" r="5" fill="{line.colour}"/>'
        path = "L".join(f"{x} {y}" for x, y in places)
        return f'<path d="M{path}" {_stroke(line)}/>'

    def _most(self, axis: int) -> float:
        """Return the end of an axis (0: x, 1: y)."""
        return max(point[axis] for line in self.lines for point in line.points) * (1.0, 1.08)[axis]

    def _place(self, point: tuple[float, float]) -> tuple[float, float]:
        x, y = point
        across = LEFT + (WIDTH - LEFT - RIGHT) * x / self._most(0)
        return round(across, 1), round(HEIGHT - BOTTOM - (HEIGHT - self._top - BOTTOM) * y / self._most(1), 1)


def _ticks(most: float) -> Iterator[float]:
    """Yield round values from zero: steps of 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(most / TICKS))
    step = next(power * times for times in (1, 2, 5, 10) if power * times * TICKS >= most)
    return (number * step for number in range(int(most / step) + 1))


def _legend(line: Line, y: float) -> Iterator[str]:
    x = LEFT
    if len(line.points) == 1:
        yield f'<circle cx="{x + 15}" cy="{y}" r="5" fill="{line.colour}"/>'
    else:
        yield f'<path d="M{x} {y}h30" {_stroke(line)}/>'
    yield _text(x + 40, y + 5, line.name, "start")


def _stroke(line: Line) -> str:
    dashes = ' stroke-dasharray="7 5"' if line.is_dashed else ""
    return f'fill="none" stroke="{line.colour}" stroke-width="2.5" stroke-linejoin="round"{dashes}'


def _text(x: float, y: float, words: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" {more}>{escape(words)}</text>'
