"""Benchmarks measure; tests don't. ``python -m benchmarks`` lists them."""
