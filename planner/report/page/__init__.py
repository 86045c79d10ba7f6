"""The page: a report as one HTML file that opens from a mail, asks no network for anything, and prints."""

from planner.report.page.document import page

__all__ = ["page"]
