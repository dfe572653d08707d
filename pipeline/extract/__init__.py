"""Bytes to text. Nothing here opens a file, a socket or a database, and nothing here is trusted to come back."""
