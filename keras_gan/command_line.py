"""The command `keras-gan`, and what the papers' files do when they are run. Flags come from signatures, by tyro."""
import contextlib
import dataclasses
import inspect
import itertools
import sys
import typing
from pathlib import Path
from typing import Annotated, Literal

import docstring_parser
import tyro

from keras_gan.papers import PAPERS, find

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
    """The saved model of a run directory: the finished one, else the newest checkpoint, else the folder itself."""
    if not run.is_dir():
        raise FileNotFoundError(f"No folder {run}. Give a run directory, such as runs/dcgan-scenes-1.")
    candidates = [run / "model", *sorted(run.glob("checkpoints/step_*"), reverse=True)]
    return next((c for c in candidates if (c / "config.json").exists()), run)


# --- train -----------------------------------------------------------------------------------------------------------

def train_command(model, args=None):
    """Train a model of class `model` with the flags of its constructor, of its `train`, and of `load_data`.

    Args:
        model: class, one of the papers'.
        args: list of str; None takes the command line.
    """
    args = sys.argv[1:] if args is None else args
    paper = find(model.__name__)
    with _errors_in_a_line():
        flags = tyro.cli(_flags(model, paper, args), args=args, prog=f"keras-gan train {paper.module}", description=(
            f"{paper.title}. {paper.authors}, {paper.year}, arXiv:{paper.arxiv}.\n"
            f"Without a flag it trains on {paper.command['data']!r}."))
        chosen = {field.name: getattr(flags, field.name) for field in dataclasses.fields(flags)}
        run_dir = chosen.pop("run_dir") or _free_run_dir(paper, chosen["data"])
        from data_loaders import load_data
        gan = model(**{name: chosen.pop(name) for name in _parameters(model.__init__)})
        data = load_data(chosen.pop("data"), img_shape=gan.img_shape, fit=chosen.pop("fit"))
        print(f"{model.__name__}, recipe {gan.recipe!r}: G {gan.generator.count_params():,} and "
              f"D {gan.discriminator.count_params():,} parameters\n{data}\n"
              f"{chosen['steps']:,} steps of {chosen['batch_size']} pictures into {run_dir}")
        gan.train(data, run_dir=run_dir, **chosen)


def _free_run_dir(paper, data):
    """The next `runs/dcgan-scenes-1` that doesn't exist yet."""
    names = (f"{paper.module}-{Path(data).resolve().name}-{i}" for i in itertools.count(1))
    return next(path for path in (Path("runs") / name for name in names) if not path.exists())


def _flags(model, paper, args):
    """A dataclass with a field for each flag; its defaults are those of the paper's command and of the recipe."""
    from keras_gan.recipes import recipe_arguments

    recipe = next((b for a, b in itertools.pairwise(args) if a == "--recipe"),
                  next((a.split("=", 1)[1] for a in args if a.startswith("--recipe=")),
                       paper.command.get("recipe", "classic")))
    defaults = {**recipe_arguments(model, recipe), **paper.command, "recipe": recipe}
    fields = [("data", Annotated[str, tyro.conf.arg(help="A folder of pictures, or the name of a data set: digits, scenes, "
                                                         "mnist, fashion_mnist, cifar10.")],
               dataclasses.field(default=paper.command["data"])),
              ("fit", Annotated[Literal["crop", "pad", "stretch"], tyro.conf.arg(
                  help="What to do with pictures of another shape.")], dataclasses.field(default="crop"))]
    for function, doc in ((model.__init__, model.__doc__), (model.train, model.train.__doc__)):
        texts = {p.arg_name: p.description for p in docstring_parser.parse(doc).params}
        types = typing.get_type_hints(inspect.unwrap(function))
        for name, parameter in _parameters(function).items():
            kind = Annotated[types[name], tyro.conf.arg(help=texts[name].replace("\n", " "))]
            fields.append((name, kind, dataclasses.field(default=defaults.get(name, parameter.default))))
    return dataclasses.make_dataclass(f"{model.__name__}Flags", fields)


def _parameters(function):
    """The parameters of a method that have a default, by name: `images` comes from `--data` instead."""
    return {name: p for name, p in inspect.signature(function).parameters.items() if p.default is not p.empty}
