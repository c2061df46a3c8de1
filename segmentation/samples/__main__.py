"""Write the samples: ``python -m segmentation.samples data``."""

import sys
from pathlib import Path

from segmentation.samples import write_samples

if __name__ == "__main__":
    write_samples(Path(sys.argv[1] if len(sys.argv) > 1 else "data"))
