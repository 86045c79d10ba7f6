"""Scenarios solved together: what each depends on, who solves it, and where what was found is kept."""
