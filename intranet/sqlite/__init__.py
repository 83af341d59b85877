"""Django's SQLite, where those who write take turns."""
