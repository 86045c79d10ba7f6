"""Engines: prices, search, mixed-integer programs, and how they work together on one stage."""
