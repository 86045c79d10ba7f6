"""Random numbers in compiled loops: xorshift64* (Vigna 2016, doi:10.1145/2845077), one state of 64 bits a loop."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

State = npt.NDArray[np.uint64]


@numba.njit(cache=True, nogil=True, inline="always")
def draw(state: State) -> Any:
    """Draw 64 bits."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return x * np.uint64(2685821657736338717)


@numba.njit(cache=True, nogil=True)
def seeded(seed: int) -> State:
    """Return the state for a seed, shape (1,), a few draws on so that neighbouring seeds differ."""
    state = np.empty(1, np.uint64)
    state[0] = np.uint64(seed) * np.uint64(2654435769) + np.uint64(88172645463325252)
    for _ in range(4):
        draw(state)
    return state


@numba.njit(cache=True, nogil=True, inline="always")
def below(state: State, count: int) -> Any:
    """Draw a whole number from 0 up to, not including, ``count``."""
    return np.int64(((draw(state) >> np.uint64(32)) * np.uint64(count)) >> np.uint64(32))


@numba.njit(cache=True, nogil=True, inline="always")
def uniform(state: State) -> float:
    """Draw from 0 to 1."""
    return float(draw(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
