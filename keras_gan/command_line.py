"""The command `keras-gan`, and what the papers' files do when they are run. Flags come from signatures, by tyro."""
import contextlib
import dataclasses
import glob
import inspect
import itertools
import sys
import typing
from pathlib import Path
from typing import Annotated, Literal

import docstring_parser
import tyro

from keras_gan.papers import PAPERS, find

DATA_FLAGS = ("fit", "background", "folder")         # of load_data
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
            app.cli(prog="keras-gan", description="GANs in Keras: list, train and sample them.", args=args)


@contextlib.contextmanager
def _errors_in_a_line():
    """What the person at the keyboard can mend is told in a line, without a traceback."""
    try:
        yield
    except (ValueError, FileNotFoundError, FileExistsError) as error:
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
def sample(run: Annotated[Path, tyro.conf.Positional], n: int = 64, seed: int = 1, out: Path = Path("grid.png")):
    """Write a sheet of new pictures of a trained model.

    Args:
        run: a run directory, or a saved model.
        n: how many pictures.
        seed: another one gives other pictures.
        out: PNG file to write.
    """
    saved = _newest_model(run)
    from keras_gan import checkpoint, pictures
    gan = find(checkpoint.read_config(saved)["model"]).load().load(saved)
    pictures.write_png(out, pictures.grid(gan.generate(n, seed=seed), columns=8))
    print(f"{n} pictures of {saved} are in {out}.")


def _newest_model(run):
    """The saved model or checkpoint of a run directory that has trained longest; else the folder itself."""
    if not run.is_dir():
        raise FileNotFoundError(f"No folder {run}. Give a run directory, such as runs/dcgan-scenes-1.")
    from keras_gan import checkpoint
    saved = [c for c in (run / "model", *run.glob("checkpoints/step_*")) if (c / "config.json").exists()]
    if not saved and (run / "checkpoints").is_dir():
        raise FileNotFoundError(f"The run {run} has no checkpoint yet. --checkpoint-interval says when it gets one.")
    return max(saved, key=lambda folder: checkpoint.read_config(folder)["turns"], default=run)


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
        flags = tyro.cli(_flags(model, paper, args), args=args, prog=f"keras-gan train {paper.module}", description=(
            f"{paper.title}. {paper.authors}, {paper.year}, arXiv:{paper.arxiv}.\n"
            f"Without a flag it trains on {paper.command['data']!r}."))
        chosen = {field.name: getattr(flags, field.name) for field in dataclasses.fields(flags)}
        run_dir = chosen.pop("run_dir") or _default_run_dir(paper, chosen["data"], chosen["resume"])
        gan = model(**{name: chosen.pop(name) for name in _parameters(model.__init__)})
        data = load_data(chosen.pop("data"), gan.img_shape, **{name: chosen.pop(name) for name in DATA_FLAGS})
        print(f"{model.__name__}, recipe {gan.recipe!r}: G {gan.generator.count_params():,} and "
              f"D {gan.discriminator.count_params():,} parameters\n{data}\n"
              f"{chosen['steps']:,} steps of {chosen['batch_size']} pictures into {run_dir}")
        gan.train(data, run_dir=run_dir, **chosen)


def _default_run_dir(paper, data, resume):
    """The next `runs/dcgan-scenes-1` that doesn't exist yet; to resume, the last one that does."""
    name = f"{paper.module}-{Path(data).resolve().name}"
    last = max((int(number) for path in Path("runs").glob(f"{glob.escape(name)}-*")
                if (number := path.name.removeprefix(f"{name}-")).isdecimal()), default=0)
    if resume and not last:
        raise FileNotFoundError(f"There is no run runs/{name}-1 to resume. --run-dir names another.")
    return Path("runs") / f"{name}-{last if resume else last + 1}"


def _flags(model, paper, args):
    """A dataclass with a field for each flag; its defaults are those of the paper's command and of the recipe."""
    from data_loaders import load_data
    from keras_gan.recipes import recipe_arguments

    recipe = next((b for a, b in itertools.pairwise(args) if a == "--recipe"),
                  next((a.split("=", 1)[1] for a in args if a.startswith("--recipe=")),
                       paper.command.get("recipe", "classic")))
    defaults = {**recipe_arguments(model, recipe), **paper.command, "recipe": recipe}
    fields = [("data", Annotated[str, tyro.conf.arg(help="A folder of pictures, or the name of a data set: digits, scenes, "
                                                         "mnist, fashion_mnist, cifar10.")],
               dataclasses.field(default=paper.command["data"]))]
    for function, doc, names in ((load_data, load_data.__doc__, DATA_FLAGS), (model.__init__, model.__doc__, None),
                                 (model.train, model.train.__doc__, None)):
        texts = {p.arg_name.split(",")[0]: p.description for p in docstring_parser.parse(doc).params}
        types = typing.get_type_hints(inspect.unwrap(function))
        for name, parameter in _parameters(function).items():
            if names is not None and name not in names:
                continue
            kind = Annotated[types[name], tyro.conf.arg(help=texts[name].replace("\n", " "))]
            fields.append((name, kind, dataclasses.field(default=defaults.get(name, parameter.default))))
    return dataclasses.make_dataclass(f"{model.__name__}Flags", fields)


def _parameters(function):
    """The parameters of a method that have a default, by name: `images` comes from `--data` instead."""
    return {name: p for name, p in inspect.signature(function).parameters.items() if p.default is not p.empty}
