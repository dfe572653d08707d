"""The embedded engine: rules that read a document with no key and no network, behind the same protocol as any provider."""
