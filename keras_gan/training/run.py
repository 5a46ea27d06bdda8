"""A training run: its data, its progress, its history, and what may befall it. `GAN.train` is the loop that uses it."""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import contextlib
import inspect
import json
import math
import os
import signal
import statistics
import time
import zlib

import keras
import numpy as np

from data_loaders import ImageFolder, Pictures
from data_loaders.batches import Batches, Distribution, Stream
from keras_gan.samples import drawing as pictures
from keras_gan.training import checkpoint, memory
from keras_gan.samples.checks import is_whole
from keras_gan.backend.one_graph import OUT_OF_MEMORY
from keras_gan.samples.checks import check_labels, check_samples, remark_on_range
from keras_gan.training.progress import TrainingProgress, readable
from keras_gan.training.referee import LIKELY_CAUSES, Referee
from keras_gan.training.run_directory import RunDirectory

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]      # Windows has no SIGHUP
TIMES_BACK = 3                # to one checkpoint, before a run that diverges again and again is given up


class TrainingRun:
    """Everything around the turns of one call of `train`. A context manager: leaving it writes what is still to write.

    Args: those of `GAN.train`, after the model itself.

    Attributes:
        step: int, turns of this run that are finished.
        history: dict of lists, `"step"` and every number that a turn returns.
    """

    def __init__(self, gan, images, labels, steps, batch_size, run_dir, sample_interval, checkpoint_interval, keep_last, keep_every, resume, flip,
                 if_not_finite, if_write_fails):
        self.plan = {"steps": steps, "sample_interval": sample_interval, "checkpoint_interval": checkpoint_interval,
                     "keep_last": keep_last, "keep_every": keep_every, "if_not_finite": if_not_finite, "if_write_fails": if_write_fails}
        check_plan(**self.plan, batch_size=batch_size, run_dir=run_dir, resume=resume)
        self.plan = {name: value.item() if isinstance(value, np.integer) else value for name, value in self.plan.items()}      # JSON holds no others
        self.gan, self.steps = gan, int(steps)
        self.notes = []
        self.data = self._open_data(images, labels, batch_size, flip)
        self.batch_size = batch_size = None if isinstance(self.data, Stream) else int(batch_size)      # a Dataset brings its own
        self.step, self.history, self.logs = 0, {"step": []}, {}
        self.went_back, self.back_to, self.times_back = False, 0, 0
        self.saved = None                        # step and turns of the last checkpoint
        self.signal = None                       # that has asked for an end
        self.referee = Referee(gan)
        self.played, self.waited = [], 0.0       # seconds of each turn; seconds that turns had to wait for data
        self.largest_batch = 0                   # that is known to fit into memory
        if self.batch_size:
            self.notes.append(self._fits(self.batch_size))
        if self.batch_size == 1:
            self.notes.append("diversity compares the samples of a batch: of batches of 1 it says nothing (it is always 1).")
        self.directory = None
        if run_dir is not None:
            self.directory = RunDirectory(run_dir)
            self._check_room_on_disk()
            settings = {"model": type(gan).__name__, "parameters": gan.get_config(),
                        "training": {"batch_size": batch_size, "flip": flip, "data": self._describe_data(images)}}
            source = images.source if isinstance(images, (ImageFolder, Pictures)) else None
            defaults = {name: p.default for name, p in inspect.signature(type(gan).__init__).parameters.items()}
            self.notes += self.directory.open(resume, json.loads(json.dumps(settings)), defaults, self.plan, source)
            if resume:
                self._go_on()

    # --- data ----------------------------------------------------------------------------------------------------------

    def _open_data(self, images, labels, batch_size, flip):
        if not isinstance(flip, bool):
            raise ValueError(f"flip must be True or False. Received: flip={flip!r}")
        if flip and not self.gan.makes_pictures:
            raise ValueError("flip=True mirrors pictures. Received: flip=True with a model of vectors")
        if hasattr(images, "sample") and not self.gan.makes_pictures:
            self._check_packs(batch_size)
            images = Distribution(images.sample, batch_size * self.gan.k, self.gan.seed)
        if isinstance(images, Distribution):
            some, = next(images.from_batch(0))
            check_samples(some, self.gan.img_shape)
            self.gan.window = _window_of(some)
            return images
        gan, array, class_names = self.gan, images, None
        if isinstance(images, (ImageFolder, Pictures)):
            array, class_names = images.images, images.class_names
            labels = images.labels if labels is None and gan.num_classes else labels
        if labels is not None and not gan.num_classes:
            raise ValueError(f"{type(gan).__name__} knows no classes. Received: labels; a conditional model, such as CGAN, takes them.")
        if hasattr(array, "shape") and hasattr(array, "dtype"):
            array = array if isinstance(array, np.ndarray) else keras.ops.convert_to_numpy(array)
            check_samples(array, gan.img_shape)
            if not gan.makes_pictures:
                gan.window = _window_of(array)
            if gan.num_classes:
                labels = check_labels(labels, len(array), gan.num_classes)
                gan.class_names = list(class_names or gan.class_names)
            self._check_packs(batch_size)
            if batch_size * gan.k > len(array) and gan.k * gan.packing > 1:
                most = len(array) // gan.k // gan.packing * gan.packing
                raise ValueError(f"A turn takes k={gan.k} batches of {batch_size}, more than the {len(array)} samples. "
                                 + (f"Use batch_size={most} or less, or more samples." if most else
                                    f"At least {gan.k * gan.packing} samples are needed: k={gan.k} times packs of {gan.packing}."))
            if gan.makes_pictures:
                self.notes += remark_on_range(array)
            return Batches(array, labels, batch_size * gan.k, gan.seed, flip)
        if flip:
            raise ValueError("flip=True is for arrays and folders; a Dataset does its own augmentation. Received: "
                             f"flip=True with a {type(images).__name__}")
        if labels is not None:
            raise ValueError(f"labels are for an array of images; a Dataset yields its own: (images, labels). Received: labels with a {type(images).__name__}")
        once_only = hasattr(array, "__next__")
        if isinstance(array, (tuple, str, os.PathLike)) or once_only or not (hasattr(array, "__iter__") or hasattr(array, "__getitem__")):
            raise ValueError("images must be an array, what load_data returns, a tf.data.Dataset or a keras.utils.PyDataset of "
                             f"batches. Received: a {type(images).__name__}"
                             + (". load_data(...) loads a folder of pictures" if isinstance(array, (str, os.PathLike)) else "")
                             + (", which can be gone through only once; tf.data.Dataset.from_generator makes a Dataset of it" if once_only else ""))
        return Stream(array)

    def _check_packs(self, batch_size):
        if batch_size % (m := self.gan.packing):
            raise ValueError(f"batch_size must be whole packs of packing={m} samples. Received: batch_size={batch_size}. Use {batch_size // m * m + m}.")

    def _describe_data(self, images):
        if isinstance(self.data, Distribution):
            some, = next(self.data.from_batch(0))
            return {"kind": type(images).__name__, "mean_of_some": float(f"{np.mean(some, dtype='float64'):.6g}")}
        if not isinstance(self.data, Batches):
            return {"kind": type(images).__name__}
        some = self.data.images[::max(1, len(self.data.images) // 16)]
        labels = self.data.labels
        return {"images": len(self.data.images), "dtype": str(some.dtype),
                "mean_of_some": float(np.mean(np.asarray(some), dtype="float64")),
                "labels": None if labels is None else zlib.crc32(labels.tobytes())}

    def turns(self):
        """The batches of the turns that are still to play, until the last step or Ctrl-C."""
        if self.step >= self.steps:
            self.progress.say(f"The run has its {self.steps} steps already; nothing left to train.")
            return
        if self.step == 0:
            self.save_samples()
        while self.step < self.steps and not self.interrupted:
            self.went_back = False
            # Arrays: by the model's turns, so that a second `train` goes on where the first stopped. A Dataset: by this run's.
            batches = self.data.from_batch(self.step if isinstance(self.data, Stream) else self.gan.turns)
            try:
                for batch in self._waited_for(batches):
                    yield self._checked(batch) if isinstance(self.data, Stream) else batch     # arrays were looked at as a whole
                    if self.step >= self.steps or self.interrupted or self.went_back:
                        break
            except Exception:                    # of the data, not of a turn: the turns before it are whole
                if self.step:
                    self.save_checkpoint()
                raise
            batches.close()
            if not self.went_back:
                self.save_checkpoint()           # the last one; what it finds may still make the run go back

    def _waited_for(self, batches):
        """The batches, with a look at the clock."""
        while True:
            asked = time.perf_counter()
            batch = next(batches)
            self.began = time.perf_counter()
            self.waited += self.began - asked
            yield batch

    def _fits(self, batch_size):
        """Raise `MemoryError` if a turn won't fit into memory, else say what it needs."""
        memory.check(self.gan, batch_size)
        self.largest_batch = batch_size
        return memory.explanation(self.gan, batch_size)

    def _checked(self, batch):
        """A batch of somebody else's pipeline: images, and labels if the model takes them."""
        check_samples(batch[0], self.gan.img_shape)
        self.gan.check_k_batches(batch[0])
        if self.gan.makes_pictures and not self.played:
            for remark in remark_on_range(batch[0]):
                self.progress.say(remark)
        if len(batch[0]) > self.largest_batch * self.gan.k:
            self.progress.say(self._fits(len(batch[0]) // self.gan.k))
        if not self.gan.num_classes:
            return batch[:1]
        return batch[0], check_labels(batch[1] if len(batch) > 1 else None, len(batch[0]), self.gan.num_classes)

    # --- directory -------------------------------------------------------------------------------------------------------

    def _go_on(self):
        try:
            step, self.history, remarks = self.directory.restore(self.gan)
            if step is None and self.gan.turns:
                raise ValueError(" ".join([*remarks, f"But this model isn't new: it has played {self.gan.turns} turns. Make a new one to begin again."]))
            if self.steps < (step or 0):
                raise ValueError(f"steps is the length of the whole run. Received: steps={self.steps}; the run in {self.directory} has played {step} "
                                 "already. It is as it was.")
            self.directory.change_plan(self.plan)
        except BaseException:
            self.directory.close()
            raise
        self.step = step or 0
        self.saved = (self.step, self.gan.turns)
        self.notes += remarks

    def _check_room_on_disk(self):
        """Raise `OSError` where the checkpoints that are to be kept at once can't lie on the disk together."""
        there = len(checkpoint.steps_in(self.directory.checkpoints))
        at_once = min(self.plan["keep_last"], math.ceil(self.steps / self.plan["checkpoint_interval"]))
        needed = max(1, at_once + 2 - there) * memory.players(self.gan)
        if self.directory.room < needed and self.plan["if_write_fails"] == "stop":
            raise OSError(f"{self.directory} lies on a disk with {memory.readable(self.directory.room)} of room. {at_once} checkpoints, the next one and "
                          f"the model need {memory.readable(needed)}. Make room, choose another run_dir, or keep fewer (keep_last=1).")

    @contextlib.contextmanager
    def _writing(self, what):
        """What to do when `what` can't be written: stop, or say so and go on, as `if_write_fails` has it."""
        try:
            yield
        except OSError as error:
            whole = checkpoint.steps_in(self.directory.checkpoints)
            message = (f"step {self.step}: {what} could not be written into {self.directory} ({error.strerror or str(error).splitlines()[0]}; "
                       f"{memory.readable(self.directory.room)} of room there). " + (f"{whole[-1]} is whole." if whole else "There is no checkpoint yet."))
            if self.plan["if_write_fails"] == "stop":
                raise OSError(f"{message} Training has stopped; make room, and go on with resume=True (--resume).") from error
            self.progress.say(f"{message} Training goes on (if_write_fails='go_on').")

    # --- while it goes ---------------------------------------------------------------------------------------------------

    def __enter__(self):
        self.progress = TrainingProgress(self.step, self.steps, self.batch_size and self.batch_size * self.gan.k)
        self.progress.__enter__()
        for note in self.notes:
            self.progress.say(note)
        self._handlers = {}
        for number in SIGNALS:
            with contextlib.suppress(ValueError):          # not the main thread: no signal comes here
                # A terminal that closes ends the run as it should, but not one that was begun with nohup
                if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
                    self._handlers[number] = signal.signal(number, self._interrupt)
        return self

    def _interrupt(self, number, _):
        """Ctrl-C, or the request to end, ends the turn first, so that nothing half-played is saved."""
        if self.interrupted and number == signal.SIGINT:
            raise KeyboardInterrupt
        if self.interrupted:                     # a terminal that closes may say so twice
            return
        self.signal = number
        name = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name
        self.progress.say(f"{name}: this turn is finished, everything is written. (Ctrl-C once more to stop at once.)")

    @property
    def interrupted(self):
        """Whether somebody has asked for an end."""
        return self.signal is not None

    def log(self, logs):
        """Note the numbers of a finished turn."""
        self.step += 1
        self.played.append(time.perf_counter() - self.began)
        self.logs = logs
        self.history["step"].append(self.step)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
        self.progress.update(self.step, logs)
        for remark in self.referee.watch(self.step, logs):
            self.progress.say(remark)
        if not all(map(math.isfinite, logs.values())):
            self._diverged(f"{type(self.gan).__name__}: at step {self.step} the numbers are no longer finite: {readable(logs)}.")

    def _diverged(self, what):
        """The weights are lost: go back to the last checkpoint if `if_not_finite` says so, else stop."""
        what += f" Likely causes: {LIKELY_CAUSES}."
        if self.plan["if_not_finite"] == "stop":
            raise FloatingPointError(f"{what} Nothing was saved after the last checkpoint; what was saved before is whole.")
        self.times_back += 1
        if self.times_back > TIMES_BACK:
            raise FloatingPointError(f"{what} This is the same after going back {TIMES_BACK} times; what was saved before is whole.")
        turns = self.gan.turns
        # To one of the plan's: where somebody stopped this run for a while must make no difference to it
        step, history, remarks = self.directory.restore(self.gan, self.plan["checkpoint_interval"])
        if step is None:
            raise FloatingPointError(f"{what} There is no checkpoint to go back to. checkpoint_interval says when there is one.")
        self.gan.turns = turns                 # other noise and other batches from here on than those that led astray
        self.step, self.history, self.logs = step, history, {}
        self.went_back, self.back_to = True, step
        self.referee = Referee(self.gan)
        for text in (what, *remarks, f"Gone back to step {step} (if_not_finite='go_back'); the turns after it are played with other noise, "
                                     "and other batches of an array."):
            self.progress.say(text)

    def save_samples(self):
        """Write `samples/step_000500.png`, always of the same noise."""
        if self.logs:
            self.progress.milestone(self.step, self.logs)
        if self.directory is not None:
            with self._writing("the sample sheet"):
                self.directory.write_history(self.history)
                self.gan.write_samples(self.directory.sheet(self.step))

    def save_checkpoint(self):
        """Save the model as `checkpoints/step_000500` and drop the oldest."""
        if self.directory is None or self.saved == (self.step, self.gan.turns):
            return
        try:
            with self._writing("a checkpoint"):
                self.directory.save_checkpoint(self.gan, self.step, self.history, self.plan["keep_last"], self.plan["keep_every"])
                self.saved = (self.step, self.gan.turns)
        except FloatingPointError as error:
            self._diverged(f"At step {self.step}: {error}")
        else:
            self.times_back = 0 if self.step > self.back_to else self.times_back

    # --- at the end ------------------------------------------------------------------------------------------------------

    def __exit__(self, kind, error, _):
        try:
            if isinstance(error, OUT_OF_MEMORY) and not isinstance(error, memory.DoesNotFit):
                raise MemoryError(f"A turn did not fit into memory at step {self.step + 1}: {memory.explanation(self.gan, self.batch_size or self.largest_batch)} "
                                  "Use smaller batches, of half the size say, or smaller networks.") from error
            if self.played:
                self.progress.say(self.speed)
            if kind is None and self.directory is not None and self.step and (self.logs or not self.directory.has_results):
                self._write_results()
        finally:
            self.progress.__exit__()
            if self.directory is not None:
                self.directory.close()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
        if kind is None and self.interrupted and self.signal != signal.SIGINT:
            os.kill(os.getpid(), self.signal)              # everything is written: now do as was asked

    def _write_results(self):
        directory = self.directory
        with self._writing("the model"):
            self.gan.save(directory.path / "model")
        if not directory.sheet(self.step).exists():
            self.save_samples()
        with self._writing("a picture"):
            pictures.write_losses(directory.path / "losses.png", self.history, self.gan.undecided_loss)
            self.gan.write_beside_real(directory.samples / "real_vs_generated.png", self._first(25))
            pictures.write_film(directory.film, checkpoint.steps_in(directory.samples, ".png"))
        done = "Stopped" if self.step < self.steps else "Finished"
        more = f" Go on with run_dir={str(directory)!r}, resume=True (keras-gan resume {directory})." if self.step < self.steps else ""
        self.progress.say(f"{done} at step {self.step}. Pictures, film, losses and model are in {directory}.{more}")

    @property
    def speed(self):
        """How long the turns of this call took, and how long they waited for data, in a line."""
        first, *others = self.played
        each = f"; the others {1000 * statistics.median(others):.3g} ms each (median)" if others else ""
        share = self.waited / (self.waited + sum(self.played))
        return f"Turns: {len(self.played)}. The first, with all that is compiled, took {first:.1f} s{each}. {share:.1%} of the time was waiting for data."

    def _first(self, n):
        """The first n samples of the data, as a batch: `(images,)`, or `(images, labels)`."""
        parts = []
        for batch in self.data.from_batch(0):
            parts.append(batch)
            if sum(len(images) for images, *_ in parts) >= n:
                return tuple(np.concatenate(part)[:n] for part in zip(*parts))


def _window_of(vectors):
    """Axes on which vectors (N, dimensions) are drawn, around 0 and alike for all: (low, high)."""
    reach = 1.3 * float(np.abs(vectors).max())
    return -reach, reach


def check_plan(steps, batch_size, sample_interval, checkpoint_interval, keep_last, keep_every, if_not_finite, if_write_fails, run_dir, resume):
    """Raise `ValueError` for arguments of `train` that make no sense, whatever the model and the data are."""
    def require(ok, name, value, expected):
        if not ok:
            raise ValueError(f"{name} must be {expected}. Received: {name}={value!r}")

    for name, value in dict(steps=steps, batch_size=batch_size, sample_interval=sample_interval, checkpoint_interval=checkpoint_interval,
                            keep_last=keep_last).items():
        require(is_whole(value, 1), name, value, "a whole number of at least 1")
    require(keep_every is None or (is_whole(keep_every, 1) and keep_every % checkpoint_interval == 0), "keep_every", keep_every,
            f"a multiple of checkpoint_interval={checkpoint_interval}, or None")
    require(if_not_finite in ("stop", "go_back"), "if_not_finite", if_not_finite, "'stop' or 'go_back'")
    require(if_write_fails in ("stop", "go_on"), "if_write_fails", if_write_fails, "'stop' or 'go_on'")
    require(isinstance(resume, bool), "resume", resume, "True or False")
    require(run_dir is None or isinstance(run_dir, (str, os.PathLike)), "run_dir", run_dir, "the path of a folder, or None")
    if run_dir is None and resume:
        raise ValueError("resume=True goes on with the run in run_dir. Received: run_dir=None")
    if run_dir is None and if_not_finite == "go_back":
        raise ValueError("if_not_finite='go_back' goes back to a checkpoint in run_dir. Received: run_dir=None")
