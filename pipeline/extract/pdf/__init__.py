"""PDF: opened by pypdf, drawn and read by pdfium, and what of it nobody sees."""
