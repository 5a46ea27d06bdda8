"""`keras-gan sample`, `translate` and `evaluate`: what a trained model makes."""
import json
import sys
from pathlib import Path

from keras_gan.command.data import arguments
from keras_gan.papers import class_named

AT_ONCE = 256                 # pictures that are translated before they are written

def write_sheet(run, n, seed, labels, out):
    """See `keras_gan.command.line.sample`."""
    check_of_samples(1 if n is None else n, seed, out)
    if out.suffix.lower() != ".png":
        raise ValueError(f"out must be a PNG file. Received: {out}. Use {out.with_suffix('.png')}")
    saved, game = load_model(run)
    from keras_gan.base import NoiseGame
    from keras_gan.samples import drawing
    if not isinstance(game, NoiseGame):
        raise ValueError(f"{type(game).__name__} translates pictures. "
                         f"Use: keras-gan translate {run} --data FOLDER --out FOLDER")
    if n is None:
        n = 64 if game.makes_pictures else 10_000
    asked = {}
    if labels:
        if not game.num_classes:
            raise ValueError(f"{type(game).__name__} knows no classes. "
                             f"Received: --labels {' '.join(labels)}")
        asked["labels"] = [game.class_number(labels[i % len(labels)]) for i in range(n)]
    samples = game.generate(n, seed=seed, **asked)
    if game.makes_pictures:
        drawing.write_png(out, drawing.grid(samples))
    else:
        drawing.write_vectors(out, {f"{n} samples": samples})
    print(f"Samples of {saved} are in {out}.")


def translate_folder(run, data, out, to):
    """See `keras_gan.command.line.translate`."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} exists already. Nothing was written; give a folder that "
                              "isn't there, or is empty.")
    if not data.is_dir():
        raise FileNotFoundError(f"No folder {data}. Give a folder of pictures.")
    saved, game = load_model(run)
    from data_loaders import load_data
    from keras_gan.base import Translation
    from keras_gan.samples import drawing
    if not isinstance(game, Translation):
        raise ValueError(f"{type(game).__name__} translates nothing. "
                         f"Use: keras-gan sample {run}")
    # Its path, because a folder may have the name of a data set
    folder = load_data(str(data.resolve()), img_shape=game.img_shape)
    names = set()
    for i in range(0, len(folder.files), AT_ONCE):
        translated = game.translate(folder.images[i:i + AT_ONCE], to=to)
        for name, picture in zip(folder.files[i:i + AT_ONCE], translated):
            path = (out / name).with_suffix(".png")
            if str(path).lower() in names:               # a.jpg and a.png lie in one folder
                path = out / f"{name}.png"
            names.add(str(path).lower())
            path.parent.mkdir(parents=True, exist_ok=True)
            drawing.write_png(path, picture)
    print(f"{len(names)} pictures, translated by {saved} to domain {to}, are in {out}.")


def write_evaluation(run, data, folder, test, n, seed, features, mobilenet_weights, out):
    """See `keras_gan.command.line.evaluate`."""
    if n < 100:
        raise ValueError(f"n must be at least 100, or the figures say nothing. Received: n={n}")
    check_of_samples(n, seed, out)
    if mobilenet_weights != "imagenet" and not Path(mobilenet_weights).is_file():
        raise FileNotFoundError(f"No file of weights {mobilenet_weights}. Give one, or 'imagenet', "
                                "which is downloaded.")
    saved, game = load_model(run)
    from rich.console import Console

    from data_loaders.whole import write_whole
    from keras_gan.base import NoiseGame
    from keras_gan.evaluation import report
    directory = next((folder for folder in (run, *run.resolve().parents[:2])
                      if (folder / "checkpoints").is_dir()), None)
    if not isinstance(game, NoiseGame):
        raise ValueError(f"{saved} translates pictures. evaluate measures those that are made of "
                         "noise.")
    if game.makes_pictures:
        real = real_data(directory, game, data, folder, test)
        evaluation = report.evaluate(game, *real, n, seed, features, mobilenet_weights)
    elif isinstance(game, class_named("GaussianGAN")):
        evaluation = report.evaluate_gaussian(game, n, seed)
    else:
        raise ValueError(f"{saved} makes vectors. evaluate measures pictures; keras_gan.evaluation "
                         "has functions for vectors (mode_coverage, kernel_distance).")
    Console().print(evaluation.table())
    if out is None:
        name = "evaluation" if directory in (run, None) else f"evaluation-{run.resolve().name}"
        out = (directory or Path()) / f"{name}.json"
    write_whole(out, evaluation.as_json().encode())
    print(f"{saved}; as JSON in {out}")
    if evaluation.n < 1000:
        print(f"Of {evaluation.n} samples alone: look at how far a figure is from that of real "
              "data, not at the figure.")


def check_of_samples(n, seed, out):
    """Raise `ValueError` for arguments that make no sense, before a model is loaded."""
    if n < 1:
        raise ValueError(f"n must be at least 1. Received: n={n}")
    if seed < 0:
        raise ValueError(f"seed must be at least 0. Received: seed={seed}")
    if out is not None and out.is_dir():
        raise ValueError(f"out must be a file. Received: the folder {out}")


def real_data(directory, game, data, folder, test):
    """Training and held-out data of an evaluation: as named, or as the run noted."""
    from data_loaders import load_data
    from data_loaders.datasets import WITH_TEST_SPLIT
    from keras_gan.evaluation.report import halves
    recorded = None
    if directory:
        config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
        recorded = config.get("source")
    if data is None and not recorded:
        raise ValueError("What this model was trained on is not recorded with it. --data names a "
                         "data set or a folder of pictures.")
    how = {"split": "train", **(arguments(recorded) if data is None else {"source": data}),
           "img_shape": game.img_shape}
    if folder:
        how["folder"] = folder
    if test is not None:
        same = {name: how[name] for name in ("fit", "background") if name in how}
        return load_data(**how), load_data(str(test.resolve()), img_shape=game.img_shape, **same)
    if how["source"] in WITH_TEST_SPLIT:
        other = "test" if how["split"] == "train" else "train"
        return load_data(**how), load_data(**{**how, "split": other})
    return halves(load_data(**how))


def load_model(run):
    """The newest whole model of a run directory, or the saved model there.

    Returns:
        Its folder, and the game.
    """
    from data_loaders.whole import there
    from keras_gan.training import checkpoint
    if not run.is_dir():
        raise FileNotFoundError(f"No folder {run}. Give a run directory, such as "
                                "runs/dcgan-scenes-1.")
    saved = [run]
    if (run / "checkpoints").is_dir():
        saved = [there(run / "model"), *checkpoint.steps_in(run / "checkpoints")]
    whole = {}
    for folder in saved:
        try:
            checkpoint.verify(folder)
            whole[folder] = checkpoint.read_config(folder)
        except (ValueError, OSError) as damage:
            if folder == run:
                raise
            if folder.exists():
                print(damage, file=sys.stderr)
    if not whole:
        raise FileNotFoundError(f"The run {run} has no whole checkpoint yet. --checkpoint-interval "
                                "says when it gets one.")
    newest = max(whole, key=lambda folder: whole[folder]["turns"])
    return newest, class_named(whole[newest]["model"]).load(newest)
