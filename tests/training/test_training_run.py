"""A run: its directory, resuming it, Ctrl-C, and every kind of data."""
import contextlib
import hashlib
import json
import os
import re
import shlex
import signal
import sys
import threading
import time
import types

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from data_loaders import Pictures
from data_loaders.image_folder import ImageFolder
from keras_gan import GAN
from keras_gan.training import checkpoint, signals
from keras_gan.training import run as training_run
from keras_gan.training.progress import TrainingProgress
from keras_gan.training.run_directory import FORMAT, RunDirectory
from tests.games import random_images


class SlowData:
    """Batches that are waited for."""

    def __len__(self):
        return 5

    def __getitem__(self, i):
        time.sleep(0.2)
        return np.zeros((2, 6, 8, 1), "float32")


def test_bands_of_the_data_are_those_that_sheets_show(rng, tmp_path):
    images = rng.integers(0, 256, (8, 8, 8, 4), np.uint8)
    gans = [GAN(img_shape=(8, 8, 4), latent_dim=4, run_eagerly=True, seed=0) for _ in range(3)]
    data = Pictures(images, None, None, "field", bands=(0, 1, 2))
    gans[0].train(images, steps=1, batch_size=4)
    gans[1].train(images, steps=1, batch_size=4, run_dir=tmp_path / "run")
    gans[2].bands = (3,)
    gans[2].train(data, steps=1, batch_size=4)
    assert [gan.bands for gan in gans] == [None, None, (3,)]
    # They change no number: a run from before such data were recognised goes on
    gans[1].train(data, steps=2, batch_size=4, run_dir=tmp_path / "run", resume=True)
    assert gans[1].bands == GAN.load(tmp_path / "run").bands == (0, 1, 2)
    gans[1].train(data, steps=3, batch_size=4, run_dir=tmp_path / "run", resume=True)


def test_a_run_says_how_long_its_turns_took_and_how_long_they_waited(rng, capsys):
    def said(data):
        GAN(img_shape=(6, 8, 1), jit_compile=False).train(data, steps=10, batch_size=2)
        text = " ".join(capsys.readouterr().out.split())
        found = re.search(r"Turns: 10. The first, with all that is compiled, took (.+) s; "
                          r"the others (.+) ms each \(median\). (.+)% of the time", text)
        return [float(number) for number in found.groups()]

    first, other, waited = said(random_images(rng, 20, (6, 8, 1)))
    assert 1000 * first > 5 * other and waited < 20
    first, other, waited = said(SlowData())
    # Ten batches of .2 seconds
    assert other < 200 and abs(waited - 100 * 2.0 / (2.0 + first + 9 * other / 1000)) < 15


def test_the_results_of_a_run_are_written_again_where_an_earlier_end_left_them(rng, tmp_path):
    images, run = random_images(rng, 30, (6, 8, 1)), tmp_path / "run"
    gan, again = (GAN(img_shape=(6, 8, 1), run_eagerly=True) for _ in range(2))
    gan.train(images, steps=3, batch_size=8, run_dir=run, sample_interval=100)
    # As if killed between the last checkpoint and the results: the film is an old one
    os.utime(run / "film.gif", (0, 0))
    (run / "losses.png").unlink()
    again.train(images, steps=3, batch_size=8, run_dir=run, sample_interval=100, resume=True)
    assert again.turns == 3 and (run / "film.gif").stat().st_mtime > 0
    assert (run / "losses.png").exists()


def test_resume_starts_at_0_where_there_is_no_checkpoint_and_says_so(rng, tmp_path, capsys):
    images = random_images(rng, 9, (6, 8, 1))
    gan = GAN(img_shape=(6, 8, 1), jit_compile=False)
    history = gan.train(images, steps=1, batch_size=4, run_dir=tmp_path / "run", resume=True)
    assert history["step"] == [1]
    assert "starting at step 0" in capsys.readouterr().out


def test_resume_refuses_other_parameters_with_a_list(rng, tmp_path):
    images, run = random_images(rng, 9, (6, 8, 1)), tmp_path / "run"
    gan, other = GAN(img_shape=(6, 8, 1), jit_compile=False), GAN(img_shape=(6, 8, 1), seed=5)
    gan.train(images, steps=1, batch_size=4, run_dir=run)
    with pytest.raises(ValueError) as error:
        other.train(images[:8], steps=2, batch_size=3, run_dir=run, resume=True)
    for difference in ("seed: the run has 0, given was 5", "batch_size: the run has 4, given was 3",
                       "data: the run has"):
        assert difference in str(error.value)


def test_a_run_that_a_newer_version_has_begun_is_refused_in_words(rng, tmp_path):
    images, run = random_images(rng, 9, (6, 8, 1)), tmp_path / "run"
    gan, again = (GAN(img_shape=(6, 8, 1), run_eagerly=True) for _ in range(2))
    gan.train(images, steps=1, batch_size=4, run_dir=run)
    config = json.loads((run / "config.json").read_text())
    assert config["format"] == FORMAT == 2
    (run / "config.json").write_text(json.dumps({**config, "format": FORMAT + 1}))
    before = {p: p.read_bytes() for p in run.rglob("*") if p.is_file()}
    with pytest.raises(ValueError, match="config.json is of format 3, and this version of "
                                         "keras_gan reads formats up to 2. A newer version has "
                                         "written it: pip install --upgrade"):
        again.train(images, steps=2, batch_size=4, run_dir=run, resume=True)
    assert {p: p.read_bytes() for p in run.rglob("*") if p.is_file()} == before
    assert again.turns == 0


def test_resume_with_fewer_steps_than_were_played_is_refused_and_the_plan_stays(rng, tmp_path):
    images = random_images(rng, 9, (6, 8, 1))
    gan, again = (GAN(img_shape=(6, 8, 1), run_eagerly=True) for _ in range(2))
    gan.train(images, steps=3, batch_size=4, run_dir=tmp_path / "run")
    with pytest.raises(ValueError, match="Received: steps=2; the run in .* has played 3 already. "
                                         "It is as it was"):
        again.train(images, steps=2, batch_size=4, run_dir=tmp_path / "run", resume=True)
    assert RunDirectory(tmp_path / "run").read_config()["plan"]["steps"] == 3
    again.train(images, steps=3, batch_size=4, run_dir=tmp_path / "run", resume=True)
    assert again.turns == 3


def test_a_run_or_a_foreign_folder_is_never_overwritten(rng, tmp_path):
    images = random_images(rng, 9, (6, 8, 1))
    gan = GAN(img_shape=(6, 8, 1), jit_compile=False)
    gan.train(images, steps=1, batch_size=4, run_dir=tmp_path / "run")
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    with pytest.raises(FileExistsError, match="holds a run already.*--resume"):
        gan.train(images, steps=1, batch_size=4, run_dir=tmp_path / "run")
    with pytest.raises(FileExistsError, match="not a run directory"):
        gan.train(images, steps=1, batch_size=4, run_dir=tmp_path)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before


def test_ctrl_c_finishes_the_turn_and_writes_everything(rng, tmp_path, capsys):
    images = random_images(rng, 30, (6, 8, 1))
    gan = GAN(img_shape=(6, 8, 1), jit_compile=False)
    before = signal.getsignal(signal.SIGINT)
    press = threading.Timer(4.0, os.kill, (os.getpid(), signal.SIGINT))
    press.start()
    history = gan.train(images, steps=1_000_000, batch_size=8, run_dir=tmp_path / "run")
    steps = history["step"][-1]
    assert 0 < steps < 1_000_000 and gan.turns == steps
    assert (tmp_path / "run" / "checkpoints" / f"step_{steps:06d}").is_dir()
    assert GAN.load(tmp_path / "run" / "model").turns == steps
    written = {p.name for p in (tmp_path / "run").iterdir()}
    assert {"film.gif", "losses.png", "history.csv"} <= written
    assert f"Stopped at step {steps}" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is before


class OfAMinute(GAN):
    """A turn takes a minute."""
    clock = 0.0

    def train_on_batch(self, images, random=None):
        OfAMinute.clock += 60
        return super().train_on_batch(images, random)


def test_the_clock_ends_a_run_with_all_written_and_a_resume_goes_on(rng, tmp_path, monkeypatch,
                                                                    capsys):
    clock = types.SimpleNamespace(monotonic=lambda: OfAMinute.clock, perf_counter=time.perf_counter)
    monkeypatch.setattr(training_run, "time", clock)
    images, run = random_images(rng, 9, (6, 8, 1)), tmp_path / "run"
    whole, gan, again = (OfAMinute(img_shape=(6, 8, 1), run_eagerly=True) for _ in range(3))
    whole.train(images, steps=5, batch_size=4, minutes=7)                # the steps come first
    assert whole.turns == 5 and "the time is up" not in capsys.readouterr().out
    history = gan.train(images, steps=9, batch_size=4, run_dir=run, minutes=2.5)
    assert history["step"] == [1, 2, 3]
    said = capsys.readouterr().out
    assert "minutes=2.5: the time is up.\n" in said and "Stopped at step 3. Pictures" in said
    assert f"train(..., steps=9, minutes=2.5, run_dir={str(run)!r}, resume=True)" in said
    assert OfAMinute.load(run / "model").turns == 3 and (run / "film.gif").exists()
    # A call's own minutes, and the numbers of a run that was never stopped
    again.train(images, steps=9, batch_size=4, run_dir=run, minutes=2, resume=True)
    assert again.turns == 5
    assert all((a == b).all() for a, b in zip(whole.generator.get_weights(),
                                              again.generator.get_weights()))


class Interrupted(GAN):
    """Somebody presses Ctrl-C in a turn, so often."""
    turn, times = 1, 1

    def train_on_batch(self, images, random=None):
        for _ in range(self.times if self.turns == self.turn else 0):
            os.kill(os.getpid(), signal.SIGINT)
        return super().train_on_batch(images, random)


@pytest.mark.parametrize("turn, times, run_dir, message", [
    (1, 1, "run", "stopped at once, at step 0. There is no checkpoint yet."),
    (3, 2, "run", "stopped at once, at step 2. The last checkpoint is run/checkpoints/step_000002. "
                  "Go on: Interrupted(...).train(..., steps=9, run_dir='run', resume=True)"),
    (3, 2, None, "stopped at once, at step 2. Nothing was written: there is no run_dir."),
])
def test_ctrl_c_twice_or_in_the_first_turn_says_what_is_left(rng, tmp_path, monkeypatch, turn,
                                                             times, run_dir, message):
    monkeypatch.chdir(tmp_path)
    gan = Interrupted(img_shape=(6, 8, 1), run_eagerly=True)
    gan.turn, gan.times = turn, times
    with pytest.raises(KeyboardInterrupt) as end:
        gan.train(random_images(rng, 9, (6, 8, 1)), steps=9, batch_size=4, run_dir=run_dir,
                  checkpoint_interval=2)
    assert str(end.value) == message


@pytest.mark.parametrize("is_the_commands", [False, True])
def test_ctrl_c_is_answered_while_a_library_holds_python(monkeypatch, is_the_commands):
    def handler(*_):
        """Of a process in which nothing else is to be saved."""

    handler.ends_the_process = is_the_commands
    before, said = signal.signal(signal.SIGINT, handler), []
    monkeypatch.setattr(signals, "PATIENCE", 0.02)
    monkeypatch.setattr(os, "_exit", said.append)
    monkeypatch.setattr(os, "write", lambda _, text: said.append(text.decode()))
    try:
        with signals.Signals(said.append, lambda: "stopped at once, at step 3.") as run:
            run.nothing_to_lose = False
            for seconds in (0.05, 0.15):
                threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT)).start()
            with contextlib.suppress(KeyboardInterrupt):             # at the end, where it is back
                hashlib.pbkdf2_hmac("sha256", b"", b"", 600_000)     # some .4 s, in C alone
        assert signal.set_wakeup_fd(-1) == -1 and signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)
    busy = "Ctrl-C: this stops as soon as TensorFlow is back, which compiles or plays a long turn."
    assert run.received == signal.SIGINT
    assert said == ([f"{busy} (Ctrl-C once more to stop at once.)",
                     "\nkeras-gan: stopped at once, at step 3.\n", 130] if is_the_commands else
                    [busy])


def test_ctrl_c_before_the_first_turn_leaves_nothing_behind(rng, tmp_path, monkeypatch):
    gan, images = GAN(img_shape=(6, 8, 1), run_eagerly=True), random_images(rng, 9, (6, 8, 1))

    def pressed(*_, **__):
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    for name in ("meet", "progress"):
        with monkeypatch.context() as patched:
            if name == "meet":                               # a look at all the data
                patched.setattr(GAN, "meet", pressed)
            else:                                            # the first remark is printed
                patched.setattr(TrainingProgress, "say", pressed)
            with pytest.raises(KeyboardInterrupt):
                gan.train(images, steps=1, batch_size=4, run_dir=tmp_path / name)
        assert not gan.in_a_run and signal.getsignal(signal.SIGINT) is before
        run = RunDirectory(tmp_path / name)
        run._take()                                          # it isn't locked
        run.close()


def test_the_next_commands_are_right_for_whoever_made_the_class(rng, tmp_path, monkeypatch, capsys):
    images, folder = random_images(rng, 9, (6, 8, 1)), tmp_path / "my run's"

    def said(kind, data, name):
        kind(img_shape=(6, 8, 1), run_eagerly=True).train(data, steps=1, batch_size=4,
                                                          run_dir=folder / name)
        return [line.strip() for line in capsys.readouterr().out.split("Next:")[1].splitlines()[1:]]

    loaded, run = Pictures(images, None, None, "photos", {"source": "photos"}), folder / "a"
    # As `python -m keras_gan.gan` has it: then this file is `__main__`
    main = types.ModuleType("__main__")
    main.__file__ = keras_gan.gan.__file__
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "__main__", main)
        patched.setattr(GAN, "__module__", "__main__")
        look, resume = said(GAN, loaded, "a")
    assert shlex.split(look) == ["keras-gan", "sample", str(run)]
    assert shlex.split(resume) == ["keras-gan", "resume", str(run), "--steps", "2"]
    # Of arrays nobody knows where they come from
    look, resume = said(GAN, images, "b")
    assert look.startswith("keras-gan sample ") and resume.startswith("GAN(...).train(..., steps=2")
    # A class of somebody's own, in whatever module, the command doesn't know
    look, resume = said(OneNumber, loaded, "c")
    assert eval(look, {"OneNumber": OneNumber}).shape == (25, 6, 8, 1)
    assert resume == (f"OneNumber(...).train(..., steps=2, run_dir={str(folder / 'c')!r}, "
                      "resume=True)")


class Batched(keras.utils.PyDataset):
    def __init__(self, images):
        super().__init__()
        self.images = images

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return self.images[4 * i:4 * i + 4], np.zeros(4)       # labels are nothing to a GAN


def test_train_takes_every_kind_of_data(rng, tmp_path):
    images = random_images(rng, 12, (6, 8, 1))
    for i, image in enumerate(images):
        cv2.imwrite(str(tmp_path / f"{i:02d}.png"), image)
    as_floats = images / 127.5 - 1.0
    results = []
    for data in (images, as_floats, ImageFolder(tmp_path, (6, 8, 1)), Batched(images),
                 tf.data.Dataset.from_tensor_slices(images).batch(4), tf.constant(images)):
        gan = GAN(img_shape=(6, 8, 1), run_eagerly=True)
        results.append(gan.train(data, steps=4, batch_size=4))
    arrays, floats, folder, pydataset, dataset, tensor = results
    np.testing.assert_allclose(floats["d_loss"], arrays["d_loss"], rtol=1e-4)
    assert folder == arrays == tensor                          # shuffled, from the run's seed
    assert pydataset == dataset != arrays                      # in their own order


@pytest.mark.parametrize("data, message", [
    (tf.data.Dataset.from_tensor_slices(np.zeros((4, 5, 5, 1))).batch(2),
     r"Received: a Dataset of batches of shape \(None, 5, 5, 1\)"),
    (3, "images must be an array, what load_data returns.*Received: a int"),
    ([np.full((2, 6, 8, 1), 7.0)], "values from 7 to 7"),
    ((np.zeros((2, 6, 8, 1)) for _ in range(3)), "gone through only once"),
    ((np.zeros((4, 6, 8, 1)), np.zeros(4)), "Received: a tuple"),
])
def test_train_refuses_other_data_in_words(data, message):
    with pytest.raises(ValueError, match=message):
        GAN(img_shape=(6, 8, 1), jit_compile=False).train(data, steps=2, batch_size=2)


def test_a_second_train_on_a_dataset_does_not_play_through_the_first_ones_batches():
    drawn = []
    batches = [np.full((2, 6, 8, 1), value / 100) for value in range(50)]

    class Counted:
        def __len__(self):
            return len(batches)

        def __getitem__(self, i):
            drawn.append(i)
            return batches[i]

    gan = GAN(img_shape=(6, 8, 1), jit_compile=False)
    gan.train(Counted(), steps=5)
    gan.train(Counted(), steps=2)
    assert drawn == [0, 1, 2, 3, 4, 0, 1]


def test_checkpoints_are_kept_in_the_order_of_their_numbers(tmp_path):
    for step in (999_000, 1_000_000, 5):
        (tmp_path / f"step_{step:06d}").mkdir()
    in_order = ["step_000005", "step_999000", "step_1000000"]
    assert [p.name for p in checkpoint.steps_in(tmp_path)] == in_order


class OneNumber(GAN):
    def train_on_batch(self, images, random=None):
        return {"critic_loss": super().train_on_batch(images, random)["d_loss"]}


def test_a_subclass_may_return_other_numbers(rng, tmp_path):
    gan, run = OneNumber(img_shape=(6, 8, 1), jit_compile=False), tmp_path / "run"
    history = gan.train(random_images(rng, 4, (6, 8, 1)), steps=2, batch_size=4, run_dir=run)
    assert list(history) == ["step", "critic_loss"] and (run / "losses.png").exists()


def test_flip_is_not_for_datasets():
    with pytest.raises(ValueError, match="flip=True"):
        GAN(img_shape=(6, 8, 1)).train([np.zeros((2, 6, 8, 1))], steps=1, flip=True)
