"""The map: where customers are, who owns them before and after, and where reps live; drawn without anybody's borders."""
