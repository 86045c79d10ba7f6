"""Explanations of a plan: what each owner is worth beside others, why customers move, and what else could be."""
