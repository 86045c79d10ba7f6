"""What a run leaves behind: assignments, moves and reps as CSV, the inputs it saw, its record and its certificate."""
