"""The folders that people see: what waits in the inbox, and where each file goes. The only room that moves their files."""
