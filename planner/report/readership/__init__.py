"""Who reads a report, what they may see, and the evidence cut to it."""
