"""What a finished plan's limits are worth, and which single changes are worth making, each tried by planning again."""
