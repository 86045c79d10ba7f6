"""Evenness: how unequal books are, by the usual statistics."""

from __future__ import annotations

import numpy as np

from models.org import FloatArray


def variation(books: FloatArray) -> float:
    """Return the coefficient of variation, the standard deviation divided by the mean; 0 is even.

    Examples
    --------
    >>> import numpy as np
    >>> variation(np.array([1.0, 3.0]))
    0.5
    """
    mean = float(books.mean()) if len(books) else 0.0
    return float(books.std()) / mean if mean > 0 else 0.0


def gini(books: FloatArray) -> float:
    """Return the Gini coefficient: half the mean difference between two books, divided by the mean book (Gini, 1912).

    Examples
    --------
    >>> import numpy as np
    >>> gini(np.array([0.0, 0.0, 0.0, 8.0]))
    0.75
    """
    n, total = len(books), float(books.sum())
    if n == 0 or total <= 0:
        return 0.0
    rank = 2.0 * np.arange(1, n + 1) - n - 1
    return max(0.0, float((rank * np.sort(books)).sum()) / (n * total))


def max_min(books: FloatArray) -> float | None:
    """Return the heaviest book divided by the lightest; None where the lightest is empty, 1 where all are.

    Examples
    --------
    >>> import numpy as np
    >>> max_min(np.array([2.0, 3.0])), max_min(np.array([0.0, 3.0])), max_min(np.zeros(2))
    (1.5, None, 1.0)
    """
    if not len(books) or books.max() <= 0:
        return 1.0
    lightest = float(books.min())
    return float(books.max()) / lightest if lightest > 0 else None
