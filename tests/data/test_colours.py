"""The colours that come out are the colours that went in."""
import cv2
import numpy as np
import pytest

from data_loaders import Batches, load_data
from keras_gan import DCGAN
from keras_gan.samples import drawing as pictures
from keras_gan.samples.ranges import to_network, to_pictures

PURE = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}


@pytest.fixture
def folder(tmp_path):
    """Pictures of pure red, green and blue, as PNG and as JPEG."""
    for name, (r, g, b) in PURE.items():
        for suffix in ("png", "jpg"):
            path = tmp_path / name / f"picture.{suffix}"
            path.parent.mkdir(exist_ok=True)
            cv2.imwrite(str(path), np.full((20, 30, 3), (b, g, r), np.uint8))       # it takes BGR
    return tmp_path


def test_colours_survive_loader_batch_scaling_grid_and_png(folder, tmp_path):
    data = load_data(folder, img_shape=(16, 24, 3))
    images, labels = Batches(data.images, data.labels, batch_size=6)[0]
    # Into the network's range and out of it, as `generate` does
    shown = to_pictures(to_network(images))
    pictures.write_png(tmp_path / "grid.png", pictures.grid(shown, columns=6, gap=0))
    written = cv2.imread(str(tmp_path / "grid.png"))[..., ::-1]
    for i, label in enumerate(labels):
        colour = PURE[data.class_names[label]]
        expected = np.tile(colour, (16 * 24, 1))
        np.testing.assert_allclose(images[i].reshape(-1, 3), expected, atol=2)      # 2: JPEG
        np.testing.assert_allclose(written[8, 24 * i + 12], colour, atol=2)


def test_a_gan_that_saw_red_makes_red():
    rng = np.random.default_rng(0)
    images = np.zeros((64, 16, 16, 3), np.uint8)
    images[..., 0] = rng.integers(180, 256, (64, 1, 1))
    gan = DCGAN(img_shape=(16, 16, 3), base_channels=4, recipe="laptop", learning_rate=1e-3,
                jit_compile=False)
    gan.train(images, steps=150, batch_size=16)
    red, green, blue = gan.generate(25, seed=1).mean(axis=(0, 1, 2))
    assert red > 0.6 and green < 0.2 and blue < 0.2, (red, green, blue)
