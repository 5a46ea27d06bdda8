"""A saved model is a folder: `config.json`, one `.weights.h5` file for each network, and `SHA256SUMS`. No pickle, no code."""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import hashlib
import json
import os
import re
import warnings
from pathlib import Path

import keras
import numpy as np

from data_loaders.whole import reserve, there, whole_folder
from keras_gan.training import memory

OURS = re.compile(r"config\.json|SHA256SUMS|history\.csv|\w+\.weights\.h5")       # what a saved model consists of
STEP = re.compile(r"step_(\d+)")
SUMS = "SHA256SUMS"           # `sha256sum --check SHA256SUMS` understands it too


def save(gan, path, others=None):
    """Write a model beside its place and move it there, so that `path` is always a whole model or absent.

    Args:
        gan: the model.
        path: folder; a model that was saved there before is replaced.
        others: dict of bytes, more files to put into the folder, by name.

    Raises:
        FileExistsError: if `path` is something else than a saved model.
        FloatingPointError: if a weight, or a number of an optimizer, is not finite.
        OSError: if it can't be written. What was at `path` before is there still.
    """
    path = Path(os.path.abspath(path))
    if path.exists() and not (path.is_dir() and all(OURS.fullmatch(entry.name) for entry in path.iterdir())):
        raise FileExistsError(f"{path} exists and is not a saved model. Nothing was written; choose another folder.")
    check_finite(gan)
    config = {"model": type(gan).__name__, "parameters": gan.get_config(), "turns": gan.turns, "class_names": list(gan.class_names),
              "random_state": [keras.ops.convert_to_numpy(v).tolist() for v in _seeds(gan)]}
    with whole_folder(path) as beside:
        reserve(beside, int(1.1 * memory.players(gan)) + 2 ** 20)         # HDF5 crashes where a disk is full
        for name, data in {"config.json": json.dumps(config, indent=2).encode(), **(others or {})}.items():
            (beside / name).write_bytes(data)
        for name, network in gan.networks_to_save.items():                # the optimizers are saved with them
            network.save_weights(beside / f"{name}.weights.h5")
        _write_sums(beside)


def check_finite(gan):
    """Raise `FloatingPointError` if a weight of a network or a number of its optimizer is infinite or not a number."""
    for name, variables in gan.variables_to_save.items():
        for variable in variables:
            if not np.isfinite(keras.ops.convert_to_numpy(variable)).all():
                raise FloatingPointError(f"{type(gan).__name__}: {variable.path} of the {name} is no longer finite, so this model is not saved.")


def _write_sums(folder):
    """Have every file of a new folder on the disk itself, and write down its SHA-256."""
    lines = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
            os.fsync(file.fileno())
    with (folder / SUMS).open("w") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def verify(path):
    """Raise `ValueError` unless every file of a saved model is as it was written."""
    path = Path(path)
    try:
        lines = (path / SUMS).read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except FileNotFoundError:
        raise ValueError(f"{path} has no {SUMS}: it was not written by save, or not to its end.") from None
    except ValueError as error:
        raise ValueError(f"{path / SUMS} is damaged ({error}).") from None
    for name in ("config.json", *sums):
        file = path / Path(name).name                       # never outside of this folder
        if not file.is_file():
            raise ValueError(f"{path} is damaged: {name} is missing.")
        with file.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != sums.get(name):
                raise ValueError(f"{path} is damaged: {name} is not as it was saved.")


def steps_in(folder, suffix=""):
    """The folders `step_000500` in a folder, or the files `step_000500.png` with `suffix=".png"`, in the order of their numbers."""
    found = {path: STEP.fullmatch(path.name.removesuffix(suffix)) for path in folder.glob(f"step_*{suffix}") if path.is_dir() != bool(suffix)}
    return sorted((path for path, match in found.items() if match), key=lambda path: int(found[path][1]))


def read_config(path):
    """The `config.json` of a saved model: `{"model": class name, "parameters": {...}, "turns": int, "random_state": [...], "class_names": [...]}`."""
    file = Path(path) / "config.json"
    if not file.is_file():
        raise FileNotFoundError(f"No saved model at {path}: there is no {file}. "
                                "gan.save(path) makes one; in a run directory it is the folder model/ or one below checkpoints/.")
    if (file.parent / "checkpoints").is_dir():
        raise ValueError(f"{path} is a run directory. Its model is {file.parent / 'model'}; keras-gan resume {path} goes on with the run.")
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
        kinds = {"model": str, "parameters": dict, "turns": int, "random_state": list, "class_names": list}
        wrong = [name for name, kind in kinds.items() if not isinstance(config[name], kind)]
        if wrong or config["turns"] < 0:
            raise ValueError(f"{', '.join(wrong) or 'turns'}")
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{file} is not the config.json of a saved model ({error!r}).") from error
    return config


def load(cls, path):
    """Build a model of class `cls` from the parameters at `path` and give it the weights there."""
    path = there(path)
    config = read_config(path)
    if config["model"] != cls.__name__:
        raise ValueError(f"{path} holds a {config['model']}, not a {cls.__name__}. Load it with {config['model']}.load(...).")
    verify(path)
    try:
        gan = cls(**config["parameters"])
    except TypeError as error:
        raise ValueError(f"The parameters in {Path(path) / 'config.json'} are not those of {cls.__name__}: {error}") from error
    _assign(gan, path, config)
    return gan


def load_state(gan, path):
    """Give a model the weights, optimizer state and turn count of the model saved at `path`, which is verified first."""
    config = read_config(path)
    verify(path)
    _assign(gan, path, config)


def _assign(gan, path, config):
    seeds, states = _seeds(gan), [np.asarray(state) for state in config["random_state"]]
    if [v.shape for v in seeds] != [state.shape for state in states] or not all(state.dtype.kind in "iu" and (state >= 0).all() for state in states):
        raise ValueError(f"{path} is of another network: it holds the random states {config['random_state']}, this model has {len(seeds)} of them.")
    for name, network in gan.networks_to_save.items():
        file = Path(path) / f"{name}.weights.h5"
        try:
            with warnings.catch_warnings(action="error", category=UserWarning):         # Keras only warns of an optimizer that isn't there
                network.load_weights(file)
        except (OSError, KeyError, ValueError, UserWarning) as error:
            raise ValueError(f"{file} can't be loaded; it is missing, or of another network: {error}") from error
    for seed, state in zip(seeds, states):
        seed.assign(state)
    gan.turns, gan.class_names = config["turns"], config["class_names"]


def _seeds(gan):
    """The states of random number generators (Dropout's), which Keras leaves out of weight files."""
    networks = gan.networks_to_save.values()
    weights = {id(v) for network in networks for v in network.weights}
    return [v for network in networks for v in network.variables if id(v) not in weights]
