"""Text in any encoding, and RTF."""
