"""A saved model is a folder: `config.json` and one `.weights.h5` file for each network. No pickle, no code."""
from keras_gan import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import json
import os
import shutil
import tempfile
from pathlib import Path

import keras


def save(gan, path):
    """Write a model beside its place and move it there, so that `path` is always a whole model or absent."""
    path = Path(path)
    if path.exists() and not (path / "config.json").exists() and (path.is_file() or any(path.iterdir())):
        raise FileExistsError(f"{path} exists and is not a saved model. Nothing was written; choose another folder.")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        config = {"model": type(gan).__name__, "parameters": gan.get_config(), "turns": gan.turns, "class_names": list(gan.class_names),
                  "random_state": [keras.ops.convert_to_numpy(v).tolist() for v in _seeds(gan)]}
        (beside / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
        for name, network in gan.networks_to_save.items():                # the optimizers are saved with them
            network.save_weights(beside / f"{name}.weights.h5")
        beside.chmod(0o755)
        if path.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{path.name}.old.", dir=path.parent))
            os.replace(path, old)
            os.replace(beside, path)
            shutil.rmtree(old)
        else:
            os.replace(beside, path)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def steps_in(folder, pattern="step_*"):
    """The files or folders `step_000500` in a folder, in the order of their numbers."""
    return sorted(folder.glob(pattern), key=lambda path: int(path.stem.removeprefix("step_")))


def read_config(path):
    """The `config.json` of a saved model: `{"model": class name, "parameters": {...}, "turns": int, "random_state": [...]}`."""
    file = Path(path) / "config.json"
    if not file.is_file():
        raise FileNotFoundError(f"No saved model at {path}: there is no {file}. "
                                "gan.save(path) makes one; in a run directory it is the folder model/ or one below checkpoints/.")
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
        config["model"], config["parameters"], config["turns"], config["random_state"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{file} is not the config.json of a saved model ({error!r}).") from error
    return config


def load(cls, path):
    """Build a model of class `cls` from the parameters at `path` and give it the weights there."""
    config = read_config(path)
    if config["model"] != cls.__name__:
        raise ValueError(f"{path} holds a {config['model']}, not a {cls.__name__}. Load it with {config['model']}.load(...).")
    try:
        gan = cls(**config["parameters"])
    except TypeError as error:
        raise ValueError(f"The parameters in {Path(path) / 'config.json'} are not those of {cls.__name__}: {error}") from error
    load_state(gan, path)
    return gan


def load_state(gan, path):
    """Give a model the weights, optimizer state and turn count of the model saved at `path`."""
    for name, network in gan.networks_to_save.items():
        file = Path(path) / f"{name}.weights.h5"
        try:
            network.load_weights(file)
        except (OSError, KeyError, ValueError) as error:
            raise ValueError(f"{file} can't be loaded; it is missing, damaged or of another network: {error}") from error
    config = read_config(path)
    for seed, value in zip(_seeds(gan), config["random_state"], strict=True):
        seed.assign(value)
    gan.turns, gan.class_names = config["turns"], config.get("class_names", [])


def _seeds(gan):
    """The states of random number generators (Dropout's), which Keras leaves out of weight files."""
    networks = gan.networks_to_save.values()
    weights = {id(v) for network in networks for v in network.weights}
    return [v for network in networks for v in network.variables if id(v) not in weights]
