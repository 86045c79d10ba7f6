"""What leadership reads: pages, workbooks and pictures of plans and comparisons, each a rendering of one report."""
