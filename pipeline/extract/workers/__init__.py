"""Processes that read what strangers send, and may be killed at it."""
