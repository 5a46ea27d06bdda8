"""What may happen to a long training run, in real processes, by real signals.

Kills, full disks, damaged files, numbers that explode.
"""
import contextlib
import functools
import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers, ops

from benchmarks import kills
from benchmarks.kills import PROCESSES
from keras_gan import GAN
from keras_gan.training import checkpoint
from keras_gan.training.run import TIMES_BACK
from tests.games import SHAPE, for_train, random_data, random_images, small

# Of few turns, where it isn't about the turn: to compile one takes longer
eager = functools.partial(small, run_eagerly=True)


def checkpoints(run):
    return [p.name for p in checkpoint.steps_in(run / "checkpoints")]


@contextlib.contextmanager
def in_a_process(play, *arguments, said):
    """Start a function of this module in a process of its own.

    What it says, errors too, is written into the file `said`. The process is forked in
    a moment, from one that has imported everything. At last it is killed, so that no
    test that fails leaves one behind that plays for ever.
    """
    process = PROCESSES.Process(target=say_into, args=(said, play, *arguments))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def say_into(said, play, *arguments):
    with open(said, "w") as file, contextlib.redirect_stdout(file):
        try:
            play(*arguments)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
            sys.exit(1)


def thirty_images():
    return random_images(np.random.default_rng(0), 30, SHAPE)


# --- processes ------------------------------------------------------------------------

class WithDropout(GAN):
    def build_discriminator(self):
        return keras.Sequential([keras.Input(self.img_shape), layers.Flatten(), layers.Dense(8),
                                 layers.Dropout(0.5), layers.Dense(1)])


# Without XLA, the contract has every paper (tests/contract/test_slow.py)
LEGS = {"xla": functools.partial(WithDropout, img_shape=(6, 8, 1), recipe="digits",
                                 jit_compile=True)}


def leg(folder, resume):
    """Play five turns of each of `LEGS`, or resume them, and say what came out.

    Then lose what came after the third turn.
    """
    print("hash", hash("a string"))
    for name, make in LEGS.items():
        gan = make(half_life=5)
        data = for_train(gan, random_data(np.random.default_rng(0), 30 * gan.k, gan))
        run_dir = Path(folder) / name
        # Pictures are written in the one leg and not in the other: no difference either
        history = gan.train(**data, steps=5, batch_size=8, run_dir=run_dir, checkpoint_interval=3,
                            sample_interval=500 if resume else 2, resume=resume, flip=True)
        digest = hashlib.sha256(repr(history).encode() + gan.generate(5, seed=1).tobytes())
        for part in gan.parts.values():
            for variable in part.variables:
                digest.update(np.asarray(variable).tobytes())
        print("digest", name, digest.hexdigest())
        shutil.rmtree(run_dir / "checkpoints" / "step_000005")


def test_n_and_m_steps_in_another_process_are_n_plus_m_steps(tmp_path, capsys):
    leg(tmp_path, resume=False)
    here = capsys.readouterr().out
    with in_a_process(leg, tmp_path, True, said=tmp_path / "said.txt") as process:
        process.join()
    there = (tmp_path / "said.txt").read_text()
    assert there.count("at step 3") == len(LEGS), there
    (hash_here, *digests_here), (hash_there, *digests_there) = (
        [line for line in said.splitlines() if line.startswith(("hash", "digest"))]
        for said in (here, there))
    assert hash_here != hash_there                             # sets have other orders there
    assert len(digests_here) == len(LEGS) and digests_here == digests_there


def train_with_all_threads(*arguments, train=kills.train):
    os.environ.pop("TF_NUM_INTRAOP_THREADS")                   # as people train, see conftest
    train(*arguments)


def test_killed_at_random_moments_and_resumed_it_ends_in_the_same_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(kills, "train", train_with_all_threads)
    deaths = kills.kill_and_resume(kills=3, steps=30, run_eagerly=False, seed=10, folder=tmp_path)
    assert [death["same"] for death in deaths] == [True] * 3
    assert [death["damaged"] for death in deaths] == [[]] * 3
    assert any(death["checkpoints"] for death in deaths)


def endless(run_dir, steps=1_000_000):
    small().train(thirty_images(), steps=steps, batch_size=8, run_dir=run_dir, sample_interval=10,
                  checkpoint_interval=100_000)


def test_sigterm_saves_first_and_meanwhile_nobody_else_trains_in_there(tmp_path, images):
    said = tmp_path / "said.txt"
    with in_a_process(endless, tmp_path / "run", said=said) as process:
        sheet = tmp_path / "run" / "samples" / "step_000010.png"
        while not sheet.exists():
            assert process.is_alive(), said.read_text()
            time.sleep(0.1)
        before = sheet.read_bytes()
        with pytest.raises(FileExistsError, match="is in use: another process trains in it"):
            small().train(images, steps=20, batch_size=8, run_dir=tmp_path / "run", resume=True,
                          checkpoint_interval=100_000)
        os.kill(process.pid, signal.SIGTERM)
        process.join()
        # It did end as it was asked to
        assert process.exitcode == -signal.SIGTERM, said.read_text()
    assert "SIGTERM: this turn is finished" in said.read_text() and sheet.read_bytes() == before
    (step,) = checkpoints(tmp_path / "run")
    checkpoint.verify(tmp_path / "run" / "checkpoints" / step)
    assert GAN.load(tmp_path / "run" / "model").turns == int(step.removeprefix("step_"))


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGHUP")
def test_a_closed_terminal_ends_the_run_with_everything_written(tmp_path):
    import pty
    terminal, its_end = pty.openpty()
    said = tmp_path / "said.txt"
    with in_a_process(endless_in_a_terminal, os.ttyname(its_end), tmp_path / "run",
                      said=said) as process:
        reader = threading.Thread(target=read_to_its_end, args=(terminal,), daemon=True)
        reader.start()
        while not (tmp_path / "run" / "samples" / "step_000010.png").exists():
            assert process.is_alive(), said.read_text()
            time.sleep(0.1)
        os.close(its_end)
        os.close(terminal)
        os.kill(process.pid, signal.SIGHUP)    # the kernel sends one too, the shell another
        process.join(60)
        assert process.exitcode == -signal.SIGHUP
    (step,) = checkpoints(tmp_path / "run")
    assert GAN.load(tmp_path / "run" / "model").turns == int(step.removeprefix("step_"))


def endless_in_a_terminal(path, run_dir):
    """`endless` in a session of its own, whose terminal is the one at `path`."""
    import fcntl
    import termios
    os.setsid()
    terminal = os.open(path, os.O_RDWR)
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for stream in (0, 1, 2):
        os.dup2(terminal, stream)
    os.close(terminal)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)         # also if nohup began these tests
    with open(1, "w", closefd=False) as screen, contextlib.redirect_stdout(screen):
        endless(run_dir)


def read_to_its_end(terminal):
    with contextlib.suppress(OSError):
        while os.read(terminal, 10_000):
            pass


@pytest.mark.skipif(not os.path.exists("/dev/full"),
                    reason="this system has no /dev/full to write to")
def test_a_log_that_cannot_be_written_is_no_reason_to_lose_the_run(tmp_path):
    with in_a_process(twelve_turns_that_nobody_reads, tmp_path / "run",
                      said=tmp_path / "said.txt") as process:
        process.join(120)
    assert GAN.load(tmp_path / "run" / "model").turns == 12
    assert process.exitcode == 0, (tmp_path / "said.txt").read_text()


def twelve_turns_that_nobody_reads(run_dir):
    full = os.fdopen(os.open("/dev/full", os.O_WRONLY), "w")     # `with` would write the rest
    with contextlib.redirect_stdout(full):
        endless(run_dir, 12)
        print("the end")
    with pytest.raises(OSError, match="No space left"):
        full.flush()
    os._exit(0)                                 # where Python would try again


class DiskFullAfterSix(GAN):
    def write_samples(self, path):
        super().write_samples(path)
        # No file may grow beyond this: the system stops in the middle of a write
        now, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
        limit = {6: 1_000_000, 12: resource.RLIM_INFINITY}.get(self.turns, now)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def fill_the_disk(run_dir, asked):
    DiskFullAfterSix.__name__ = "GAN"          # whose runs can be resumed by any other
    gan = DiskFullAfterSix(img_shape=SHAPE, latent_dim=5, jit_compile=False)
    gan.train(thirty_images(), steps=14, batch_size=8, run_dir=run_dir, sample_interval=3,
              checkpoint_interval=2, if_write_fails=asked)


def test_a_full_disk_in_a_save_leaves_the_checkpoints_and_training_goes_on_or_stops(tmp_path):
    images, ends = thirty_images(), {}
    for asked in ("stop", "go_on"):
        said = tmp_path / f"{asked}.txt"
        with in_a_process(fill_the_disk, tmp_path / asked, asked, said=said) as process:
            process.join()
        ends[asked] = process.exitcode, said.read_text()
    whole = small()
    whole.train(images, steps=14, batch_size=8)

    code, said = ends["stop"]
    assert code == 1 and "OSError: step 8: a checkpoint could not be written" in said, said
    assert "step_000006 is whole. Training has stopped; make room" in said
    assert checkpoints(tmp_path / "stop") == ["step_000002", "step_000004", "step_000006"]
    resumed = small()
    resumed.train(images, steps=14, batch_size=8, run_dir=tmp_path / "stop", checkpoint_interval=2,
                  resume=True)

    code, said = ends["go_on"]
    assert code == 0, said
    failed = [f"step {step}: a checkpoint could not be written" in said for step in range(1, 15)]
    assert [step for step, is_so in enumerate(failed, 1) if is_so] == [8, 10, 12]
    assert checkpoints(tmp_path / "go_on") == ["step_000004", "step_000006", "step_000014"]
    for run in ("stop", "go_on"):
        np.testing.assert_array_equal(GAN.load(tmp_path / run / "model").generate(3, seed=1),
                                      whole.generate(3, seed=1))
        assert not list((tmp_path / run).rglob("*new*"))


def test_a_disk_without_room_for_the_checkpoints_is_refused_before_the_first_step(images, tmp_path):
    gan = small()
    with pytest.raises(OSError, match=r"lies on a disk with .* of room. 1000000 checkpoints, the "
                                      r"next one and the model need 9\d{3}.\d GiB"):
        gan.train(images, steps=10 ** 7, batch_size=8, run_dir=tmp_path / "a" / "run",
                  checkpoint_interval=1, keep_last=1_000_000)
    assert gan.turns == 0 and not (tmp_path / "a").exists()


def test_a_bad_batch_after_a_while_loses_none_of_the_turns_before_it(images, tmp_path):
    batches = [images[:8], images[8:16], images[16:24], np.full((8, *SHAPE), 7.0)]
    with pytest.raises(ValueError, match="Received: values from 7 to 7"):
        small().train(batches, steps=9, run_dir=tmp_path / "run")
    assert checkpoints(tmp_path / "run") == ["step_000003"]


# --- checkpoints ----------------------------------------------------------------------

def test_a_damaged_checkpoint_is_named_and_the_one_before_it_is_used(images, tmp_path, capsys):
    settings = {"steps": 6, "batch_size": 8, "checkpoint_interval": 2, "run_dir": tmp_path / "run"}
    whole = eager()
    history = whole.train(images, **settings)
    newest, second = (tmp_path / "run" / "checkpoints" / f"step_00000{i}" for i in (6, 4))
    os.truncate(newest / "generator.weights.h5", 100)
    (second / "history.csv").write_text("step\n")
    again = eager()
    assert again.train(images, **settings, resume=True) == history
    said = capsys.readouterr().out
    assert "generator.weights.h5 is not as it was saved. It now lies in" in said
    assert "history.csv is not as it was saved" in said
    assert "Resumed from" in said and "step_000002 at step 2" in said
    assert sorted(p.name for p in (tmp_path / "run" / "checkpoints").iterdir()) == [
        "damaged-step_000004", "damaged-step_000006", "step_000002", "step_000004", "step_000006"]
    np.testing.assert_array_equal(again.generate(3, seed=0), whole.generate(3, seed=0))

    for path in checkpoint.steps_in(tmp_path / "run" / "checkpoints"):
        (path / "SHA256SUMS").unlink()
    third = eager()
    assert third.train(images, **settings, resume=True) == history         # from step 0 then
    assert "No whole checkpoint in" in capsys.readouterr().out


def test_a_checkpoint_under_another_step_s_name_is_damaged(images, tmp_path, capsys):
    eager().train(images, steps=4, batch_size=8, checkpoint_interval=2, run_dir=tmp_path / "run")
    folder = tmp_path / "run" / "checkpoints"
    shutil.copytree(folder / "step_000002", folder / "step_000900")
    (folder / "step_of_mine").mkdir()
    eager().train(images, steps=5, batch_size=8, checkpoint_interval=2, run_dir=tmp_path / "run",
                  resume=True)
    said = capsys.readouterr().out
    assert "step_000900 is damaged: its history isn't that of 900 steps" in said
    assert "step_000004 at step 4" in said


def test_a_kill_while_the_only_checkpoint_is_replaced_does_not_lose_it(images, tmp_path, capsys):
    eager().train(images, steps=2, batch_size=8, checkpoint_interval=2, run_dir=tmp_path / "run")
    folder = tmp_path / "run" / "checkpoints"
    # The moment between the two moves
    (folder / "step_000002").rename(folder / ".keras-gan-old-step_000002")
    (folder / ".keras-gan-new-abc").mkdir()
    eager().train(images, steps=3, batch_size=8, checkpoint_interval=2, run_dir=tmp_path / "run",
                  resume=True)
    assert "step_000002 at step 2" in capsys.readouterr().out
    assert sorted(p.name for p in folder.iterdir()) == ["step_000002", "step_000003"]


def test_what_somebody_keeps_beside_the_checkpoints_is_left_alone(images, tmp_path):
    folder = tmp_path / "run" / "checkpoints"
    eager().train(images, steps=1, batch_size=8, run_dir=tmp_path / "run")
    shutil.copytree(folder / "step_000001", folder / "step_000001.bak")
    (folder / "step_000003").write_text("a file")
    (tmp_path / "run" / "samples" / "step_000001.png").write_bytes(b"half a pict")
    eager().train(images, steps=9, batch_size=8, checkpoint_interval=2, keep_last=1, keep_every=4,
                  run_dir=tmp_path / "run", resume=True)
    assert sorted(p.name for p in folder.iterdir()) == [
        "step_000001.bak", "step_000003", "step_000004", "step_000008", "step_000009"]


def test_a_model_that_is_not_new_does_not_begin_again_at_step_0(images, tmp_path):
    gan = eager()
    gan.train(images, steps=2, batch_size=8)
    with pytest.raises(ValueError, match="No whole checkpoint.* this model isn't new: it has "
                                         "played 2 turns"):
        gan.train(images, steps=5, batch_size=8, run_dir=tmp_path / "run", resume=True)
    # The directory isn't locked
    eager().train(images, steps=1, batch_size=8, run_dir=tmp_path / "run", resume=True)


def test_the_last_ones_are_kept_and_some_for_ever(images, tmp_path):
    eager().train(images, steps=13, batch_size=8, checkpoint_interval=2, keep_last=2, keep_every=4,
                  run_dir=tmp_path / "run")
    assert checkpoints(tmp_path / "run") == [
        "step_000004", "step_000008", "step_000012", "step_000013"]


def test_what_a_process_left_that_died_in_its_first_moments_is_no_foreign_folder(images, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".lock").touch()
    (tmp_path / "run" / ".config.json.new").write_text("{")
    eager().train(images, steps=1, batch_size=8, run_dir=tmp_path / "run")
    assert (tmp_path / "run" / "film.gif").exists()


def test_a_run_of_other_versions_goes_on_and_says_so(images, tmp_path, capsys):
    eager().train(images, steps=1, batch_size=8, run_dir=tmp_path / "run")
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    config["versions"]["keras"] = "3.0"
    (tmp_path / "run" / "config.json").write_text(json.dumps(config))
    eager().train(images, steps=2, batch_size=8, run_dir=tmp_path / "run", resume=True)
    assert "'keras': '3.0'" in capsys.readouterr().out


# --- numbers that are no longer finite ------------------------------------------------

class ExplodesAt(GAN):
    """Its weights are lost in the turns of these numbers."""
    turns_of_doom = ()

    def random_numbers(self, n, given=None):
        if given is None and self.turns in self.turns_of_doom:
            weight = self.generator.trainable_weights[0]
            weight.assign(ops.full(weight.shape, np.nan))
        return super().random_numbers(n, given)


def exploding(*turns, **how):
    gan = ExplodesAt(img_shape=SHAPE, latent_dim=5, jit_compile=False, **how)
    gan.turns_of_doom = turns
    return gan


def test_it_goes_back_to_the_last_checkpoint_if_asked_and_plays_on_with_other_noise(
        images, tmp_path, capsys):
    gan = exploding(6)
    settings = {"steps": 9, "batch_size": 8, "checkpoint_interval": 2, "run_dir": tmp_path / "run",
                "if_not_finite": "go_back"}
    history = gan.train(images, **settings)
    said = capsys.readouterr().out
    assert "ExplodesAt: at step 7 the numbers are no longer finite" in said
    assert "Likely causes: a learning rate" in said
    assert "Gone back to step 6" in said
    assert history["step"] == list(range(1, 10))
    assert np.isfinite([v for values in history.values() for v in values]).all()
    undisturbed = small().train(images, steps=9, batch_size=8)
    same = [a == b for a, b in zip(history["d_loss"], undisturbed["d_loss"])]
    assert same == [True] * 6 + [False] * 3
    assert gan.turns == 10 and np.isfinite(gan.generate(3)).all()
    resumed, longer = exploding(), {**settings, "steps": 11, "resume": True}
    assert resumed.train(images, **longer)["step"][-1] == 11
    assert gan.train(images, **longer) == resumed.train(images, **longer)


def test_where_it_was_stopped_makes_no_difference_to_where_it_goes_back_to(images, tmp_path):
    settings = {"batch_size": 8, "checkpoint_interval": 2, "if_not_finite": "go_back"}
    whole, first, second = (exploding(3, run_eagerly=True) for _ in range(3))
    history = whole.train(images, steps=5, run_dir=tmp_path / "whole", **settings)
    first.train(images, steps=3, run_dir=tmp_path / "parts", **settings)
    assert second.train(images, steps=5, run_dir=tmp_path / "parts", resume=True,
                        **settings) == history


def test_it_goes_back_from_the_very_last_turn_too(images, tmp_path, capsys):
    class BreaksInTheThird(GAN):
        def update_ema(self):
            if self.turns == 3:
                weight = self.generator.trainable_weights[0]
                weight.assign(weight * np.inf)

    gan = BreaksInTheThird(img_shape=SHAPE, latent_dim=5, run_eagerly=True)
    history = gan.train(images, steps=3, batch_size=8, checkpoint_interval=2,
                        run_dir=tmp_path / "run", if_not_finite="go_back")
    assert "Gone back to step 2" in capsys.readouterr().out
    assert history["step"] == [1, 2, 3] and gan.turns == 4
    assert checkpoints(tmp_path / "run") == ["step_000002", "step_000003"]


def test_it_does_not_go_back_for_ever(images, tmp_path, capsys):
    settings = {"steps": 9, "batch_size": 8, "checkpoint_interval": 2, "run_dir": tmp_path / "run",
                "if_not_finite": "go_back"}
    with pytest.raises(FloatingPointError, match=f"going back {TIMES_BACK} times"):
        exploding(*range(4, 20), run_eagerly=True).train(images, **settings)
    assert capsys.readouterr().out.count("Gone back to step 4") == TIMES_BACK
    with pytest.raises(FloatingPointError, match="There is no checkpoint to go back to"):
        exploding(0, run_eagerly=True).train(images, **{**settings, "run_dir": tmp_path / "other"})


def test_weights_that_broke_after_the_last_loss_are_found_when_they_are_saved(images, tmp_path):
    class BreaksLate(GAN):
        def update_ema(self):
            weight = self.generator.trainable_weights[0]
            weight.assign(weight * np.inf)

    gan = BreaksLate(img_shape=SHAPE, latent_dim=5, run_eagerly=True)
    with pytest.raises(FloatingPointError, match="At step 1: BreaksLate: .*of the generator is no "
                                                 "longer finite.* Likely causes"):
        gan.train(images, steps=3, batch_size=8, checkpoint_interval=1, run_dir=tmp_path / "run")
    assert checkpoints(tmp_path / "run") == []
