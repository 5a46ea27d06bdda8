"""Models and runs of keras_gan 0.1 are read: the folder `format_1` holds such a run.

Version 0.1.0 wrote it: a `PlaneGAN` with an average, stopped after 4 turns.
"""
import json
import shutil
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from keras_gan.plane_gan import PlaneGAN
from keras_gan.training import checkpoint
from keras_gan.training.run_directory import RunDirectory

RUN = Path(__file__).parent / "format_1"
MODEL = RUN / "checkpoints" / "step_000004"
POINTS = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], "float32")

# What version 0.1.0 made of it: points before turn 5 and after turn 7, and the losses
AT_4 = [[0.1910881, -0.3222786], [0.1386137, -0.2867865], [0.3328203, -0.4282209]]
AT_7 = [[0.1797321, -0.3096312], [0.1293639, -0.2712553], [0.3199213, -0.4145705]]
D_LOSS = [0.6572023, 0.6757440, 0.6757263, 0.6767092, 0.6874787, 0.6492027, 0.7755865]
G_LOSS = [1.0836697, 1.3025036, 1.0858588, 0.9937608, 1.2300477, 1.0213034, 0.9851775]

# Other processors round otherwise; on one machine all of it was equal bit for bit
as_before = {"rtol": 1e-4, "atol": 1e-6}


@pytest.fixture
def run(tmp_path):
    """A copy of the run that may be changed."""
    return Path(shutil.copytree(RUN, tmp_path / "run"))


def test_the_files_are_those_of_format_1():
    assert "format" not in json.loads((RUN / "config.json").read_text())
    assert "format" not in checkpoint.read_config(MODEL)
    assert {p.name for p in MODEL.iterdir()} == {
        "config.json", "SHA256SUMS", "history.csv", "generator.weights.h5",
        "discriminator.weights.h5", "generator_ema.weights.h5"}
    assert sum(p.stat().st_size for p in RUN.rglob("*") if p.is_file()) < 100_000
    checkpoint.verify(MODEL)


def test_a_model_is_loaded_with_its_optimizers_and_makes_the_same_points():
    game = PlaneGAN.load(MODEL)
    assert game.turns == 4 and (game.units, game.ema_momentum) == (4, 0.5)
    np.testing.assert_allclose(game.generate(3, seed=1), AT_4, **as_before)
    for network, trainer in (("generator", "combined"), ("discriminator", "discriminator")):
        with h5py.File(MODEL / f"{network}.weights.h5") as file:
            arrays = file["optimizer"]["vars"]
            saved = [arrays[str(i)][()] for i in range(len(arrays))]
        loaded = game.optimizers[trainer].variables
        assert saved[0] == {"generator": 4, "discriminator": 8}[network]         # its steps
        for array, variable in zip(saved, loaded, strict=True):
            np.testing.assert_array_equal(array, keras.ops.convert_to_numpy(variable))


def test_a_run_goes_on_to_the_numbers_that_the_old_version_would_have_reached(run):
    game = PlaneGAN(units=4, ema_momentum=0.5, seed=1, jit_compile=False)
    history = game.train(POINTS, steps=7, batch_size=8, run_dir=run, checkpoint_interval=4,
                         resume=True)
    assert history["step"] == list(range(1, 8))
    np.testing.assert_allclose(history["d_loss"], D_LOSS, **as_before)
    np.testing.assert_allclose(history["g_loss"], G_LOSS, **as_before)
    np.testing.assert_allclose(game.generate(3, seed=1), AT_7, **as_before)
    # From here on it is a run of today's format
    assert RunDirectory(run).read_config()["format"] == 2
    assert checkpoint.read_config(run / "checkpoints" / "step_000007")["format"] == 2
    np.testing.assert_array_equal(PlaneGAN.load(run / "model").generate(3, seed=1),
                                  game.generate(3, seed=1))


def test_what_is_loaded_is_saved_in_today_s_format(tmp_path):
    game = PlaneGAN.load(MODEL)
    game.save(tmp_path / "model")
    assert (tmp_path / "model" / "combined_optimizer.npz").exists()
    again = PlaneGAN.load(tmp_path / "model")
    for (name, one), (other_name, other) in zip(game.parts.items(), again.parts.items()):
        assert name == other_name
        for a, b in zip(one.variables, other.variables, strict=True):
            np.testing.assert_array_equal(keras.ops.convert_to_numpy(a),
                                          keras.ops.convert_to_numpy(b))


def test_a_resume_still_refuses_other_parameters(run):
    game = PlaneGAN(units=4, ema_momentum=0.5, seed=2, jit_compile=False)
    with pytest.raises(ValueError, match="seed: the run has 1, given was 2"):
        game.train(POINTS, steps=7, batch_size=8, run_dir=run, resume=True)


def test_weights_without_their_optimizer_are_refused(run):
    model = run / "checkpoints" / "step_000004"
    with h5py.File(model / "generator.weights.h5", "a") as file:
        del file["optimizer"]
    (model / "SHA256SUMS").unlink()
    checkpoint._write_sums(model)
    with pytest.raises(ValueError, match="generator.weights.h5 can't be loaded: its arrays are not "
                                         "those of this PlaneGAN"):
        PlaneGAN.load(model)
