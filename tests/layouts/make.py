"""Make the known-text set: PDFs of many layouts, and beside each what it says.

    python -m venv /tmp/makers && /tmp/makers/bin/pip install reportlab fpdf2 typst fonttools
    apt-get install chromium libreoffice-writer fonts-noto-core fonts-noto-cjk fonts-liberation fonts-dejavu-core fonts-droid-fallback
    /tmp/makers/bin/python tests/layouts/make.py tests/layouts

The tests read what is committed and need none of these. A running head, foot or page number is drawn and
is not part of the truth, nor are the marks of lists.
"""

from __future__ import annotations

import sys
from pathlib import Path

import browser
import canvas
import office
import typeset

if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for producer in (browser, office, canvas, typeset):
        producer.make(folder)
