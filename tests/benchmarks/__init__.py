"""Benchmarks. Each prints ratios against the raw engine measured in the same run, as seconds depend on the machine."""
