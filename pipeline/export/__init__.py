"""What the database holds, as files for other programs. Reads nothing but the rows it is given."""

from pipeline.export.files import write

__all__ = ["write"]
