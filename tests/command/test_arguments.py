"""What is refused in words before anything slow happens; all other arguments are taken.

These are arguments that make no sense, and runs that can't go on.
"""
import json

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_gan import DCGAN, GAN, LSGAN
from keras_gan.command.line import main
from keras_gan.training.run_directory import RunDirectory
from tests.games import SHAPE, random_images, small


@pytest.mark.parametrize("arguments, message", [
    ({"steps": 0}, "steps must be a whole number of at least 1. Received: steps=0"),
    ({"steps": True}, "steps must be"),
    ({"checkpoint_interval": 2.5}, "checkpoint_interval must be"),
    ({"keep_last": 0}, "keep_last must be"),
    ({"keep_every": 7, "checkpoint_interval": 2},
     "keep_every must be a multiple of checkpoint_interval=2, or None. Received: keep_every=7"),
    ({"if_not_finite": "ignore"}, "if_not_finite must be 'stop' or 'go_back'"),
    ({"if_write_fails": "ignore"}, "if_write_fails must be 'stop' or 'go_on'"),
    ({"if_not_finite": "go_back"}, "goes back to a checkpoint in run_dir. Received: run_dir=None"),
    ({"resume": "yes"}, "resume must be True or False. Received: resume='yes'"),
    ({"flip": "yes"}, "flip must be True or False. Received: flip='yes'"),
    ({"run_dir": 3}, "run_dir must be the path of a folder, or None. Received: run_dir=3"),
    ({"images": "photos"}, r"Received: a str. load_data\(...\) loads a folder of pictures"),
    ({"images": np.array([np.zeros((6, 8, 1)), None, "x"], dtype=object)},
     "Received: an array of dtype object. Samples of several shapes"),
    ({"images": np.full((9, *SHAPE), np.nan)},
     r"Received: values that are no finite numbers \(NaN or infinity\)"),
    ({"images": np.full((9, *SHAPE), np.inf)}, "Received: values that are no finite numbers"),
    ({"images": np.ones((9, *SHAPE), bool)},
     r"Received: dtype bool, from 1 to 1. images.astype\('uint8'\) \* 255, if 1"),
    ({"images": [np.zeros(SHAPE, np.uint8)] * 9}, r"a list of 9 ndarray. numpy.stack\(images\)"),
    ({"resume": True}, "goes on with the run in run_dir. Received: run_dir=None"),
])
def test_arguments_of_train_are_checked(images, arguments, message):
    with pytest.raises(ValueError, match=message):
        small().train(**{"images": images, "batch_size": 8, **arguments})


@pytest.mark.parametrize("of_pictures, remark", [
    (lambda pictures: pictures, None),
    (lambda pictures: pictures / 127.5 - 1, None),
    (lambda pictures: pictures // 128, "If 1 is to be white, train on images * 255."),
    (lambda pictures: tf.data.Dataset.from_tensor_slices(pictures // 128).batch(8),
     "train on images * 255."),
])
def test_a_range_that_is_probably_meant_otherwise_is_remarked_on_once(images, of_pictures, remark,
                                                                      capsys):
    small(run_eagerly=True).train(of_pictures(images), steps=2, batch_size=8)
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("train on images *") == (remark is not None) and (remark or "") in said


def test_batches_of_one_say_nothing_of_diversity(images, capsys):
    assert small(run_eagerly=True).train(images, steps=1, batch_size=1)["diversity"] == [1.0]
    assert "of batches of 1 it says nothing" in " ".join(capsys.readouterr().out.split())


def test_points_that_are_not_finite_are_counted(rng):
    points = rng.normal(size=(9, 2))
    points[[3, 5], 1] = np.nan, np.inf
    message = r"shape \(9, 2\), float64, with NaN or infinity in 2 of its 9 samples"
    with pytest.raises(ValueError, match=message):
        GAN(img_shape=(2,)).train(points, steps=1, batch_size=4)


def test_an_argument_that_a_model_does_not_take_is_named_with_those_that_it_takes():
    with pytest.raises(TypeError, match=r"LSGAN takes no r1gamma. It takes: .*\br1_gamma\b"):
        LSGAN(r1gamma=1.0)
    with pytest.raises(TypeError, match="^GAN takes no augment"):
        GAN(augment=True)


@pytest.mark.parametrize("arguments, message", [
    ({"run_eagerly": "no"}, "run_eagerly must be True or False. Received: run_eagerly='no'"),
    ({"from_logits": 1}, "from_logits must be True or False. Received: from_logits=1"),
    ({"fakes_in_training_mode": None}, "fakes_in_training_mode must be True or False"),
])
def test_what_is_yes_or_no_is_true_or_false(arguments, message):
    with pytest.raises(ValueError, match=message):
        small(**arguments)


def test_a_seed_of_samples_is_checked():
    message = "seed must be a whole number of at least 0, or None. Received: seed=-1"
    with pytest.raises(ValueError, match=message):
        small().generate(2, seed=-1)


def test_a_run_directory_that_is_damaged_or_is_none_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="is no run"):
        RunDirectory(tmp_path).read_config()
    (tmp_path / "config.json").write_text('{"model": "GAN"}')
    with pytest.raises(ValueError, match="not the config.json of a run"):
        RunDirectory(tmp_path).read_config()
    with pytest.raises(ValueError, match="not the config.json of a run"):
        small().train(np.zeros((4, *SHAPE), np.uint8), steps=1, batch_size=2, run_dir=tmp_path,
                      resume=True)
    assert [p.name for p in tmp_path.iterdir()] == ["config.json"]


@pytest.mark.parametrize("change, message", [
    (lambda config: None, "was trained on arrays in Python. Go on there"),
    (lambda config: config["parameters"].update(colour="red"),
     "has parameters that GAN doesn't know: .*colour"),
    (lambda config: config["parameters"].update(latent_dim=0), "latent_dim must be a whole number"),
    (lambda config: config.update(model="os.system"),
     "made by a class 'os.system' that isn't one of keras_gan's"),
    (lambda config: config.update(source={"source": "nowhere", "sort": "of"}),
     "No folder .*nowhere"),
    (lambda config: config.update(source={"source": "digits"}, plan={"steps": -1}),
     "steps must be a whole number"),
])
def test_keras_gan_resume_says_what_is_wrong_with_a_run(images, tmp_path, change, message):
    small(run_eagerly=True).train(images, steps=1, batch_size=8, run_dir=tmp_path / "run")
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    change(config)
    (tmp_path / "run" / "config.json").write_text(json.dumps(config))
    with pytest.raises(SystemExit, match=f"keras-gan: .*{message}"):
        main(["resume", str(tmp_path / "run")])


@pytest.mark.parametrize("words, message", [
    (("sample", "--n", "0"), "n must be at least 1. Received: n=0"),
    (("sample", "--seed", "-1"), "seed must be at least 0. Received: seed=-1"),
    (("sample", "--out", "."), "out must be a file. Received: the folder ."),
    (("evaluate", "--seed", "-1"), "seed must be at least 0. Received: seed=-1"),
    (("evaluate", "--n", "99"), "n must be at least 100"),
    (("evaluate", "--out", "."), "out must be a file. Received: the folder ."),
    (("evaluate", "--mobilenet-weights", "nowhere.h5"), "No file of weights nowhere.h5"),
])
def test_commands_check_their_arguments_before_a_model_is_loaded(tmp_path, words, message):
    # Not that there is no such run
    with pytest.raises(SystemExit, match=f"keras-gan: {message}"):
        main([words[0], str(tmp_path / "no_run"), *words[1:]])


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.integers(8, 40), st.integers(8, 40), st.sampled_from((1, 3)), st.integers(1, 6),
       st.integers(1, 3), st.integers(0, 9))
def test_pictures_of_any_shape_are_trained_on_in_batches_of_any_size(height, width, channels,
                                                                     batch_size, k, more):
    images = random_images(np.random.default_rng(0), k * batch_size + more,
                           (height, width, channels))
    gan = DCGAN(img_shape=images.shape[1:], base_channels=1, latent_dim=3, k=k, run_eagerly=True)
    before = [w.copy() for w in gan.generator.get_weights()]
    history = gan.train(images, steps=2, batch_size=batch_size, flip=True)
    assert np.isfinite([v for values in history.values() for v in values]).all()
    assert len(history["step"]) == 2
    assert any((a != b).any() for a, b in zip(before, gan.generator.get_weights()))
    pictures = gan.generate(batch_size)
    assert pictures.shape == (batch_size, height, width, channels)
    assert 0 <= pictures.min() <= pictures.max() <= 1
    with pytest.raises(ValueError, match=f"batch_size={len(images) // k} or less"):
        gan.train(images, steps=1, batch_size=len(images) // k + 1)


def test_networks_for_signals_ask_for_a_file_of_them(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["train", "dcgan", "--recipe", "signals"])
    assert "Use --data FILE.npy, an array (N, length, channels)" in str(stopped.value)
