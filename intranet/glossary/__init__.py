"""The glossary: the words of the field in both languages."""
