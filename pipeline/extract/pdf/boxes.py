"""Boxes on a PDF's page."""

from __future__ import annotations

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points, from the lower left corner of the page."""


def common(one: Box, other: Box) -> Box:
    """Return the box that two boxes share; they share none where its area is 0."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def area(box: Box) -> float:
    """Return square points."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def holds(outer: Box, inner: Box) -> bool:
    """Tell whether one box lies within another."""
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def lesser_side(box: Box) -> float:
    """Return the lesser of width and height; below 0: there is nothing in it."""
    return min(box[2] - box[0], box[3] - box[1])
