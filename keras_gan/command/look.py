"""`keras-gan sample`, `translate` and `evaluate`: what a trained model makes."""
import io
import itertools
import json
import math
from pathlib import Path

import numpy as np

from keras_gan.command.data import arguments, how_pictures_are_read, load_again
from keras_gan.papers import class_named

AT_ONCE = 256                 # pictures that are translated before they are written
STATIONS, FRAMES = 8, 20      # of a film: samples that it visits; pictures from one to the next


def write_samples(run, n, seed, labels, out, separate, interpolate, truncation=None):
    """See `keras_gan.command.line.sample`."""
    check_of_samples(1 if n is None else n, seed, out)
    given = {"--out": out, "--separate": separate, "--interpolate": interpolate}
    given = {flag: path for flag, path in given.items() if path is not None}
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)} are different things. Give one of them.")
    for path, ends in ((out, ".png"), (interpolate, ".gif")):
        if path is not None and path.suffix.lower() != ends:
            raise ValueError(f"{next(iter(given)).strip('-')} must be a {ends[1:].upper()} file. "
                             f"Received: {path}. Use {path.with_suffix(ends)}")
    if separate is not None:
        check_empty(separate)
    saved, game = load_model(run)
    from keras_gan.base import NoiseGame
    from keras_gan.training.run_directory import in_a_shell
    if not isinstance(game, NoiseGame):
        raise ValueError(f"{type(game).__name__} translates pictures. "
                         f"Use: keras-gan translate {in_a_shell(run)} --data FOLDER --out FOLDER")
    if labels and not game.num_classes:
        raise ValueError(f"{type(game).__name__} knows no classes. "
                         f"Received: --labels {' '.join(labels)}")
    if interpolate is not None:
        written = write_walk(game, n, seed, labels, interpolate, truncation)
    else:
        vectors = len(game.img_shape) == 1
        n = n or (10_000 if vectors else 64)
        check_room(game, n)
        # NumPy's ints, because an int may be meant as a name: generate warns of it
        asked = [np.int64(game.class_number(labels[i % len(labels)]))
                 for i in range(n)] if labels else None
        given = {"labels": asked, "truncation": truncation}
        samples = game.generate(n, seed=seed, **{name: what for name, what in given.items()
                                                 if what is not None})
        if separate is not None:
            written = write_separate(game, samples, asked, separate)
        else:
            written = write_sheet(game, samples, out or free("grid.png"))
    print(f"Samples of {saved} are in {written}.")


def check_room(game, n):
    """Raise `ValueError` where n samples don't fit into memory together."""
    from keras_gan.training import memory
    most = int(memory.available() / 2 / (4 * math.prod(game.img_shape)))
    if n > most:
        raise ValueError(f"n must be at most {most:,}: more don't fit into memory at once. "
                         f"Received: n={n}. Another --seed makes others.")


def free(name):
    """`grid.png`, or `grid-2.png`, ...: the first one that isn't there."""
    names = itertools.chain([Path(name)], (Path(name).with_stem(f"{Path(name).stem}-{i}")
                                           for i in itertools.count(2)))
    return next(path for path in names if not path.exists())


def write_sheet(game, samples, out):
    """All samples in one picture. Returns its path."""
    from keras_gan.samples import drawing
    if game.makes_pictures:
        drawing.write_png(out, drawing.grid(samples, bands=game.bands))
    else:
        game.draw(out, {f"{len(samples)} samples": samples})
    return out


def write_separate(game, samples, asked, folder):
    """A file a sample, in a sub-folder a class where classes were asked for.

    Pictures of 1, 3 or 4 channels are PNG files, and others NumPy's .npy files, as are
    signals. Vectors are the rows of one table, samples.csv. Returns the folder.
    """
    from rich.progress import track

    from data_loaders.whole import write_whole
    from keras_gan.samples import drawing
    if len(game.img_shape) == 1:
        table = io.BytesIO()
        np.savetxt(table, samples, fmt="%.9g", delimiter=",")
        write_whole(folder / "samples.csv", table.getvalue())
        return folder / "samples.csv"
    digits = max(4, len(str(len(samples) - 1)))
    for i, sample in enumerate(track(samples, "writing", transient=True)):
        path = folder / folder_name(game, asked[i]) if asked else folder
        if game.makes_pictures and sample.shape[-1] in (1, 3, 4):
            drawing.write_png(path / f"{i:0{digits}}.png", sample)
        else:
            array = io.BytesIO()
            np.save(array, sample)
            write_whole(path / f"{i:0{digits}}.npy", array.getvalue())
    return folder


def folder_name(game, number):
    """The name of a class, or its number where the name can't be that of a folder."""
    name = str(game.class_names[number]) if number < len(game.class_names) else ""
    usable = name == Path(name).name and not set(name) & set('<>:"/\\|?*') and name.strip(". ")
    return name if usable else str(number)


def write_walk(game, n, seed, labels, out, truncation=None):
    """An endless film from sample to sample, and back. Returns its path."""
    from PIL import Image

    from keras_gan.samples import drawing
    if not game.makes_pictures:
        raise ValueError(f"A film shows pictures. {type(game).__name__} makes samples of shape "
                         f"{game.img_shape}.")
    n = STATIONS if n is None else n
    if len(labels) > 1 or n < 2 or n * FRAMES > drawing.MOST_FRAMES:
        raise ValueError(f"A film visits 2 to {drawing.MOST_FRAMES // FRAMES} samples of one "
                         f"class. Received: n={n}, labels={' '.join(labels) or None}")
    of_class = {"label": np.int64(game.class_number(labels[0]))} if labels else {}
    z = game.draw_noise(n, np.random.default_rng(seed), truncation)
    frames = []
    for z0, z1 in zip(z, np.roll(z, -1, axis=0)):
        walk = game.interpolate(z0, z1, FRAMES + 1, **of_class)[:-1]    # the last begins the next
        frames += [Image.fromarray(drawing.grid(picture[None], bands=game.bands))
                   for picture in walk]
    drawing.write_film(out, frames, seconds=1.5 * n, hold=0)
    return out


def check_empty(folder):
    """Raise `FileExistsError` unless a folder isn't there, or is empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} exists already. Nothing was written; give a folder that "
                              "isn't there, or is empty.")


def translate_folder(run, data, out, to):
    """See `keras_gan.command.line.translate`."""
    check_empty(out)
    if not data.exists():
        raise FileNotFoundError(f"No folder {data}. Give a folder of pictures, or a zip archive of "
                                "them.")
    saved, game = load_model(run)
    from data_loaders import ImageFolder
    from keras_gan.base import Translation
    from keras_gan.samples import drawing
    from keras_gan.training.run_directory import in_a_shell
    if not isinstance(game, Translation):
        raise ValueError(f"{type(game).__name__} translates nothing. "
                         f"Use: keras-gan sample {in_a_shell(run)}")
    # All of its pictures, read as those of this domain were in training
    recorded = how_pictures_are_read(recorded_source(run), data)
    white = recorded.pop("white", None)
    if isinstance(white, list):
        white = white[to == "a"]
    folder = ImageFolder(data.resolve(), game.img_shape, split="all", white=white, **recorded)
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


def directory_of(run):
    """The run directory of a run, or of a model or checkpoint in one; or None."""
    return next((folder for folder in (run, *run.resolve().parents[:2])
                 if (folder / "checkpoints").is_dir()), None)


def recorded_source(run):
    """What a run has noted of its data: a dict, or None."""
    directory = directory_of(run)
    if directory is None:
        return None
    return json.loads((directory / "config.json").read_text(encoding="utf-8")).get("source")


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
    directory = directory_of(run)
    if not isinstance(game, NoiseGame):
        raise ValueError(f"{saved} translates pictures. evaluate measures those that are made of "
                         "noise.")
    if game.makes_pictures:
        real = real_data(directory, game, data, folder, test)
        there = min(n, *(len(data.images) for data in real))
        if there < 1000:
            print(f"There are only {there} real pictures to compare with: of so few, look at how "
                  "far a figure is from that of real data, not at the figure.")
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
    from keras_gan.evaluation.report import halves
    from keras_gan.training.run_directory import in_a_shell
    recorded, config = None, {}
    if directory:
        config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
        recorded = config.get("source")
    if data is None and not recorded:
        raise ValueError("What this model was trained on is not recorded with it. --data names a "
                         "data set or a folder of pictures.")
    how = {"split": "train", **(arguments(recorded) if data is None else {
        **how_pictures_are_read(recorded, data), "source": data})}
    if folder:
        how["folder"] = folder
    seen = config["training"] if data is None else {}
    training = load_again(f"evaluate {in_a_shell(directory)}" if data is None else "",
                          {"source": how, "training": seen}, game.img_shape, game.class_names)
    if test is not None:                     # read as the others: with the white that they have
        test = str(test.resolve())
        same = how_pictures_are_read(training.source, test)
        held_out = load_data(test, img_shape=game.img_shape, **same)
    elif training.has_test:
        other = "test" if training.source["split"] == "train" else "train"
        held_out = load_data(img_shape=game.img_shape, **{**training.source, "split": other})
    else:
        return halves(training)
    if game.num_classes and held_out.class_names not in (None, training.class_names):
        held_out = held_out.numbered_as(training.class_names)
    return training, held_out


def load_model(run):
    """The newest whole model of a run directory, or the saved model there.

    Returns:
        Its folder, and the game.
    """
    from keras_gan.training import checkpoint
    from keras_gan.training.run_directory import no_run
    if not (run / "config.json").is_file():
        raise FileNotFoundError(no_run(run))
    newest = checkpoint.model_in(run)
    return newest, class_named(checkpoint.read_config(newest)["model"]).load(newest)
