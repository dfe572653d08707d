"""A CV, section by section."""
