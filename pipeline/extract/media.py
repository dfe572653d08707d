"""Media types that a reader and the table of readers both name."""

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
FLAT_ODT = f"{ODT}-flat-xml"
SAVED_PAGE = "multipart/related"
