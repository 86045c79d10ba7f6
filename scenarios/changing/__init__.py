"""Applying scenarios: to the policy, to reps, customers and regions."""
