"""Doing many jobs at a time: in processes, or on a cluster."""
