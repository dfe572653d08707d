"""Inbox Pipeline: a folder of documents in, structured summaries with evidence and cost out."""

__version__ = "0.1.0"
