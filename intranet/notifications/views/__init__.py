"""The views of notifications."""
