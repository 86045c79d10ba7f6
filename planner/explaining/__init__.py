"""What ``planner explain`` answers, from a finished run alone: a module per subject, each with ``explain``."""
