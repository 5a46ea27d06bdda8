"""What the notebooks of the course share: their size, the checks of their exercises, and frames for films."""
import contextlib
import os

import matplotlib.pyplot as plt
import numpy as np

# only try whether a notebook runs; its pictures are then of no use
QUICK = os.environ.get("KERAS_GAN_QUICK") == "1"


def sized(full, quick):
    """`full`; or `quick` where the environment says `KERAS_GAN_QUICK=1`."""
    return quick if QUICK else full


@contextlib.contextmanager
def exercise(name):
    """Checks of an exercise. What fails in here is said in words, and the notebook goes on."""
    try:
        yield
    except Exception as error:             # whatever an unfinished answer raises
        said = str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}. Is a gap (...) still open?"
        print(f"✗ Exercise {name}. Not yet: {said}")
    else:
        print(f"✓ Exercise {name}. Right.")


def frame(figure):
    """A Matplotlib figure as a picture, uint8 (height, width, 3), RGB; the figure is closed."""
    figure.canvas.draw()
    picture = np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()
    plt.close(figure)
    return picture
