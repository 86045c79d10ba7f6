"""Scenarios side by side: figures, rows, gates, and two plans told apart."""
