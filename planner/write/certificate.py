"""The certificate of a plan: the multipliers of its coupling rows, by row name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from models.org import FloatArray


def write_certificate(prices: Mapping[str, FloatArray], path: Path) -> None:
    """Write the multipliers: ``names`` of row groups, their ``values`` one after another, each group's ``start``.

    The same multipliers give the same bytes: unlike ``numpy.savez``, no time of day goes into the file.
    """
    names = list(prices)
    values = [np.asarray(prices[name], dtype=float).ravel() for name in names]
    arrays = {
        "names": np.array(names, dtype=np.str_),
        "values": np.concatenate([*values, np.zeros(0)]),
        "start": np.cumsum([0, *(len(one) for one in values)], dtype=np.int64),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            written = io.BytesIO()
            np.lib.format.write_array(written, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), written.getvalue(), zipfile.ZIP_DEFLATED)


def read_certificate(path: Path) -> dict[str, FloatArray]:
    """Read what :func:`write_certificate` wrote.

    Raises
    ------
    ValueError, KeyError, OSError
        When the file is not a certificate.
    """
    with np.load(path, allow_pickle=False) as stored:
        names, values, start = stored["names"], stored["values"], stored["start"]
    return {str(name): values[start[i] : start[i + 1]] for i, name in enumerate(names)}
