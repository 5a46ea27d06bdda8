"""How long to train, and what to write when: the arguments of `train`, checked."""
import dataclasses
import math
import os
import reprlib
from pathlib import Path

import numpy as np

from keras_gan.samples.checks import is_whole
from keras_gan.training import checkpoint

NO_END = 10 ** 9              # steps of a run that the clock alone is to end
CHANGEABLE = ("steps", "minutes", "sample_interval", "checkpoint_interval", "keep_last",
              "keep_every", "if_not_finite", "if_write_fails")  # what a resume may have otherwise


@dataclasses.dataclass
class Plan:
    """The arguments of `Game.train` that have nothing to do with the model.

    Raises:
        ValueError: for those that make no sense.
    """

    steps: int
    batch_size: int
    run_dir: str | os.PathLike | None
    sample_interval: int
    checkpoint_interval: int
    keep_last: int
    keep_every: int | None
    resume: bool
    flip: bool
    if_not_finite: str
    if_write_fails: str
    balanced: bool = False
    minutes: float | None = None

    def __post_init__(self):
        for name, value in vars(self).items():
            if isinstance(value, np.number):
                setattr(self, name, value.item())               # JSON holds no others
        self._require(not hasattr(self.steps, "__len__") or isinstance(self.steps, str), "steps",
                      "a whole number of at least 1. Labels are passed by their name: "
                      "train(images, labels=...)")
        for name in ("steps", "batch_size", "sample_interval", "checkpoint_interval", "keep_last"):
            self._require(is_whole(getattr(self, name), 1), name, "a whole number of at least 1")
        self._require(self.minutes is None or (
            isinstance(self.minutes, (int, float)) and not isinstance(self.minutes, bool)
            and 0 < self.minutes < math.inf), "minutes", "a number above 0, or None")
        interval = self.checkpoint_interval
        self._require(self.keep_every is None
                      or (is_whole(self.keep_every, 1) and self.keep_every % interval == 0),
                      "keep_every", f"a multiple of checkpoint_interval={interval}, or None")
        self._require(self.if_not_finite in ("stop", "go_back"), "if_not_finite",
                      "'stop' or 'go_back'")
        self._require(self.if_write_fails in ("stop", "go_on"), "if_write_fails",
                      "'stop' or 'go_on'")
        for name in ("resume", "flip", "balanced"):
            self._require(isinstance(getattr(self, name), bool), name, "True or False")
        self._require(self.run_dir is None or isinstance(self.run_dir, (str, os.PathLike)),
                      "run_dir", "the path of a folder, or None")
        if self.run_dir is None and self.resume:
            raise ValueError("resume=True goes on with the run in run_dir. Received: run_dir=None")
        if self.run_dir is None and self.if_not_finite == "go_back":
            raise ValueError("if_not_finite='go_back' goes back to a checkpoint in run_dir. "
                             "Received: run_dir=None")

    def _require(self, ok, name, expected):
        if not ok:
            value = getattr(self, name)
            given = reprlib.repr(value)                        # shortened, if it is a list, say
            if hasattr(value, "shape"):
                given = f"an array of shape {tuple(value.shape)}"
            raise ValueError(f"{name} must be {expected}. Received: {name}={given}")

    @property
    def goes_on(self):
        """Whether there is a run that is gone on with: one that has played."""
        return self.resume and bool(checkpoint.steps_in(Path(self.run_dir) / "checkpoints"))

    @property
    def changeable(self):
        """What a resume may have otherwise, a dict."""
        return {name: getattr(self, name) for name in CHANGEABLE}
