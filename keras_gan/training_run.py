"""A training run: its data, its progress, its history and its directory. `GAN.train` is the loop that uses it."""
import csv
import inspect
import json
import math
import shutil
import signal
import zlib
from pathlib import Path

import keras
import numpy as np

from data_loaders import ImageFolder, Pictures
from data_loaders.batches import Batches, Distribution, Stream
from keras_gan import checkpoint, pictures
from keras_gan.game import is_whole
from keras_gan.pixels import check_images, check_labels
from keras_gan.progress import TrainingProgress, readable
from keras_gan.referee import Referee

CHECKPOINTS_KEPT = 3


class TrainingRun:
    """Everything around the turns of one call of `train`. A context manager: leaving it writes what is still to write.

    The run directory holds `config.json`, `history.csv`, `samples/step_000500.png` (always the same noise),
    `checkpoints/step_000500/` (the last three), and after the last step `model/`, `losses.png`, `film.gif` and
    `samples/real_vs_generated.png`.

    Args: those of `GAN.train`, after the model itself.

    Attributes:
        step: int, turns of this run that are finished.
        history: dict of lists, `"step"` and every number that a turn returns.
    """

    def __init__(self, gan, images, steps, batch_size, run_dir, sample_interval, checkpoint_interval, resume, flip, labels=None):
        for name, value in dict(steps=steps, sample_interval=sample_interval, checkpoint_interval=checkpoint_interval).items():
            if not is_whole(value, 1):
                raise ValueError(f"{name} must be a whole number of at least 1. Received: {name}={value!r}")
        if resume and run_dir is None:
            raise ValueError("resume=True goes on with the run in run_dir. Received: run_dir=None")
        self.gan, self.steps = gan, steps
        self.data = self._open_data(images, labels, batch_size, flip)
        self.batch_size = batch_size = None if isinstance(self.data, Stream) else int(batch_size)
        self.directory = Path(run_dir) if run_dir is not None else None
        self.step, self.history, self.logs = 0, {"step": []}, {}
        self.interrupted = False
        self.notes = []
        self.referee = Referee(gan)
        if self.directory is not None:
            settings = {"model": type(gan).__name__, "parameters": gan.get_config(),
                        "training": {"batch_size": batch_size, "flip": flip, "data": self._describe_data(images)}}
            self._open_directory(json.loads(json.dumps(settings)), images.source if isinstance(images, (ImageFolder, Pictures)) else None, resume)

    # --- data ----------------------------------------------------------------------------------------------------------

    def _open_data(self, images, labels, batch_size, flip):
        if isinstance(images, Distribution):
            return images
        gan, array, class_names = self.gan, images, None
        if isinstance(images, (ImageFolder, Pictures)):
            array, class_names = images.images, images.class_names
            labels = images.labels if labels is None and gan.num_classes else labels
        if labels is not None and not gan.num_classes:
            raise ValueError(f"{type(gan).__name__} knows no classes. Received: labels; a conditional model, such as CGAN, takes them.")
        if hasattr(array, "shape") and hasattr(array, "dtype"):
            array = array if isinstance(array, np.ndarray) else keras.ops.convert_to_numpy(array)
            check_images(array, gan.img_shape)
            if gan.num_classes:
                labels = check_labels(labels, len(array), gan.num_classes)
                gan.class_names = list(class_names or gan.class_names)
            if is_whole(batch_size, 1) and batch_size * gan.k > len(array) and gan.k > 1:
                raise ValueError(f"A turn takes k={gan.k} batches of {batch_size}, more than the {len(array)} images. "
                                 f"Use batch_size={len(array) // gan.k} or less, or more images.")
            return Batches(array, labels, batch_size * gan.k if is_whole(batch_size, 1) else batch_size, gan.seed, flip)
        if flip:
            raise ValueError("flip=True is for arrays and folders; a Dataset does its own augmentation. Received: "
                             f"flip=True with a {type(images).__name__}")
        if labels is not None:
            raise ValueError(f"labels are for an array of images; a Dataset yields its own: (images, labels). Received: labels with a {type(images).__name__}")
        once_only = hasattr(array, "__next__")
        if isinstance(array, tuple) or once_only or not (hasattr(array, "__iter__") or hasattr(array, "__getitem__")):
            raise ValueError("images must be an array, what load_data returns, a tf.data.Dataset or a keras.utils.PyDataset of "
                             f"batches. Received: a {type(images).__name__}"
                             + (", which can be gone through only once; tf.data.Dataset.from_generator makes a Dataset of it" if once_only else ""))
        return Stream(array)

    def _describe_data(self, images):
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
        # Arrays: by the model's turns, so that a second `train` goes on where the first stopped. A Dataset: by this run's.
        batches = self.data.from_batch(self.step if isinstance(self.data, Stream) else self.gan.turns)
        for batch in batches:
            yield self._checked(batch) if isinstance(self.data, Stream) else batch     # arrays were looked at as a whole
            if self.step >= self.steps or self.interrupted:
                break
        batches.close()

    def _checked(self, batch):
        """A batch of somebody else's pipeline: images, and labels if the model takes them."""
        check_images(batch[0], self.gan.img_shape)
        if not self.gan.num_classes:
            return batch[:1]
        return batch[0], check_labels(batch[1] if len(batch) > 1 else None, len(batch[0]), self.gan.num_classes)

    # --- directory -------------------------------------------------------------------------------------------------------

    def _open_directory(self, settings, source, resume):
        config = self.directory / "config.json"
        if self.directory.exists() and not config.exists() and (self.directory.is_file() or any(self.directory.iterdir())):
            raise FileExistsError(f"{self.directory} exists and is not a run directory. Nothing was written; choose another run_dir.")
        if config.exists() and not resume:
            raise FileExistsError(f"{self.directory} holds a run already. Nothing was written. Go on with that run with "
                                  "resume=True (--resume), or choose another run_dir.")
        if config.exists():
            self._refuse_differences(json.loads(config.read_text(encoding="utf-8")), settings)
            self._go_on()
        else:
            if resume:
                self.notes.append(f"No run in {self.directory} yet: starting at step 0.")
            (self.directory / "samples").mkdir(parents=True)
            (self.directory / "checkpoints").mkdir()
            versions = {"keras": keras.__version__, "backend": keras.backend.backend(), "numpy": np.__version__}
            config.write_text(json.dumps({**settings, "source": source, "versions": versions}, indent=2), encoding="utf-8")

    def _refuse_differences(self, saved, given):
        differences = []
        if saved.get("model") != given["model"]:
            differences.append(f"model: the run has {saved.get('model')}, this is {given['model']}")
        defaults = inspect.signature(type(self.gan).__init__).parameters          # of arguments that are newer than the run
        for part in ("parameters", "training"):
            for name in sorted({*saved.get(part, {}), *given[part]}):
                unknown = defaults[name].default if name in defaults else None
                old, new = saved.get(part, {}).get(name, unknown), given[part].get(name)
                if old != new:
                    differences.append(f"{name}: the run has {old!r}, given was {new!r}")
        if differences:
            raise ValueError(f"The run in {self.directory} can't be resumed with other parameters:\n  " + "\n  ".join(differences))

    def _go_on(self):
        whole = [p for p in checkpoint.steps_in(self.directory / "checkpoints") if (p / "config.json").exists()]
        if not whole:
            self.notes.append(f"No whole checkpoint in {self.directory} yet: starting at step 0.")
            return
        checkpoint.load_state(self.gan, whole[-1])
        self.step = int(whole[-1].name.removeprefix("step_"))
        with (self.directory / "history.csv").open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if int(row["step"]) <= self.step]
        for row in rows:
            self._remember(int(row.pop("step")), {name: float(value) for name, value in row.items()})
        self.notes.append(f"Resumed from {whole[-1]} at step {self.step}.")

    # --- while it goes ---------------------------------------------------------------------------------------------------

    def __enter__(self):
        self.progress = TrainingProgress(self.step, self.steps, self.batch_size and self.batch_size * self.gan.k)
        self.progress.__enter__()
        for note in self.notes:
            self.progress.say(note)
        try:                             # Ctrl-C ends the turn first, so that nothing half-played is saved
            self._ctrl_c = signal.signal(signal.SIGINT, self._interrupt)
        except ValueError:               # not the main thread: nobody can press Ctrl-C here
            self._ctrl_c = None
        return self

    def _interrupt(self, *_):
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True
        self.progress.say("Ctrl-C: this turn is finished, everything is written. (Once more to stop at once.)")

    def log(self, logs):
        """Note the numbers of a finished turn."""
        self.step += 1
        self.logs = logs
        self._remember(self.step, logs)
        self.progress.update(self.step, logs)
        for remark in self.referee.watch(self.step, logs):
            self.progress.say(remark)
        if not all(map(math.isfinite, logs.values())):
            raise FloatingPointError(f"{type(self.gan).__name__}: at step {self.step} the numbers are no longer finite: {readable(logs)}. "
                                     "Nothing was saved after the last checkpoint; what was saved before is whole.")

    def _remember(self, step, logs):
        self.history["step"].append(step)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))

    def save_samples(self):
        """Write `samples/step_000500.png`, always of the same noise."""
        if self.logs:
            self.progress.milestone(self.step, self.logs)
        if self.directory is not None:
            self._write_history()
            self.gan.write_samples(self.directory / "samples" / f"step_{self.step:06d}.png")

    def save_checkpoint(self):
        """Save the model as `checkpoints/step_000500` and drop the oldest."""
        if self.directory is None:
            return
        self._write_history()
        folder = self.directory / "checkpoints"
        self.gan.save(folder / f"step_{self.step:06d}")
        for old in checkpoint.steps_in(folder)[:-CHECKPOINTS_KEPT]:
            shutil.rmtree(old)

    def _write_history(self):
        beside = self.directory / "history.csv.new"
        with beside.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(self.history)
            writer.writerows(zip(*self.history.values()))
        beside.replace(self.directory / "history.csv")

    # --- at the end ------------------------------------------------------------------------------------------------------

    def __exit__(self, kind, *_):
        if self._ctrl_c is not None:
            signal.signal(signal.SIGINT, self._ctrl_c)
        try:
            unfinished = self.logs or not (self.directory and (self.directory / "film.gif").exists())
            if kind is None and self.directory is not None and self.step and unfinished:
                self._write_results()
        finally:
            self.progress.__exit__()

    def _write_results(self):
        samples = self.directory / "samples"
        if not (samples / f"step_{self.step:06d}.png").exists():
            self.save_samples()
        self.save_checkpoint()
        self.gan.save(self.directory / "model")
        pictures.write_losses(self.directory / "losses.png", self.history)
        pictures.write_film(self.directory / "film.gif", checkpoint.steps_in(samples, "step_*.png"))
        self.gan.write_beside_real(samples / "real_vs_generated.png", self._first(25))
        done = "Stopped" if self.step < self.steps else "Finished"
        more = f" Go on with run_dir={str(self.directory)!r}, resume=True." if self.step < self.steps else ""
        self.progress.say(f"{done} at step {self.step}. Pictures, film, losses and model are in {self.directory}.{more}")

    def _first(self, n):
        """The first n samples of the data, as a batch: `(images,)`, or `(images, labels)`."""
        parts = []
        for batch in self.data.from_batch(0):
            parts.append(batch)
            if sum(len(images) for images, *_ in parts) >= n:
                return tuple(np.concatenate(part)[:n] for part in zip(*parts))
