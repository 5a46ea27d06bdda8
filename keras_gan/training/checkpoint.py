"""A saved model is a folder. No pickle, no code.

- `config.json`: the class, its arguments, and what else is not an array;
- `NAME.weights.h5` of each network and average, as Keras writes and reads it;
- `NAME.npz`, the numbers of each optimizer and of each layer that keeps something;
- `SHA256SUMS`.
"""
import contextlib
import hashlib
import json
import os
import re
import warnings
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

from data_loaders.whole import reserve, there, whole_folder
from keras_gan.training import memory

# 1, of keras_gan 0.1: config.json has no "format", and each optimizer lies in the file
# of the network that it trains
FORMAT = 2
# What a saved model consists of
OURS = re.compile(r"config\.json|SHA256SUMS|history\.csv|\w+\.weights\.h5|\w+\.npz")
STEP = re.compile(r"step_(\d+)")
NO_FOLDER = (".keras", ".h5", ".hdf5", ".zip", ".npz")       # how names of files end
LEARNING_RATES = {"learning_rate", "generator_learning_rate", "half_life", "rest_at"}
SUMS = "SHA256SUMS"           # `sha256sum --check SHA256SUMS` understands it too


def save(game, path, others=None):
    """Write a model beside its place and move it there.

    So `path` is always a whole model or absent.

    Args:
        game: the model.
        path: folder; a model that was saved there before is replaced.
        others: dict of bytes, more files to put into the folder, by name.

    Raises:
        FileExistsError: if `path` is something else than a saved model.
        FloatingPointError: if a weight, or a number of an optimizer, is not finite.
        OSError: if it can't be written. What was at `path` before is there still.
        ValueError: if `path` is named like a file.
    """
    path = Path(os.path.abspath(path))
    if path.suffix.lower() in NO_FOLDER:
        name = next(iter(game.shows), "generator")
        raise ValueError("A saved model is a folder, with a file for each network: save('model'). "
                         f"A file of one network is made by gan.{name}.save('{name}.keras'). "
                         f"Received: path={path.name!r}")
    if path.exists() and not _is_ours(path):
        raise FileExistsError(f"{path} exists and is not a saved model. Nothing was written; "
                              "choose another folder.")
    check_finite(game)
    config = {"format": FORMAT, "model": type(game).__name__, "parameters": game.get_config(),
              "turns": game.turns, "class_names": list(game.class_names),
              "random_state": [keras.ops.convert_to_numpy(v).tolist() for v in _seeds(game)]}
    with whole_folder(path) as beside:
        reserve(beside, int(1.1 * memory.state(game)) + 2 ** 20)      # HDF5 crashes on a full disk
        (beside / "config.json").write_bytes(json.dumps(config, indent=2).encode())
        for name, data in (others or {}).items():
            (beside / name).write_bytes(data)
        for name, network in _networks(game).items():
            _alone(network).save_weights(beside / f"{name}.weights.h5")
        for name, part in _other_parts(game).items():
            store = {}
            part.save_own_variables(store)
            np.savez(beside / f"{name}.npz", **store)
        _write_sums(beside)


def _is_ours(path):
    """Whether at a path is a saved model, or an empty folder, and nothing else."""
    if not path.is_dir():
        return False
    names = [p.name for p in path.iterdir()]
    return all(map(OURS.fullmatch, names)) and (not names or "config.json" in names)


def _networks(game):
    """What is saved as a network, by name."""
    return {**game.players, **game.averages}


def _other_parts(game):
    """What is saved as arrays, by name: optimizers by the model that they train."""
    return {**{f"{name}_optimizer": optimizer for name, optimizer in game.optimizers.items()},
            **{name: getattr(game, name) for name in game.keeps}}


def _alone(network):
    """The network without what trains it: a view of the same layers."""
    return keras.Model(network.inputs, network.outputs)


def check_finite(game):
    """Raise `FloatingPointError` if a number of the model is not finite."""
    for name, part in game.parts.items():
        for variable in part.variables:
            if not np.isfinite(keras.ops.convert_to_numpy(variable)).all():
                raise FloatingPointError(f"{type(game).__name__}: {variable.path} of the {name} is "
                                         "no longer finite, so this model is not saved.")


def _write_sums(folder):
    """Put every file of a new folder on the disk itself, and write down its SHA-256."""
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
        raise ValueError(f"{path} has no {SUMS}: it was not written by save, or not to its end."
                         ) from None
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
    """What is named `step_000500` in a folder, in the order of the numbers.

    Folders, or with `suffix=".png"` the files `step_000500.png`.
    """
    found = {path: STEP.fullmatch(path.name.removesuffix(suffix))
             for path in folder.glob(f"step_*{suffix}") if path.is_dir() != bool(suffix)}
    return sorted((path for path, match in found.items() if match),
                  key=lambda path: int(found[path][1]))


def check_format(config, newest, file):
    """Raise `ValueError` if a newer version wrote `config`: its "format" is larger."""
    number = config.get("format", 1)
    if not isinstance(number, int) or not 1 <= number <= newest:
        raise ValueError(f"{file} is of format {number}, and this version of keras_gan reads "
                         f"formats up to {newest}. A newer version has written it: pip install "
                         "--upgrade keras-gan.")


def read_config(path):
    """The `config.json` of a saved model.

    `{"format": 2, "model": class name, "parameters": {...}, "turns": int,
    "class_names": [...], "random_state": [...]}`
    """
    file = Path(path) / "config.json"
    if not file.is_file():
        raise FileNotFoundError(f"No saved model at {path}: there is no {file}. gan.save(path) "
                                "makes one; in a run directory it is the folder model/ or one "
                                "below checkpoints/.")
    if (file.parent / "checkpoints").is_dir():
        raise ValueError(f"{path} is a run directory. Its model is {file.parent / 'model'}; "
                         f"keras-gan resume {path} goes on with the run.")
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
        kinds = {"model": str, "parameters": dict, "turns": int, "random_state": list,
                 "class_names": list}
        wrong = [name for name, kind in kinds.items() if not isinstance(config[name], kind)]
        if wrong or config["turns"] < 0:
            raise ValueError(f"{', '.join(wrong) or 'turns'}")
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{file} is not the config.json of a saved model ({error!r}).") from error
    check_format(config, FORMAT, file)
    return config


def model_in(path):
    """The folder of the saved model that is meant by a path.

    Of a run directory, that is its newest whole one: its `model/`, or a checkpoint.
    Others that are damaged are warned about.

    Raises:
        ValueError: if it is a file, or a run that has no whole model yet.
    """
    path = _there(path)
    if path.is_file():
        raise ValueError(f"{path} is a file, and a saved model is a folder. A file of one network "
                         "(.keras, .h5) Keras itself reads; import keras_gan.layers before, for "
                         "the layers of this house.")
    checkpoints = path / "checkpoints"
    if not checkpoints.is_dir():
        return path
    saved, damage = {}, []
    for folder in (_there(path / "model"), *steps_in(checkpoints)[::-1]):
        with contextlib.suppress(FileNotFoundError):                   # there may be no model yet
            try:
                saved[folder] = read_config(folder)["turns"]
            except ValueError as error:
                damage.append(str(error))
    # Of one that is there twice the first one is taken, the model
    for folder in sorted(saved, key=saved.get, reverse=True):
        try:
            verify(folder)
        except (ValueError, OSError) as error:
            damage.append(str(error))
            continue
        for text in damage:
            warnings.warn(f"{text} {folder} is used.", stacklevel=4)
        return folder
    raise ValueError(" ".join([f"{path} is a run directory, and has no model and no checkpoint yet"
                               f"{' that is whole' * bool(damage)}. checkpoint_interval "
                               "(--checkpoint-interval) says when it gets one.", *damage]))


def _there(path):
    """A path as somebody wrote it, unless what was there lies aside."""
    return Path(path) if Path(path).exists() else there(path)


def load(cls, path, changes=()):
    """Build a model of class `cls` from the parameters and weights at `path`.

    `changes`: dict of parameters that are others than there.
    """
    path, changes = model_in(path), dict(changes)
    config = read_config(path)
    if config["model"] != cls.__name__:
        raise ValueError(f"{path} holds a {config['model']}, not a {cls.__name__}. Load it with "
                         f"{config['model']}.load(...).")
    verify(path)
    changed = cls.changed(config["parameters"], changes)
    try:
        game = cls(**changed)
    except TypeError as error:
        raise ValueError(f"The parameters in {Path(path) / 'config.json'} are not those of "
                         f"{cls.__name__}: {error}") from error
    try:
        _assign(game, path, config, changes)
    except ValueError as error:
        if not changes:
            raise
        those = ", ".join(f"{name}={value!r}" for name, value in changes.items())
        raise ValueError(f"The weights of the saved {cls.__name__} don't fit a model with {those}: "
                         f"what changes the networks can't change in a saved model. ({error})"
                         ) from error
    return game


def load_state(game, path):
    """Give a model the state and turns of the model at `path`, which is verified."""
    config = read_config(path)
    verify(path)
    _assign(game, path, config)


def _assign(game, path, config, changes=()):
    path = Path(path)
    seeds = _seeds(game, config.get("format", 1))
    states = [np.asarray(state) for state in config["random_state"]]
    fits = [v.shape for v in seeds] == [state.shape for state in states]
    if not fits or not all(s.dtype.kind in "iu" and (s >= 0).all() for s in states):
        raise ValueError(f"{path} is of another network: it holds the random states "
                         f"{config['random_state']}, this model has {len(seeds)} of them.")
    for name, network in _networks(game).items():
        file = path / f"{name}.weights.h5"
        if "ema_momentum" in changes and name in game.averages and not file.exists():
            network.set_weights(getattr(game, name.removesuffix("_ema")).get_weights())
            continue                              # an average that begins now
        try:
            with warnings.catch_warnings(action="error", category=UserWarning):
                _alone(network).load_weights(file)
        except (OSError, KeyError, ValueError, UserWarning) as error:
            raise ValueError(f"{file} can't be loaded; it is missing, or of another network: "
                             f"{error}") from error
    read = _read_arrays if config.get("format", 1) > 1 else _read_arrays_of_format_1
    for name, part in _other_parts(game).items():
        file, store = read(game, path, name)
        now = {}
        part.save_own_variables(now)
        if isinstance(part, keras.optimizers.Optimizer) and LEARNING_RATES & set(changes):
            store = _with_rate_of_now(part, store, now)
        shapes = {key: np.shape(array) for key, array in now.items()}
        if {key: array.shape for key, array in store.items()} != shapes:
            raise ValueError(f"{file} can't be loaded: its arrays are not those of this "
                             f"{type(game).__name__}. (Optimizers have others under "
                             "keras.config.set_dtype_policy('mixed_float16'): a model is loaded "
                             "under the policy under which it was saved.)")
        # A .npz file holds bfloat16 as bytes of no type
        part.load_own_variables({key: array.view(np.asarray(now[key]).dtype)
                                 if array.dtype.kind == "V" else array
                                 for key, array in store.items()})
    for seed, state in zip(seeds, states):
        seed.assign(state)
    game.turns, game.class_names = config["turns"], config["class_names"]


def _with_rate_of_now(optimizer, store, now):
    """The arrays of an optimizer, with the learning rate that it has now.

    A constant rate is one of the variables, behind the number of steps. One that falls
    is none.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)      # of a LossScaleOptimizer
    place = next(i for i, v in enumerate(optimizer.variables) if v is inner.iterations) + 1
    is_variable = any(v is inner._learning_rate for v in optimizer.variables)
    arrays = [store[str(i)] for i in range(len(store))]
    if is_variable + len(store) - len(now) == 1:                  # it was a variable
        del arrays[place]
    if is_variable:
        arrays.insert(place, now[str(place)])
    return {str(i): array for i, array in enumerate(arrays)}


def _read_arrays(game, path, name):
    file = path / f"{name}.npz"
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return file, dict(arrays)
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{file} can't be loaded: {error}") from error


def _read_arrays_of_format_1(game, path, name):
    """There an optimizer lay in the file of the network that it trains."""
    network = game.trains[name.removesuffix("_optimizer")][0]
    file = path / f"{network}.weights.h5"
    with h5py.File(file) as opened:
        arrays = opened.get("optimizer/vars", {})
        return file, {key: np.array(value) for key, value in arrays.items()}


def _seeds(game, number=FORMAT):
    """The states of random number generators: Dropout's, say.

    Keras leaves them out of weight files. In format 1 the generator's came first.
    """
    parts = {**_networks(game), **{name: getattr(game, name) for name in game.keeps}}
    if number == 1:
        parts = {"generator": parts["generator"], **parts}
    weights = {id(v) for part in parts.values() for v in part.weights}
    return [v for part in parts.values() for v in part.variables if id(v) not in weights]
