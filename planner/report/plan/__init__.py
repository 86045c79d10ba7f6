"""The sections of a plan's report, each made from the same brief."""
