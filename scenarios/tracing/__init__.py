"""Frontiers: what each bit of one thing buys of another."""
