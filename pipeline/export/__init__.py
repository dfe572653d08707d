"""What the database holds, as files for other programs. Reads nothing but the rows it is given."""

from pipeline.export.archive import update, write

__all__ = ["update", "write"]
