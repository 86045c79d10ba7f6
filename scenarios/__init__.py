"""What-if: named sets of changes to an org and its policy, run side by side."""
