"""HTML, and the style sheets that say what of it is seen."""
