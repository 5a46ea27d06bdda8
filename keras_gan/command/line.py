"""The command `keras-gan`, and what the papers' files do when they are run. Flags come from signatures, by tyro."""
import contextlib
import dataclasses
import glob
import inspect
import itertools
import json
import sys
import warnings
from pathlib import Path
from typing import Annotated, Literal

import docstring_parser
import tyro

from keras_gan.papers import PAPERS, SCENES, class_named, find

DATA_FLAGS = ("fit", "background", "folder")         # of load_data
FROM_DATA = "num_classes"                            # an argument of models that the data decide
OF_THE_COMMAND = {"run_dir": "Folder for pictures, losses, checkpoints and model. By default runs/MODEL-DATA-1, -2, ...: the next one that isn't there."}
app = tyro.extras.SubcommandApp()


def main(args=None):
    """The command `keras-gan`.

    Args:
        args: list of str; None takes the command line.
    """
    args = sys.argv[1:] if args is None else args
    with _errors_in_a_line():
        if args[:1] == ["train"] and args[1:2] not in ([], ["-h"], ["--help"]):
            train_command(find(args[1]).load(), args[2:])
        else:
            app.cli(prog="keras-gan", description="GANs in Keras: list, train, sample and evaluate them.", args=args)


@contextlib.contextmanager
def _errors_in_a_line():
    """What the person at the keyboard can mend is told in a line, without a traceback or a line of this code."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_, **__: print(f"keras-gan: {message}", file=sys.stderr)
            yield
    except (ValueError, OSError, FloatingPointError, MemoryError) as error:
        sys.exit(f"keras-gan: {error}")


@app.command(name="list")
def list_models():
    """List the models, with their papers."""
    from rich.console import Console
    from rich.table import Table
    table = Table("model", "class", "paper", "authors", "year", "arXiv")
    for paper in PAPERS:
        table.add_row(paper.module, paper.model, paper.title, paper.authors, str(paper.year), paper.arxiv)
    Console().print(table)


@app.command
def train(model: Annotated[Literal[tuple(paper.module for paper in PAPERS)], tyro.conf.Positional]):
    """Train a model. `keras-gan train MODEL --help` shows its flags.

    Args:
        model: which one; `keras-gan list` says more of each.
    """
    train_command(find(model).load(), [])


@app.command
def resume(run: Annotated[Path, tyro.conf.Positional], steps: int | None = None):
    """Go on with a run that was stopped, killed or finished, with everything as it was.

    Args:
        run: the run directory.
        steps: of the whole run; by default what was asked for last.
    """
    from data_loaders import load_data
    from keras_gan.training.run_directory import RunDirectory
    config = RunDirectory(run).read_config()
    model = class_named(config["model"])
    try:
        gan = model(**config["parameters"])
    except TypeError as error:
        raise ValueError(f"The config.json of {run} has parameters that {model.__name__} doesn't know: {error}") from error
    takes_data = not hasattr(gan, "sample_data")
    if takes_data and not config.get("source"):
        raise ValueError(f"{run} was trained on arrays in Python. Go on there: train(images, ..., run_dir={str(run)!r}, resume=True).")
    how = {**config["training"], **config["plan"], **({"steps": steps} if steps is not None else {})}
    _check_before_data(gan, run, True, how, {"parameters": gan.get_config()})
    data = [load_data(**_data_arguments(config["source"]), img_shape=gan.img_shape)] if takes_data else []
    gan.train(*data, run_dir=str(run), resume=True, **{name: how[name] for name in _parameters(model.train) if name in how})


@app.command
def sample(run: Annotated[Path, tyro.conf.Positional], n: int | None = None, seed: int = 1, labels: tuple[str, ...] = (),
           out: Path = Path("grid.png")):
    """Write a sheet of new pictures of a trained model, or, of numbers and points, one picture of them all.

    Args:
        run: a run directory, or a saved model.
        n: how many; by default 64 pictures, or 10,000 numbers or points.
        seed: another one gives others.
        labels: classes to ask a conditional model for, in turn: names or numbers.
        out: PNG file to write.
    """
    _check_of_samples(1 if n is None else n, seed, out)
    if out.suffix.lower() != ".png":
        raise ValueError(f"out must be a PNG file. Received: {out}. Use {out.with_suffix('.png')}")
    saved, gan = _load(run)
    from keras_gan.samples import drawing as pictures
    if n is None:
        n = 64 if gan.makes_pictures else 10_000
    asked = {}
    if labels:
        if not gan.num_classes:
            raise ValueError(f"{type(gan).__name__} knows no classes. Received: --labels {' '.join(labels)}")
        asked["labels"] = [gan.class_number(labels[i % len(labels)]) for i in range(n)]
    samples = gan.generate(n, seed=seed, **asked)
    if gan.makes_pictures:
        pictures.write_png(out, pictures.grid(samples, columns=8))
    else:
        pictures.write_vectors(out, {f"{n} samples": samples})
    print(f"Samples of {saved} are in {out}.")


@app.command
def evaluate(run: Annotated[Path, tyro.conf.Positional], data: str | None = None, folder: str | None = None, test: Path | None = None,
             n: int = 10_000, seed: int = 1, features: Literal["auto", "lenet", "mobilenet"] = "auto", mobilenet_weights: str = "imagenet",
             out: Path | None = None):
    """Measure a trained model: a table of figures, each beside its floor (the same of real data), and a JSON file.

    Real data are the pictures in --test, or the test split of a data set that has one. Otherwise they are one half of the data, of which
    the model has seen all: it may then be good by remembering.

    Args:
        run: a run directory, or a saved model or checkpoint in one.
        data: a folder of pictures or the name of a data set; by default what the run was trained on.
        folder: of the data set's files, as for train.
        test: a folder of pictures that the model has not been trained on.
        n: how many samples; at most as many as there are real ones.
        seed: another one measures other samples.
        features: of a LeNet that the classes teach, or of MobileNetV2; auto is LeNet if there are classes.
        mobilenet_weights: "imagenet" (downloaded), or a file of weights for MobileNetV2.
        out: JSON file to write; by default evaluation.json in the run directory.
    """
    if n < 100:
        raise ValueError(f"n must be at least 100, or the figures say nothing. Received: n={n}")
    _check_of_samples(n, seed, out)
    if mobilenet_weights != "imagenet" and not Path(mobilenet_weights).is_file():
        raise FileNotFoundError(f"No file of weights {mobilenet_weights}. Give one, or 'imagenet', which is downloaded.")
    saved, gan = _load(run)
    from rich.console import Console

    from data_loaders.whole import write_whole
    from keras_gan.evaluation import report
    directory = next((folder for folder in (run, *run.resolve().parents[:2]) if (folder / "checkpoints").is_dir()), None)
    if gan.makes_pictures:
        evaluation = report.evaluate(gan, *_real_data(directory, gan, data, folder, test), n, seed, features, mobilenet_weights)
    elif hasattr(gan, "optimal_discriminator"):
        evaluation = report.evaluate_gaussian(gan, n, seed)
    else:
        raise ValueError(f"{saved} makes vectors. evaluate measures pictures; keras_gan.evaluation has functions for vectors (mode_coverage, kernel_distance).")
    Console().print(evaluation.table())
    out = out or (directory or Path()) / ("evaluation.json" if directory in (run, None) else f"evaluation-{run.resolve().name}.json")
    write_whole(out, evaluation.as_json().encode())
    print(f"{saved}; as JSON in {out}")
    if evaluation.n < 1000:
        print(f"Of {evaluation.n} samples alone: look at how far a figure is from that of real data, not at the figure.")


def _check_of_samples(n, seed, out):
    """Raise `ValueError` for arguments that make no sense, before a model is loaded."""
    if n < 1:
        raise ValueError(f"n must be at least 1. Received: n={n}")
    if seed < 0:
        raise ValueError(f"seed must be at least 0. Received: seed={seed}")
    if out is not None and out.is_dir():
        raise ValueError(f"out must be a file. Received: the folder {out}")


def _real_data(directory, gan, data, folder, test):
    """Training and held-out data for an evaluation: as named, or as the `config.json` of the run directory says."""
    from data_loaders import load_data
    from data_loaders.datasets import WITH_TEST_SPLIT
    from keras_gan.evaluation.report import halves
    recorded = json.loads((directory / "config.json").read_text(encoding="utf-8")).get("source") if directory else None
    if data is None and not recorded:
        raise ValueError("What this model was trained on is not recorded with it. --data names a data set or a folder of pictures.")
    how = {"split": "train", **(_data_arguments(recorded) if data is None else {"source": data}), "img_shape": gan.img_shape}
    if folder:
        how["folder"] = folder
    if test is not None:
        return load_data(**how), load_data(str(test), img_shape=gan.img_shape, **{name: how[name] for name in ("fit", "background") if name in how})
    if how["source"] in WITH_TEST_SPLIT:
        other = "test" if how["split"] == "train" else "train"
        return load_data(**how), load_data(**{**how, "split": other})
    return halves(load_data(**how))


def _data_arguments(source):
    """What the `config.json` of a run says of its data, as arguments of `load_data`."""
    return {name: source[name] for name in ("source", "split", *DATA_FLAGS) if name in source}


def _load(run):
    """The newest whole model of a run directory, or the saved model at this path: its folder, and the model."""
    from keras_gan.training import checkpoint
    if not run.is_dir():
        raise FileNotFoundError(f"No folder {run}. Give a run directory, such as runs/dcgan-scenes-1.")
    from data_loaders.whole import there
    saved = [there(run / "model"), *checkpoint.steps_in(run / "checkpoints")] if (run / "checkpoints").is_dir() else [run]
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
        raise FileNotFoundError(f"The run {run} has no whole checkpoint yet. --checkpoint-interval says when it gets one.")
    newest = max(whole, key=lambda folder: whole[folder]["turns"])
    return newest, class_named(whole[newest]["model"]).load(newest)


# --- train -----------------------------------------------------------------------------------------------------------

def train_command(model, args=None):
    """Train a model of class `model` with the flags of its constructor, of its `train`, and of `load_data`.

    Args:
        model: class, one of the papers'.
        args: list of str; None takes the command line.
    """
    args = sys.argv[1:] if args is None else args
    paper = find(model.__name__)
    from data_loaders import load_data
    with _errors_in_a_line():
        takes_data = "data" in paper.command
        flags = tyro.cli(_flags(model, paper, args), args=args, prog=f"keras-gan train {paper.module}", description=(
            f"{paper.title}. {paper.authors}, {paper.year}, arXiv:{paper.arxiv}.\n"
            + (f"Without a flag it trains on {paper.command['data']!r}." if takes_data else "It makes its own data.")))
        chosen = {field.name: getattr(flags, field.name) for field in dataclasses.fields(flags)}
        source = chosen.pop("data", None)
        run_dir = chosen.pop("run_dir") or _default_run_dir(paper, source, chosen["resume"])
        parameters_of_model = _parameters(model.__init__)
        parameters = {name: chosen.pop(name) for name in parameters_of_model if name in chosen}
        data = []
        gan = model(**parameters)
        _check_before_data(gan, run_dir, chosen["resume"], chosen, {} if FROM_DATA in parameters_of_model else {"parameters": gan.get_config()})
        if takes_data:
            data = [load_data(source, parameters["img_shape"], **{name: chosen.pop(name) for name in DATA_FLAGS})]
            if FROM_DATA in parameters_of_model:
                gan = model(**parameters, **{FROM_DATA: _number_of_classes(data[0])})
        print(f"{model.__name__}, recipe {gan.recipe!r}: G {gan.generator.count_params():,} and "
              f"D {gan.discriminator.count_params():,} parameters", *data,
              f"{chosen['steps']:,} steps of {chosen['batch_size']} samples into {run_dir}", sep="\n")
        gan.train(*data, run_dir=run_dir, **chosen)


def _check_before_data(gan, run_dir, resume, chosen, settings):
    """Raise what can be wrong with the arguments of a training before its pictures are read, which may take long."""
    from keras_gan.training import memory
    from keras_gan.training.run_directory import RunDirectory
    from keras_gan.training.run import check_plan
    of_train = {**{name: p.default for name, p in _parameters(gan.train).items()}, **chosen, "run_dir": run_dir, "resume": resume}
    check_plan(**{name: of_train[name] for name in inspect.signature(check_plan).parameters})
    defaults = {name: p.default for name, p in _parameters(type(gan).__init__).items()}
    RunDirectory(run_dir).check(resume, {"model": type(gan).__name__, **settings}, defaults)
    memory.check(gan, of_train["batch_size"])


def _number_of_classes(data):
    if data.labels is None or len(data.class_names) < 2:
        raise ValueError(f"A conditional model needs classes: sub-folders of the pictures become classes. Received: {data}")
    return len(data.class_names)


def _default_run_dir(paper, data, resume):
    """The next `runs/dcgan-scenes-1` that doesn't exist yet; to resume, the last one that does."""
    name = f"{paper.module}-{Path(data).resolve().name}" if data else paper.module
    last = max((int(number) for path in Path("runs").glob(f"{glob.escape(name)}-*")
                if (number := path.name.removeprefix(f"{name}-")).isdecimal()), default=0)
    if resume and not last:
        raise FileNotFoundError(f"There is no run runs/{name}-1 to resume. --run-dir names another.")
    return Path("runs") / f"{name}-{last if resume else last + 1}"


def _flags(model, paper, args):
    """A dataclass with a field for each flag; its defaults are those of the paper's command and of the recipe."""
    from data_loaders import load_data
    from keras_gan.base.arguments import recipe_arguments

    recipe = next((b for a, b in itertools.pairwise(args) if a == "--recipe"),
                  next((a.split("=", 1)[1] for a in args if a.startswith("--recipe=")),
                       paper.command.get("recipe", "classic")))
    of_recipe = recipe_arguments(model, recipe)
    # Recipes for colour pictures bring their shape. Digits would be blown up to it, and thousands of such steps take hours: they play as DCGAN does
    command = {**paper.command, **SCENES} if "img_shape" in of_recipe else paper.command
    defaults = {**of_recipe, **command, "recipe": recipe}
    fields = []
    functions = [(model.__init__, [base.__doc__ for base in reversed(model.__mro__) if base is not object], None),
                 (model.train, [base.train.__doc__ for base in reversed(model.__mro__) if hasattr(base, "train")], None)]
    if "data" in paper.command:
        fields.append(("data", Annotated[str, tyro.conf.arg(help="A folder of pictures, or the name of a data set: digits, scenes, "
                                                                 "mnist, fashion_mnist, cifar10.")],
                       dataclasses.field(default=command["data"])))
        functions.insert(0, (load_data, [load_data.__doc__], DATA_FLAGS))
    for function, docs, names in functions:
        # A method that says nothing of an argument means what the one that it replaces says of it
        texts = {p.arg_name.split(",")[0]: p.description for doc in docs for p in docstring_parser.parse(doc).params} | OF_THE_COMMAND
        for name, parameter in _parameters(function).items():
            if (names is not None and name not in names) or name in ("labels", FROM_DATA):
                continue
            kind = Annotated[parameter.annotation, tyro.conf.arg(help=texts[name].replace("\n", " "))]
            fields.append((name, kind, dataclasses.field(default=defaults.get(name, parameter.default))))
    return dataclasses.make_dataclass(f"{model.__name__}Flags", fields)


def _parameters(function):
    """The parameters of a method that have a default, by name: `images` comes from `--data` instead."""
    return {name: p for name, p in inspect.signature(function).parameters.items() if p.default is not p.empty}
