"""Views outside the page tree, and the one that serves it."""
