"""The certificate of a plan: the multipliers of its coupling rows, by row name."""

from __future__ import annotations

import io
import zipfile
import zlib
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
    ValueError
        When the file is not a certificate.
    OSError
        When it cannot be opened.
    """
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names, values, start = (_array(archive, name) for name in ("names", "values", "start"))
    except (  # whatever zipfile, zlib and numpy raise for an archive that is cut, damaged, encrypted or made to be huge
        EOFError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        MemoryError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ValueError(str(error) or "it is not a certificate") from error
    if names.dtype.kind != "U" or values.dtype.kind != "f" or start.dtype.kind != "i":
        raise ValueError("it does not hold names and numbers")
    if not names.ndim == values.ndim == start.ndim == 1 or len(start) != len(names) + 1:
        raise ValueError("its arrays do not fit together")
    if (np.diff(start) < 0).any() or start[0] != 0 or start[-1] != len(values):
        raise ValueError("its arrays do not fit together")
    if len(set(names.tolist())) != len(names):
        raise ValueError("it names a row twice")
    return {str(name): values[start[i] : start[i + 1]].astype(float) for i, name in enumerate(names)}


def _array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    with archive.open(f"{name}.npy") as file:
        return np.lib.format.read_array(file, allow_pickle=False)
