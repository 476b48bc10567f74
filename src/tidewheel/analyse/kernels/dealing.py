"""Dealing rows that were gathered for several questions out to one of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Ints
from tidewheel.analyse.kernels import kernel

Codes = npt.NDArray[np.int32]
Words = npt.NDArray[np.uint64]


@kernel
def deal(
    people: Codes, offsets: Ints, time: Ints, match: Words, segment: Codes, row: Ints,
    needs: Words, shift: Words, low: int, high: int, keep: npt.NDArray[np.bool_],
    written: int, at: int, own_people: Codes, own_offsets: Ints, own_time: Ints, own_match: Words,
    own_segment: Codes, own_row: Ints,
) -> tuple[int, int]:  # fmt: skip
    """Write the rows of one question behind ``written`` persons and ``at`` rows; returns both as they are now.

    Bit ``shift[i]`` of a row is set where it has any bit of ``needs[i]``; rows without a bit, out of ``low`` … ``high`` - 1 or
    of persons who are not in ``keep`` (empty: all are) are left out. Places are written if ``own_row`` has room.
    """
    placed, first = own_row.size > 0, needs[0]
    for p in range(people.size):
        if keep.size and not keep[people[p]]:
            continue
        begin = at
        for i in range(offsets[p], offsets[p + 1]):
            bits = np.uint64((match[i] & first) != 0) << shift[0]
            for s in range(1, needs.size):
                bits |= np.uint64((match[i] & needs[s]) != 0) << shift[s]
            moment = time[i]
            own_time[at], own_match[at] = moment, bits
            if placed:
                own_segment[at], own_row[at] = segment[i], row[i]
            at += int(bits != 0) & int(moment >= low) & int(moment < high)
        if at > begin:
            own_people[written] = people[p]
            written += 1
            own_offsets[written] = at
    return written, at
