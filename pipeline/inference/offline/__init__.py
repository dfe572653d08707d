"""The embedded engine: rules that read a document with no key and no network, behind the same protocol as any provider."""

MODEL = "rules-1"
"""What answers; here, so that who only names it need not load the rules."""
