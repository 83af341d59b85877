"""The servers and the browser that the tests use: found in the environment, or started here and stopped afterwards.

For each one, in this order: its address in the environment, a container where Docker answers, the machine's own
packages.
``python -m tests.services --help`` lists what can be run.
"""
