"""The golden set: what people type, what answers it, and how well each engine ranks: ``python -m tests.golden``."""
