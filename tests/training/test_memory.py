"""What memory a turn needs is estimated; where there is less, it is said in words."""
import os
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from keras_gan import DCGAN, GAN
from keras_gan.training import memory
from tests.games import SHAPE, small


def test_a_batch_that_cannot_fit_is_refused_with_the_largest_that_does(monkeypatch):
    gan = DCGAN(img_shape=(128, 160, 3), base_channels=4, jit_compile=False)
    fixed, one = memory.turn(gan, 1)
    monkeypatch.setattr(memory, "available", lambda: fixed + 7.5 * one)
    with pytest.raises(MemoryError, match=r"A turn of 100 samples needs about .* MiB of memory "
                                          r".*The largest batch_size that fits is 7\."):
        gan.train(np.zeros((100, 128, 160, 3), np.uint8), steps=1, batch_size=100)
    memory.check(gan, 7)
    monkeypatch.setattr(memory, "available", lambda: fixed)
    with pytest.raises(MemoryError, match="Not even a batch of 1 fits"):
        memory.check(gan, 1)


def test_networks_that_grow_are_counted_layer_by_layer():
    gan = DCGAN(recipe="coarse_to_fine", jit_compile=False)
    held = {tuple(output.shape[1:]) for output in memory._outputs(gan.generator)}
    assert {(8, 10, 64), (64, 80, 16), (128, 160, 3)} < held
    # Batches of 16 and of 96 differed by 6.2 MiB a sample on two cores
    assert 4 * 2 ** 20 < memory.turn(gan, 1)[1] < 8 * 2 ** 20


@pytest.mark.skipif(not os.path.exists("/proc/meminfo"),
                    reason="only Linux has /proc/meminfo to compare with")
def test_what_there_is_is_what_the_system_says():
    lines = Path("/proc/meminfo").read_text().splitlines()
    free = 1024 * int(next(line for line in lines if line.startswith("MemAvailable")).split()[1])
    assert 0.5 * free < memory.available() < 1.5 * free or list(memory._limits())
    gan = DCGAN(img_shape=(32, 32, 3), base_channels=4)
    weights = sum(np.prod(w.shape) for network in (gan.generator, gan.discriminator)
                  for w in network.trainable_weights)
    # Adam holds two numbers a weight
    assert memory.state(gan) == pytest.approx(3 * 4 * weights, rel=0.02)


def test_networks_of_somebody_s_own_blocks_are_estimated_too(images):
    class Block(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(7)

        def call(self, x):
            return self.dense(x)

    class WithBlock(GAN):
        def build_discriminator(self):
            img = keras.Input(self.img_shape)
            hidden = Block()(keras.layers.Flatten()(img))
            return keras.Model(img, keras.layers.Dense(1, activation="sigmoid")(hidden))

    gan = WithBlock(img_shape=SHAPE, latent_dim=5, run_eagerly=True)
    assert gan.train(images, steps=1, batch_size=8)["step"] == [1]
    of_d = sum(np.prod(output.shape[1:]) for output in memory._outputs(gan.discriminator))
    assert of_d == 48 + 48 + 7 + 1


def test_networks_that_do_not_fit_into_memory_are_refused_in_words():
    with pytest.raises(MemoryError, match="The networks don't fit into memory, of which there are "
                                          ".* Take a smaller img_shape"):
        small(latent_dim=10 ** 12)


def test_memory_is_spoken_of_where_it_is_near_and_its_parts_add_up(monkeypatch):
    gan = DCGAN(img_shape=(128, 160, 3), base_channels=4, jit_compile=False)
    needed = sum(memory.turn(gan, 16))
    monkeypatch.setattr(memory, "available", lambda: 2.1 * needed)
    assert memory.remark(gan, 16) == []
    monkeypatch.setattr(memory, "available", lambda: 1.9 * needed)
    told, = memory.remark(gan, 16)
    whole, *parts, _ = (float(number) for number in re.findall(r"([\d.]+) MiB", told))
    assert len(parts) == 3 and sum(parts) == pytest.approx(whole, abs=2)


def test_sheets_of_samples_are_counted_where_they_are_drawn(monkeypatch, images, tmp_path):
    gan = DCGAN(img_shape=(64, 64, 3), base_channels=4, jit_compile=False)
    # Outputs of the layers, the view of them and the pictures themselves, 25 at once
    of_g = sum(4 * np.prod(output.shape[1:]) for output in memory._outputs(gan.generator))
    sheet, drawn = 3 * 330 * 330, memory.sheet(gan) - 1.3 * 25 * of_g
    assert drawn == pytest.approx(40 * 2 ** 20 + 17 * sheet)
    huge = DCGAN(img_shape=(2048, 8, 3), base_channels=1, jit_compile=False)
    assert memory.sheet(huge) < 300 * 2 ** 20 + 40 * sum(
        4 * np.prod(output.shape[1:]) for output in memory._outputs(huge.generator))
    fixed, one = memory.turn(gan, 1)
    assert memory.sheet(gan) > one                                  # 25 samples against one
    monkeypatch.setattr(memory, "available", lambda: fixed + 0.9 * memory.sheet(gan))
    memory.check(gan, 1)
    with pytest.raises(MemoryError, match=r"A sheet of samples, between turns, needs about .*25 "
                                          "samples at once .*train in Python without run_dir"):
        memory.check(gan, 1, draws=True)
    monkeypatch.setattr(memory, "available", lambda: 1.9 * (fixed + memory.sheet(gan)))
    assert "A sheet of samples" in memory.remark(gan, 1, draws=True)[-1]
    assert memory.remark(gan, 1) == []
    plain = small(run_eagerly=True)
    monkeypatch.setattr(memory, "available", lambda: memory.turn(plain, 8)[0] + 2 ** 20)
    assert plain.train(images, steps=1, batch_size=8)["step"] == [1]
    with pytest.raises(MemoryError, match="A sheet of samples"):
        plain.train(images, steps=1, batch_size=8, run_dir=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_batches_of_a_dataset_are_looked_at_too(images, monkeypatch):
    gan = small()
    fixed, one = memory.turn(gan, 1)
    monkeypatch.setattr(memory, "available", lambda: fixed + 9.5 * one)
    assert gan.train([images[:9]], steps=2)["step"] == [1, 2]
    with pytest.raises(MemoryError, match="A turn of 10 samples .*The largest batch_size that fits "
                                          "is 9"):
        gan.train([images[:9], images[:10]], steps=2)


def test_an_allocation_that_fails_is_explained(images):
    class Greedy(GAN):
        def update_ema(self):
            ops.ones((10 ** 7, 10 ** 7))

    gan = Greedy(img_shape=SHAPE, latent_dim=5, run_eagerly=True)
    with pytest.raises(MemoryError, match="did not fit into memory at step 1: A turn of 8 samples "
                                          "needs about .* Use smaller batches"):
        gan.train(images, steps=1, batch_size=8)
