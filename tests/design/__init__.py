"""The components on their own: a gallery with sample data, looked at by a browser and by axe."""
