"""What keeps a database and its folders in order over the years: backups, a deep look, and a recovery that says what it does."""
