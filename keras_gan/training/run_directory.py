"""The directory of a training run.

One process at a time writes in it, and every file in it is whole.
"""
import csv
import io
import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import filelock
import keras
import numpy as np

from data_loaders.names import find_splits, in_order
from data_loaders.whole import discard, tidy_up, write_whole
from keras_gan.backend.one_graph import backend_version
from keras_gan.training import checkpoint

# A file that stays; the operating system takes the lock from a process that dies
LOCK = ".lock"
MOST_NAMED = 6                # runs, where none was found at the path that was given
OF_FIRST_MOMENTS = (LOCK, ".config.json.new")      # all that there is before there is a run
OF_SHEETS = {"bands"}         # parameters that a resume may change: they change no number
FORMAT = 2                    # of config.json; 1, of keras_gan 0.1, is the same without this number


def in_a_shell(path):
    """A path as a word of a command that people copy into a shell."""
    return shlex.quote(str(path)) if os.name == "posix" else subprocess.list2cmdline([str(path)])


def is_run(path):
    """Whether a folder looks like the directory of a run."""
    return (path / "config.json").is_file() and (path / "checkpoints").is_dir()


def no_run(path):
    """That there is no run at a path, in words, and where there are some."""
    path = Path(path)
    near = [path.resolve().parent, path.resolve().parent.parent]
    for folder in near:
        if is_run(folder):
            return f"{path} is a part of the run in {folder}. Give that folder."
    if (path / "config.json").is_file():
        return f"{path} is no run, but a saved model: its run isn't with it."
    runs = {run for place in (path, Path(), Path("runs")) if place.is_dir()
            for run in place.iterdir() if run.is_dir() and is_run(run)}
    runs = sorted(runs, key=lambda run: (run / "config.json").stat().st_mtime)[::-1]
    there = [str(run) for run in runs[:MOST_NAMED]]
    if len(runs) > len(there):
        there.append("...")
    return (f"{path} is no run" + ("." if path.is_dir() else ": there is no such folder.")
            + (f" Runs here: {', '.join(there)}" if there else
               " There are no runs here. keras-gan train dcgan begins one."))


def check_apart(run_dir, source):
    """Raise `ValueError` if a new run would write its pictures among its data.

    Args:
        run_dir: path of the run directory.
        source: dict, what loads the data again (see `RunDirectory.open`), or None.
    """
    if (Path(run_dir) / "config.json").exists():
        return                                   # a resume compares the data themselves
    inside = Path(run_dir).resolve()
    for name in ("source", "a", "b"):
        data = (source or {}).get(name)
        if isinstance(data, str) and Path(data).is_dir() and (
                Path(data).resolve() in (inside, *inside.parents)):
            raise ValueError(
                f"The run directory {run_dir} lies in the folder of the data, {data}: the run's "
                "pictures would become data. Nothing was written; choose another one "
                f"(--run-dir {Path(data).resolve().parent / 'run'}).")


class RunDirectory:
    """`config.json`, `history.csv`, `samples/`, `checkpoints/`.

    At the end there are `model/`, `losses.png` and `film.gif` too. A checkpoint
    `checkpoints/step_000500` is a saved model (see `keras_gan.training.checkpoint`)
    with the history up to that step.

    Args:
        path: of the directory. Nothing is written before `open`.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.samples, self.checkpoints = self.path / "samples", self.path / "checkpoints"
        self.film = self.path / "film.gif"                # the last thing that a run writes
        self._config = self.path / "config.json"          # a directory that has it holds a run
        self._lock = filelock.FileLock(self.path / LOCK)

    def __str__(self):
        return str(self.path)

    @property
    def has_results(self):
        """Whether the film, which a run writes last, is newer than all checkpoints."""
        newest = checkpoint.steps_in(self.checkpoints)[-1:]
        return self.film.exists() and all(self.film.stat().st_mtime >= path.stat().st_mtime
                                          for path in newest)

    @property
    def room(self):
        """Bytes that are free on the disk of the directory."""
        folders = (self.path, *self.path.resolve().parents)
        return shutil.disk_usage(next(p for p in folders if p.exists())).free

    # --- may this run live here? ------------------------------------------------------

    def check(self, resume, settings, defaults=()):
        """Raise unless a run with these settings may begin or go on in here.

        Writes nothing but the lock.

        Args:
            resume: bool, whether it is to go on.
            settings: dict of `"model"`, a class name, and dicts `"parameters"`, of its
                constructor, and `"training"`, of `train`. A part that isn't given isn't
                compared.
            defaults: dict, what a parameter was that the run doesn't know, because it
                is newer than the run.

        Raises:
            FileExistsError: if the directory is no run directory, or holds a run and
                `resume` is False, or if another process trains in it.
            ValueError: if the run in here has other settings; the message lists the
                differences. Also if a newer version has begun it.
        """
        if not self._config.exists():
            if self.path.exists() and not self._is_empty:
                raise FileExistsError(f"{self} exists and is not a run directory. Nothing was "
                                      "written; choose another run_dir.")
            return
        if not resume:
            raise FileExistsError(f"{self} holds a run already. Nothing was written. Go on with "
                                  "that run with resume=True (--resume), or choose another "
                                  "run_dir.")
        saved, differences = self.read_config(), []
        if saved["model"] != settings["model"]:
            differences.append(f"model: the run has {saved['model']}, this is {settings['model']}")
        for part in settings.keys() & {"parameters", "training"}:
            old, new = {**dict(defaults), **saved[part]}, settings[part]
            differences += [f"{name}: the run has {old.get(name)!r}, given was {new.get(name)!r}"
                            for name in sorted(saved[part].keys() | new.keys())
                            if old.get(name) != new.get(name) and name not in OF_SHEETS]
            differences += hints(saved.get("source"), old.get("data"), new.get("data"))
        if differences:
            raise ValueError("\n  ".join([f"The run in {self} can't be resumed with other "
                                          "parameters:", *differences]))
        self._take()                                          # only to know whether it can be had
        self.close()

    @property
    def _is_empty(self):
        """Whether no more is there than what a process writes in its first moments."""
        return self.path.is_dir() and all(p.name in OF_FIRST_MOMENTS for p in self.path.iterdir())

    def read_config(self):
        """What `config.json` says.

        Returns:
            dict of `"model"`, `"parameters"`, `"training"`, `"plan"`, `"source"` and
            `"versions"`; also `"format"`, unless keras_gan 0.1 wrote it.

        Raises:
            FileNotFoundError: if there is no run here.
            ValueError: if it isn't what was written, or if a newer version wrote it.
        """
        try:
            config = json.loads(self._config.read_text(encoding="utf-8"))
            parts = [config[part] for part in ("parameters", "training", "plan")]
            if not isinstance(config["model"], str) or not all(isinstance(p, dict) for p in parts):
                raise ValueError("a part of it is missing")
        except FileNotFoundError:
            raise FileNotFoundError(no_run(self.path)) from None
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise ValueError(f"{self._config} is not the config.json of a run ({error!r})."
                             ) from error
        checkpoint.check_format(config, FORMAT, self._config)
        return config

    # --- begin, and end ---------------------------------------------------------------

    def open(self, resume, settings, defaults, plan, source):
        """Take the directory for this process; begin a run in it, or go on with one.

        Args:
            resume, settings, defaults: as for `check`.
            plan: dict, the arguments of `train` that a resume may change, of a run that
                begins.
            source: dict, the arguments of the function that loads the data again; None
                if nobody knows them.

        Returns:
            list of str: remarks.

        Raises:
            FileExistsError, ValueError: as for `check`.
        """
        self.check(resume, settings, defaults)
        self.path.mkdir(parents=True, exist_ok=True)
        self._take()
        versions = {"keras": keras.__version__, "backend": backend_version(),
                    "numpy": np.__version__}
        remarks = []
        try:
            if self._config.exists():
                self.check(resume, settings, defaults)       # again: it may be a moment old
                saved = self.read_config()
                # Until `change_plan`: the new plan may have too few steps
                plan = saved["plan"]
                source = source or saved.get("source")
                if saved.get("versions") != versions:
                    remarks.append(f"The run was begun with {saved.get('versions')}, this is "
                                   f"{versions}: it goes on, but perhaps not bit for bit.")
                versions = saved.get("versions")
            self._write_json(self._config, {"format": FORMAT, **settings, "plan": plan,
                                            "source": source, "versions": versions})
            for folder in (self.samples, self.checkpoints):
                folder.mkdir(exist_ok=True)
            tidy_up(self.path)
            tidy_up(self.checkpoints)
        except BaseException:
            self.close()
            raise
        return remarks

    def change_plan(self, plan):
        """Note the arguments of `train` that the run goes on with."""
        self._write_json(self._config, {**self.read_config(), "plan": plan})

    def _take(self):
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            raise FileExistsError(f"{self} is in use: another process trains in it. Wait for it, "
                                  "or choose another run_dir.") from None

    def close(self):
        """Let other processes train in here again."""
        self._lock.release()

    @staticmethod
    def _write_json(path, content):
        write_whole(path, json.dumps(content, indent=2).encode())

    # --- checkpoints and history ------------------------------------------------------

    def restore(self, game, interval=1):
        """Give a model the newest whole checkpoint.

        A damaged one is moved aside, under the name `damaged-step_000500`.

        Args:
            game: the model.
            interval: int, of steps; only checkpoints of its multiples are looked at.

        Returns:
            step, int; history up to that step, dict of lists; and remarks, list of str.
            Where there is no whole checkpoint, step is None.

        Raises:
            ValueError: if checkpoints are whole, but of another network.
        """
        remarks = []
        for folder in reversed(checkpoint.steps_in(self.checkpoints)):
            step = int(folder.name.removeprefix("step_"))
            if step % interval:
                continue
            try:
                checkpoint.verify(folder)
                history = self._read_history(folder / "history.csv", step)
            except (ValueError, OSError) as damage:
                remarks.append(f"{damage} {self._move_aside(folder)}")
                continue
            checkpoint.load_state(game, folder)
            return step, history, [*remarks, f"Resumed from {folder} at step {step}."]
        remarks.append(f"No whole checkpoint in {self} yet: starting at step 0.")
        return None, {"step": []}, remarks

    @staticmethod
    def _move_aside(folder):
        aside = folder.with_name(f"damaged-{folder.name}")
        try:
            shutil.rmtree(aside, ignore_errors=True)
            folder.rename(aside)
        except OSError as error:
            return f"It can't be moved aside ({error.strerror}); the checkpoint before it is used."
        return f"It now lies in {aside}, and the checkpoint before it is used."

    @staticmethod
    def _read_history(path, step):
        try:
            with path.open(newline="", encoding="utf-8") as file:
                names, *rows = csv.reader(file)
            columns = zip(*rows, strict=True)
            history = {name: [int(v) if name == "step" else float(v) for v in column]
                       for name, column in zip(names, columns, strict=True)}
        except (OSError, ValueError) as error:
            raise ValueError(f"{path.parent} is damaged: its history can't be read ({error})."
                             ) from error
        if history.get("step") != list(range(1, step + 1)):
            raise ValueError(f"{path.parent} is damaged: its history isn't that of {step} steps.")
        return history

    def write_history(self, history):
        """Write `history.csv`, a row a step; returns its bytes."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(history)
        writer.writerows(zip(*history.values()))
        data = text.getvalue().encode()
        write_whole(self.path / "history.csv", data)
        return data

    def save_checkpoint(self, game, step, history, keep_last, keep_every):
        """Save `checkpoints/step_000500`, then delete old checkpoints.

        The last `keep_last` of them stay, and those of every `keep_every` steps.
        """
        checkpoint.save(game, self.checkpoint(step), {"history.csv": self.write_history(history)})
        for old in checkpoint.steps_in(self.checkpoints)[:-keep_last]:
            if not keep_every or int(old.name.removeprefix("step_")) % keep_every:
                discard(old)

    def checkpoint(self, step):
        """Path of the checkpoint of a step."""
        return self.checkpoints / f"step_{step:06d}"

    def sheet(self, step):
        """Path of the sample sheet of a step."""
        return self.samples / f"step_{step:06d}.png"


def hints(source, old, new):
    """What has changed since keras_gan 0.2 in how the folder of a run is read, if it
    matters for this one: list of str.

    Args:
        source: dict, the arguments of `load_data` that a run has noted; or None.
        old, new: dicts, what the run notes of its data, and what they are now; or None.
    """
    folder = Path(str((source or {}).get("source", "")))
    if not old or not new or not folder.is_absolute() or not folder.is_dir():
        return []
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    if old.get("images") != new.get("images"):
        # Both were read then, and more pictures than now
        both = old.get("images", 0) > new.get("images", 0) and find_splits(files)[0]
        return [] if not both else [
            "of a folder that holds train/ and test/, train/ alone is read since 0.3; "
            "load_data(..., split='all') reads both"]
    classes = {name.split("/")[0] for name in files if "/" in name}
    if old.get("labels") == new.get("labels") or in_order(classes) == sorted(classes):
        return []
    return ["classes 1, 2, 10 are numbered in this order since 0.3, and were in that of text: "
            "data.numbered_as(sorted(data.class_names)) gives them their old numbers"]
