"""Neighbours: who is nearest to whom, exactly, in bounded memory; or nearly so, where that is enough."""

from byheart.neighbours.approximate import nearest_approximately
from byheart.neighbours.blocks import Work
from byheart.neighbours.exact import Neighbours, nearest
from byheart.neighbours.spheres import Inside, Spheres, inside

__all__ = ["Inside", "Neighbours", "Spheres", "Work", "inside", "nearest", "nearest_approximately"]
