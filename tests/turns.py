"""Steps by hand, drawn at random."""

from __future__ import annotations

from hypothesis import strategies as st

Steps = tuple[tuple[str, tuple[int, ...]], ...]


def drawn_steps(draw: st.DrawFn, k: int, most: int) -> Steps:
    """Draw mergers and splits that can follow each other, from so many segments found."""
    present, used, taken = list(range(1, k + 1)), k, []
    for _ in range(draw(st.integers(1, most))):
        if len(present) > 2 and draw(st.booleans()):
            kept, other = draw(st.permutations(present))[:2]
            present.remove(other)
            taken.append(("merge", (kept, other)))
        else:
            used += 1
            taken.append(("split", (draw(st.sampled_from(present)),)))
            present.append(used)
    return tuple(taken)
