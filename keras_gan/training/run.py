"""A training run: its batches, its history, its directory, and what may happen to it.

`Game.train` is the loop that uses it.
"""
import contextlib
import json
import math
import statistics
import sys
import time
from pathlib import Path

from keras_gan.backend.one_graph import OUT_OF_MEMORY
from keras_gan.samples import drawing
from keras_gan.training import checkpoint, memory
from keras_gan.training.data import remarks_of
from keras_gan.training.plan import NO_END
from keras_gan.training.progress import TrainingProgress, readable
from keras_gan.training.referee import LIKELY_CAUSES, Referee
from keras_gan.training.run_directory import RunDirectory, check_apart, in_a_shell
from keras_gan.training.signals import Signals

TIMES_BACK = 3                # to one checkpoint, before a run that always diverges is given up


class TrainingRun:
    """Everything around the turns of one call of `train`.

    A context manager: leaving it writes what is still to write.

    Args:
        game: the model.
        data: `TrainingData`.
        plan: `Plan`.

    Attributes:
        step: int, turns of this run that are finished.
        history: dict of lists, `"step"` and every number that a turn returns.
    """

    def __init__(self, game, data, plan):
        self.game, self.data, self.plan = game, data, plan
        self.step, self.history, self.logs = 0, {"step": []}, {}
        self.went_back, self.back_to, self.times_back = False, 0, 0
        self.began_run, self.time_is_up = time.monotonic(), False
        self.saved = None                        # step and turns of the last checkpoint
        self.referee = Referee(game)
        self.played, self.waited = [], 0.0       # seconds of each turn; seconds of waiting for data
        self.largest_batch = 0                   # that is known to fit into memory
        self.notes = [*data.remarks, *game.remarks(plan.steps)]
        if data.batch_size:
            self.notes += self._fits(data.batch_size)
        if data.batch_size == 1:
            self.notes.append("diversity compares the samples of a batch: of batches of 1 it says "
                              "nothing (it is always 1).")
        self.directory = None
        if plan.run_dir is not None:
            self._open_directory()
        size = data.batch_size
        self.progress = TrainingProgress(
            self.step, plan.steps, size and size * game.k,
            "the first turn" if game.run_eagerly else "compiling", plan.minutes)
        self.signals = Signals(self.progress.say, self._stopped_at_once)

    def _fits(self, batch_size):
        """Remarks, if memory is near. Raises `MemoryError` if there is too little."""
        draws = self.plan.run_dir is not None
        memory.check(self.game, batch_size, draws)
        self.largest_batch = batch_size
        return memory.remark(self.game, batch_size, draws)

    # --- directory --------------------------------------------------------------------

    def _open_directory(self):
        check_apart(self.plan.run_dir, self.data.source)
        self.directory = RunDirectory(self.plan.run_dir)
        self._check_room_on_disk()
        settings = settings_of(self.game, {"batch_size": self.data.batch_size,
                                           "flip": self.plan.flip, "balanced": self.plan.balanced,
                                           "data": self.data.description})
        self.notes += self.directory.open(self.plan.resume, settings, defaults_of(self.game),
                                          self.plan.changeable, self.data.source)
        if self.plan.resume:
            self._go_on()

    def _go_on(self):
        game, steps = self.game, self.plan.steps
        try:
            step, self.history, remarks = self.directory.restore(game)
            if step is None and game.turns:
                raise ValueError(" ".join([*remarks, f"But this model isn't new: it has played "
                                           f"{game.turns} turns. Make a new one to begin again."]))
            if steps < (step or 0):
                raise ValueError(f"steps is the length of the whole run. Received: steps={steps}; "
                                 f"the run in {self.directory} has played {step} already. It is as "
                                 "it was.")
            self.directory.change_plan(self.plan.changeable)
        except BaseException:
            self.directory.close()
            raise
        self.step = step or 0
        self.saved = (self.step, game.turns)
        self.notes += remarks

    def _check_room_on_disk(self):
        """Raise `OSError` if the disk has no room for the checkpoints that are kept."""
        if self.plan.if_write_fails == "go_on":
            return
        of_all = math.ceil(self.plan.steps / self.plan.checkpoint_interval)
        at_once = min(self.plan.keep_last, of_all)
        there = len(checkpoint.steps_in(self.directory.checkpoints))
        needed = max(1, at_once + 2 - there) * memory.state(self.game)
        if self.directory.room < needed:
            raise OSError(f"{self.directory} lies on a disk with "
                          f"{memory.readable(self.directory.room)} of room. {at_once} checkpoints, "
                          f"the next one and the model need {memory.readable(needed)}. Make room, "
                          "choose another run_dir, or keep fewer (keep_last=1).")

    @contextlib.contextmanager
    def _writing(self, what):
        """If `what` can't be written: stop, or say so and go on, as the plan says."""
        try:
            yield
        except OSError as error:
            whole = checkpoint.steps_in(self.directory.checkpoints)
            why = error.strerror or str(error).splitlines()[0]
            message = (f"step {self.step}: {what} could not be written into {self.directory} "
                       f"({why}; {memory.readable(self.directory.room)} of room there). "
                       + (f"{whole[-1]} is whole." if whole else "There is no checkpoint yet."))
            if self.plan.if_write_fails == "stop":
                raise OSError(f"{message} Training has stopped; make room, and go on with "
                              "resume=True (--resume).") from error
            self.progress.say(f"{message} Training goes on (if_write_fails='go_on').")

    # --- while it goes ----------------------------------------------------------------

    def __enter__(self):
        try:
            self._begin()
        except BaseException:                    # Ctrl-C, say
            self.__exit__(*sys.exc_info())
            raise
        return self

    def _begin(self):
        self.game.meet(self.data)
        self.game.in_a_run = True
        self.progress.__enter__()
        for note in self.notes:
            self.progress.say(note)
        if self.directory is not None and self.step < self.plan.steps:
            self.progress.say(f"A sheet of samples every {self.plan.sample_interval:,} steps, "
                              f"and at the end: {self.directory.sheet(0).parent}", whole=True)
        self.signals.__enter__()

    @property
    def ended(self):
        """Whether the last step is played, the time is up, or somebody has asked for an
        end."""
        return (self.step >= self.plan.steps or self.time_is_up
                or self.signals.received is not None)

    def batches(self):
        """The batches of the turns to come, until the last step or Ctrl-C."""
        if self.step >= self.plan.steps:
            self.progress.say(f"The run has its {self.plan.steps} steps already; nothing left to "
                              "train.")
            return
        if self.step == 0:
            self.save_samples()
        while not self.ended:
            self.went_back = False
            start = self.game.turns if self.data.by_turns else self.step
            batches = self.data.batches.from_batch(start)
            try:
                for batch in self._waited_for(batches):
                    yield batch
                    if self.ended or self.went_back:
                        break
            except Exception:                    # of the data: the turns before it are whole
                if self.step:
                    self.save_checkpoint()
                raise
            batches.close()
            if not self.went_back:
                self.save_checkpoint()           # the last one; what it finds may make it go back

    def _waited_for(self, batches):
        """The batches, with a look at the clock, and at the size of a stream's."""
        while True:
            asked = time.perf_counter()
            batch = next(batches)
            if not self.data.batch_size:
                self._look_at(batch)
            self.began = time.perf_counter()
            self.waited += self.began - asked
            yield batch

    def _look_at(self, batch):
        samples = batch[0]
        if not self.played:
            for remark in remarks_of(self.game, samples):
                self.progress.say(remark)
        if len(samples) > self.largest_batch * self.game.k:
            for remark in self._fits(len(samples) // self.game.k):
                self.progress.say(remark)

    def say(self, text):
        """Say something about the step that comes."""
        self.progress.say(f"step {self.step + 1:,}: {text}")

    def log(self, logs):
        """Note the numbers of a finished turn."""
        self.step += 1
        self.signals.nothing_to_lose = False
        self.played.append(time.perf_counter() - self.began)
        self.logs = logs
        self.history["step"].append(self.step)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
        self.progress.update(self.step, logs)
        for remark in self.referee.watch(self.step, logs):
            self.progress.say(remark)
        minutes = self.plan.minutes
        if minutes is not None and time.monotonic() - self.began_run >= 60 * minutes:
            self.time_is_up = True
            self.progress.say(f"minutes={minutes:g}: the time is up.")
        if not all(map(math.isfinite, logs.values())):
            self._diverged(f"{type(self.game).__name__}: at step {self.step} the numbers are no "
                           f"longer finite: {readable(logs)}.")

    def _diverged(self, what):
        """The weights are lost: go back to a checkpoint, or stop, as the plan says."""
        what += f" Likely causes: {LIKELY_CAUSES}."
        if self.plan.if_not_finite == "stop":
            raise FloatingPointError(f"{what} Nothing was saved after the last checkpoint; what "
                                     "was saved before is whole.")
        self.times_back += 1
        if self.times_back > TIMES_BACK:
            raise FloatingPointError(f"{what} This is the same after going back {TIMES_BACK} "
                                     "times; what was saved before is whole.")
        turns = self.game.turns
        # To one of the plan's: where somebody stopped this run must not matter
        step, history, remarks = self.directory.restore(self.game, self.plan.checkpoint_interval)
        if step is None:
            raise FloatingPointError(f"{what} There is no checkpoint to go back to. "
                                     "checkpoint_interval says when there is one.")
        self.game.turns = turns       # other random numbers and batches than those that led astray
        self.step, self.history, self.logs = step, history, {}
        self.went_back, self.back_to = True, step
        self.referee = Referee(self.game)
        for text in (what, *remarks,
                     f"Gone back to step {step} (if_not_finite='go_back'); the turns after it are "
                     "played with other noise, and other batches of an array."):
            self.progress.say(text)

    def save_samples(self):
        """Write `samples/step_000500.png`, always from the same inputs."""
        if self.logs:
            self.progress.milestone(self.step, self.logs)
        if self.directory is not None:
            with self._writing("the sample sheet"):
                self.directory.write_history(self.history)
                self.game.write_samples(self.directory.sheet(self.step))

    def save_checkpoint(self):
        """Save the model as `checkpoints/step_000500` and drop the oldest."""
        if self.directory is None or self.saved == (self.step, self.game.turns):
            return
        try:
            with self._writing("a checkpoint"):
                self.directory.save_checkpoint(self.game, self.step, self.history,
                                               self.plan.keep_last, self.plan.keep_every)
                self.saved = (self.step, self.game.turns)
        except FloatingPointError as error:
            self._diverged(f"At step {self.step}: {error}")
        else:
            self.times_back = 0 if self.step > self.back_to else self.times_back

    # --- at the end -------------------------------------------------------------------

    def __exit__(self, kind, error, _):
        try:
            if isinstance(error, OUT_OF_MEMORY) and not isinstance(error, memory.DoesNotFit):
                size = self.data.batch_size or self.largest_batch
                raise MemoryError(f"A turn did not fit into memory at step {self.step + 1}: "
                                  f"{memory.explanation(self.game, size)} Use smaller batches, of "
                                  "half the size say, or smaller networks.") from error
            if isinstance(error, KeyboardInterrupt):
                error.args = (self._stopped_at_once(),)    # what the traceback ends with
            elif self.played:
                self.progress.say(self.speed)
            news = self.logs or (self.directory is not None and not self.directory.has_results)
            if kind is None and self.directory is not None and self.step and news:
                self._write_results()
        finally:
            self.game.in_a_run = False
            self.progress.__exit__()
            if self.directory is not None:
                self.directory.close()
            self.signals.__exit__()
        if kind is None:
            self.signals.obey()

    def _write_results(self):
        directory = self.directory
        with self._writing("the model"):
            self.game.save(directory.path / "model")
        if not directory.sheet(self.step).exists():
            self.save_samples()
        with self._writing("a picture"):
            drawing.write_losses(directory.path / "losses.png", self.history,
                                 self.game.undecided_loss)
            self.game.write_beside_real(directory.samples / "real_vs_generated.png",
                                        self.data.first(25))
            drawing.write_film(directory.film, checkpoint.steps_in(directory.samples, ".png"))
        if self.progress.live:                               # the bar goes
            self.progress.say(readable(self.logs))
        done = "Finished" if self.step >= self.plan.steps else "Stopped"
        self.progress.say(f"{done} at step {self.step}. Pictures, film, losses and model are in "
                          f"{directory}. Open:\n  {directory.samples / 'real_vs_generated.png'}\n"
                          "Next:", whole=True)
        for command in self._next_commands():
            self.progress.say(f"  {command}", whole=True)

    def _next_commands(self):
        """What people can do with the run: lines of a shell, or of Python."""
        game, run = self.game, str(self.directory)
        name, translates = type(game).__name__, list(game.takes) == ["a", "b"]
        steps = self.plan.steps if self.step < self.plan.steps else 2 * self.plan.steps
        length = {"steps": steps} if steps < NO_END else {}  # else resume asks for the same again
        if self.time_is_up:
            length["minutes"] = f"{self.plan.minutes:g}"
        in_python = ", ".join(["...", *(f"{word}={number}" for word, number in length.items()),
                               f"run_dir={run!r}", "resume=True"])
        in_python = f"{name}(...).train({in_python})"
        if not is_of_this_package(type(game)):               # the command doesn't know the class
            return [f"{name}.load({run!r})." + ("translate(images)" if translates
                                                else "generate(25)"), in_python]
        look = f"keras-gan sample {in_a_shell(run)}"
        if translates:
            look = f"keras-gan translate {in_a_shell(run)} --data FOLDER --out FOLDER"
        known = game.makes_its_data or self.data.source
        flags = "".join(f" --{word} {number}" for word, number in length.items())
        return [look, f"keras-gan resume {in_a_shell(run)}{flags}" if known else in_python]

    def _stopped_at_once(self):
        """A line: where Ctrl-C has ended the run, and what of it is there."""
        begin = f"stopped at once, at step {self.step}."
        if self.directory is None:
            return f"{begin} Nothing was written: there is no run_dir."
        whole = checkpoint.steps_in(self.directory.checkpoints)
        if not whole:
            return f"{begin} There is no checkpoint yet."
        return (f"{begin} The last checkpoint is {whole[-1]}. "
                f"Go on: {self._next_commands()[-1]}")

    @property
    def speed(self):
        """A line: how long the turns took, and how long they waited for data."""
        first, *others = self.played
        each = ""
        if others:
            each = f"; the others {1000 * statistics.median(others):.3g} ms each (median)"
        share = self.waited / (self.waited + sum(self.played))
        return (f"Turns: {len(self.played)}. The first, with all that is compiled, took "
                f"{first:.1f} s{each}. {share:.1%} of the time was waiting for data.")


def is_of_this_package(kind):
    """Whether a class stands in a file of this package; also where that file is run, in
    `__main__`."""
    file = getattr(sys.modules.get(kind.__module__), "__file__", None) or ""
    folder = Path(file).resolve().parent
    return folder.name == "keras_gan" and (folder / "papers.py").is_file()


def settings_of(game, training=None):
    """What a resume must not change, as JSON can hold it: see `RunDirectory.check`."""
    settings = {"model": type(game).__name__, "parameters": game.get_config()}
    if training is not None:
        settings["training"] = training
    return json.loads(json.dumps(settings))


def defaults_of(game):
    """What an argument was in a run that doesn't know it, as JSON holds it: it is newer
    than the run."""
    fields = type(game).__dataclass_fields__.items()
    defaults = {name: field.default for name, field in fields}
    return {"balanced": False, **{name: list(value) if isinstance(value, tuple) else value
                                  for name, value in defaults.items()}}
