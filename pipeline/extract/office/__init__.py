"""DOCX and ODT: packages of XML, and what of them nobody sees."""
