"""Views of networks: the directory, joining, people, and what the national office manages."""
