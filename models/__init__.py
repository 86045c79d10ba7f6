"""The problem: org, policy, candidates, the mathematics, engines, plan and checker."""
