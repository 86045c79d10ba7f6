"""Conflicts: which few rules no plan can keep together, and the least changes after which there is a plan."""
