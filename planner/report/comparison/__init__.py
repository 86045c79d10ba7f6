"""The report of a comparison: scenarios against a base, their books, and who differs between any two."""
