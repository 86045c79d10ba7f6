"""The workbook of a report: its tables to filter, sum and chart, in a file that runs nothing."""

from planner.report.workbook.writing import write_workbook

__all__ = ["write_workbook"]
