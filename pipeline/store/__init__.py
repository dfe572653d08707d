"""The database: the one place where what happened is kept. The only room that knows SQL."""
