"""What a summary holds, for each kind of document, and how a reply becomes one."""
