"""What the notebooks share: their size, checks of exercises, and frames for films."""
import contextlib
import os

import matplotlib.pyplot as plt
import numpy as np

# small runs that only show whether a notebook works; their pictures are useless
QUICK = os.environ.get("KERAS_GAN_QUICK") == "1"


def sized(full, quick):
    """`full`, or `quick` if the environment says `KERAS_GAN_QUICK=1`."""
    return quick if QUICK else full


@contextlib.contextmanager
def exercise(name):
    """Checks of an exercise. A failure is printed, and the notebook goes on."""
    try:
        yield
    except Exception as error:             # whatever an unfinished answer raises
        said = (str(error) if isinstance(error, AssertionError)
                else f"{type(error).__name__}: {error}. Is a gap (...) still open?")
        print(f"✗ Exercise {name}. Not yet: {said}")
    else:
        print(f"✓ Exercise {name}. Right.")


def frame(figure):
    """A Matplotlib figure as a picture, uint8 (height, width, 3), RGB. It is closed."""
    figure.canvas.draw()
    picture = np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()
    plt.close(figure)
    return picture
