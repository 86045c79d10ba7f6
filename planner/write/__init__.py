"""What a run leaves behind: assignments, moves and reps as CSV, the inputs it saw, its record and its certificate."""

from planner.write.folder import chosen_folder, next_folder, run_folders
from planner.write.run import About, write_run

__all__ = ["About", "chosen_folder", "next_folder", "run_folders", "write_run"]
