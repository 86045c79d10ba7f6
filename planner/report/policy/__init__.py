"""The policy in words, for people who read neither YAML nor SQL."""
