"""Names, headings and dates that a narrow column broke, put together again where the page shows that they are one.

Two lines right below each other, in one style, are one where the first had no room for the next word. Promise: that
is not believed of the style of running text; nor where it is seen that lines of this style stand below each other
though there was room, as those of an address or a list do; nor of a style that is never seen on a line alone, unless
it is the largest of the page, that of a name. Lengths are in points, y grows upwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from pipeline.extract.figures import is_date, is_figure
from pipeline.extract.layout.gutters import LARGER, SLACK, Piece
from pipeline.extract.layout.line_ends import joined
from pipeline.extract.layout.runs import MARK, Line

_CLOSEST, _LOOSEST = 0.8, 1.8
"""In heights: how far below each other the lines of a block stand."""
_BLANK = 0.25
"""In heights."""
_INDENT = 3.0
"""In heights: how far right of a column's edge its list items begin."""
_NEAR = 20.0
"""In heights: how far from a line others show how wide its column is."""
_MOST_BROKEN = 3
"""Lines of a name or a heading."""
_MOST_LINES = 500
"""Of a page; looking at the neighbours of each takes their square."""
_ADDRESS = re.compile(r"[^\W\d_]{4,}(?: [^\W\d_]{2,}){0,2} \d{1,4}|\d+[a-z]?,? .+")
"""Below a name: a street with its house, or a town with its postcode."""
_ENDS = (".", ":", ";", "!", "?", ",")
_DASHES = ("-", "–", "—")

_Look = tuple[str, int]
"""Font and colour, and height."""
_Style = tuple[_Look, int]
"""In which column as well."""


def with_wrapped(lines: list[Line]) -> list[Line]:
    """Return lines with those joined that a column broke."""
    firsts = [line[0] for line in lines]
    beneath = [at for at in range(len(lines) - 1) if _are_block(lines[at], lines[at + 1])]
    if not beneath or len(lines) > _MOST_LINES:
        return lines
    styles = _styles(firsts)
    alike = [at for at in beneath if styles[at] == styles[at + 1] and _may_be_one(firsts[at], firsts[at + 1])]
    headed = {at for at in alike if _heads_entry(lines, at)}
    blocks = {at for at in beneath if len(lines[at]) == 1}
    named = [at for at in alike if at in blocks]
    dashes = {at for at in blocks if at - 1 in blocks and firsts[at].text in _DASHES and is_date(firsts[at - 1].text)}
    return list(_joined(lines, _broken(firsts, styles, named) | headed | dashes | {at - 1 for at in dashes}))


def _are_block(line: Line, after: Line) -> bool:
    """Tell whether a line stands right below another, and neither has cells, but for a date at the right of the upper one."""
    above, below = line[0], after[0]
    is_next = _CLOSEST * above.height < above.base - below.base < _LOOSEST * above.height
    has_date = len(line) == 2 and is_date(line[1].text)
    is_plain = (len(line) == 1 or has_date) and len(after) == 1 and not below.is_cell
    return is_next and is_plain and abs(below.left - above.left) <= SLACK


def _may_be_one(above: Piece, below: Piece) -> bool:
    """Tell whether two lines, the style of which is known, may be a name, by what they say."""
    is_name = not any("@" in text or is_date(text) or is_figure(text) for text in (above.text, below.text))
    is_name = is_name and not _ADDRESS.fullmatch(below.text)
    return is_name and bool(above.style) and not above.text.endswith(_ENDS) and not MARK.match(below.text)


def _heads_entry(lines: Sequence[Line], at: int) -> bool:
    """Tell whether a line is right beside or below the dates of an entry, and goes on on the next one with a small letter: it was full.

    The one after that does not go on as well, as running text would.
    """
    above, below = lines[at][0], lines[at + 1][0]
    behind = lines[at + 2][0].text if at + 2 < len(lines) else ""
    dates = lines[at][1:] or lines[at - 1][:1] if at else lines[at][1:]
    if not (below.text[0].islower() and dates and is_date(dates[-1].text)) or behind[:1].islower():
        return False
    if below.text.endswith(_ENDS) or MARK.match(above.text):
        return False
    firsts = [line[0] for line in lines]
    edge = lines[at][1].left if len(lines[at]) > 1 else _right_edge(firsts, above)
    return _reach(firsts, at) > edge


def _styles(pieces: Sequence[Piece]) -> list[_Style]:
    columns: dict[float, int] = {}
    last = float("-inf")
    for left in sorted({piece.left for piece in pieces}):
        columns[left] = len(columns) if left - last > SLACK else columns[last]
        last = left
    return [((piece.style, round(10 * piece.height)), columns[piece.left]) for piece in pieces]


def _broken(pieces: Sequence[Piece], styles: Sequence[_Style], pairs: Sequence[int]) -> set[int]:
    """Return which of the lines that have one of the same style right below go on there."""
    closest: dict[_Style, float] = {}
    for at in pairs:
        closest[styles[at]] = min(_leading(pieces, at), closest.get(styles[at], _LOOSEST * pieces[at].height))
    # What stands farther below is another block.
    tight = {at for at in pairs if _leading(pieces, at) <= closest[styles[at]] + SLACK}
    had_room = {styles[at] for at in tight if _reach(pieces, at) <= _right_edge(pieces, pieces[at])}
    alone = {styles[at][0] for at in range(len(pieces)) if not {at, at - 1} & tight and not is_date(pieces[at].text)}
    largest = max((look for look, _ in styles), key=lambda look: look[1])
    if largest[1] > LARGER * median(height for (_, height), _ in styles):
        alone.add(largest)
    no_name = had_room | _usual(styles)
    return {at for at in tight if styles[at] not in no_name and styles[at][0] in alone}


def _leading(pieces: Sequence[Piece], at: int) -> float:
    return pieces[at].base - pieces[at + 1].base


def _reach(pieces: Sequence[Piece], at: int) -> float:
    """Return how far right a line would go if it ended in the first word of the next one."""
    piece, below = pieces[at], pieces[at + 1]
    share = len(below.text.split(maxsplit=1)[0]) / len(below.text)
    return piece.right + _BLANK * piece.height + share * (below.right - below.left)


def _right_edge(pieces: Sequence[Piece], piece: Piece) -> float:
    """Return how far right the lines about a piece go in its column."""
    near = [one for one in pieces if abs(one.base - piece.base) <= _NEAR * piece.height]
    indented = piece.left + _INDENT * piece.height
    gutter = min((one.left for one in near if one.left > max(indented, piece.right)), default=float("inf"))
    return max(one.right for one in near if piece.left - SLACK <= one.left <= indented and one.right <= gutter)


def _usual(styles: Sequence[_Style]) -> set[_Style]:
    """Return the styles in which most of the page, or of a column, is set; but not that of a column of headings."""
    body = Counter(look for look, _ in styles).most_common(1)[0][0]
    columns: dict[int, Counter[_Style]] = {}
    for style in styles:
        columns.setdefault(style[1], Counter())[style] += 1
    most = {count.most_common(1)[0][0] for count in columns.values() if len(count) > 1}
    return most | {style for style in styles if style[0] == body}


def _joined(lines: Sequence[Line], broken: set[int]) -> Iterator[Line]:
    at = 0
    while at < len(lines):
        end = at + 1
        while end - 1 in broken:
            end += 1
        whole = [line[0] for line in lines[at:end]]
        if 1 < len(whole) <= _MOST_BROKEN:
            text = joined(piece.text for piece in whole).replace("\n", " ")
            yield [whole[0]._replace(right=max(piece.right for piece in whole), text=text), *lines[at][1:]]
        else:
            yield from lines[at:end]
        at = end
