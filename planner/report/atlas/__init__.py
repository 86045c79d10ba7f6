"""The map: where customers are, who owns them before and after, where reps live; without anybody's borders."""
