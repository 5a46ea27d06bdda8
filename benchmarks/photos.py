"""Make a folder of photos: 600 JPEG cut-outs of two real ones.

    python benchmarks/photos.py photos
    python -m keras_gan.dcgan --recipe laptop --data photos --steps 800 --flip

The two photos come with scikit-learn; the cut-outs are 4:3.
"""
from pathlib import Path

import cv2
import numpy as np
import tyro
from sklearn.datasets import load_sample_images


def main(folder: tyro.conf.Positional[Path]):
    """Write `folder/china/000.jpg` ... `folder/flower/299.jpg`, 260 to 420 pixels wide.

    Args:
        folder: it is made; one that is there must be empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SystemExit(f"{folder} exists already. Nothing was written; give a folder that isn't "
                         "there, or is empty.")
    rng = np.random.default_rng(0)
    photos = load_sample_images().images                           # RGB, (427, 640, 3)
    for name, photo in zip(("china", "flower"), photos):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in range(300):
            w = int(rng.integers(260, 420))
            h = w * 3 // 4
            y, x = (int(rng.integers(0, free)) for free in (photo.shape[0] - h, photo.shape[1] - w))
            cv2.imwrite(str(folder / name / f"{i:03d}.jpg"), photo[y:y + h, x:x + w, ::-1])


if __name__ == "__main__":
    tyro.cli(main)
