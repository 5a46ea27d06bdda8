"""The command `keras-gan`, and what the papers' files do when they are run."""
import contextlib
import difflib
import inspect
import re
import sys
import warnings
from pathlib import Path
from typing import Annotated, Literal

import tyro

from keras_gan import ctrl_c
from keras_gan.papers import PAPERS, find

app = tyro.extras.SubcommandApp()


def main(args=None):
    """The command `keras-gan`.

    Args:
        args: list of str; None takes the command line.
    """
    args = sys.argv[1:] if args is None else args
    with errors_in_a_line():
        if args and not args[0].startswith("-"):
            check_command(args[0])
        if args[:1] == ["train"] and args[1:2] not in ([], ["-h"], ["--help"]):
            train_command(find(args[1]).load(), args[2:])
        else:
            app.cli(prog="keras-gan", args=args or ["--help"],
                    description="GANs in Keras: list, train, sample, translate and evaluate them.")


COMMANDS = ("list", "train", "resume", "sample", "translate", "evaluate")


def check_command(word):
    """Raise `ValueError`, with what was probably meant, unless a word is a command."""
    if word in COMMANDS:
        return
    if word.lower().replace("-", "_") in {name for p in PAPERS for name in (p.module,
                                                                            p.model.lower())}:
        raise ValueError(f"{word} is a model. Use: keras-gan train {word}")
    near = difflib.get_close_matches(word.lower(), COMMANDS, n=1)
    meant = f"Did you mean {near[0]}? " if near else ""
    raise ValueError(f"There is no command {word!r}. {meant}There are: {', '.join(COMMANDS)}")


@contextlib.contextmanager
def errors_in_a_line():
    """Tell in a line, without traceback, what the person at the keyboard can repair.

    Also that Ctrl-C has ended the command.
    """
    for stream in (sys.stdout, sys.stderr):
        # A log on Windows, or a file name of other letters: no reason to end a run
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")
    ctrl_c.caught = True
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_, **__: print(f"keras-gan: {message}",
                                                                   file=sys.stderr)
            yield
    except (ValueError, OSError, FloatingPointError, MemoryError) as error:
        sys.exit(f"keras-gan: {error}")
    except KeyboardInterrupt as interrupt:
        print(f"keras-gan: {interrupt.args[0] if interrupt.args else 'stopped at once.'}",
              file=sys.stderr)
        sys.exit(ctrl_c.STATUS)


def train_command(model, args=None):
    """Train a model with the flags of its constructor, of its `train` and of its data.

    Args:
        model: class, one of the papers'.
        args: list of str; None takes the command line.
    """
    from keras_gan.command.train import train_with_flags
    with errors_in_a_line():
        train_with_flags(model, sys.argv[1:] if args is None else args)


def whole_lines(function):
    """Join the lines of each argument's text: tyro breaks help where they break."""
    function.__doc__ = re.sub(r"\n {8}", " ", inspect.cleandoc(function.__doc__))
    return function


@app.command(name="list")
def list_models():
    """List the models, with their papers."""
    from rich.console import Console
    from rich.table import Table
    table = Table("model", "class", "paper", "authors", "year", "arXiv")
    for paper in PAPERS:
        table.add_row(paper.module, paper.model, paper.title, paper.authors, str(paper.year),
                      paper.arxiv)
    Console().print(table)


@app.command
@whole_lines
def train(model: Annotated[Literal[tuple(p.module for p in PAPERS)], tyro.conf.Positional]):
    """Train a model. `keras-gan train MODEL --help` shows its flags.

    Args:
        model: which one; `keras-gan list` says more about each.
    """
    train_command(find(model).load(), [])


@app.command
@whole_lines
def resume(run: Annotated[Path, tyro.conf.Positional], steps: int | None = None,
           minutes: float | None = None, data: str | None = None, data_b: str | None = None):
    """Go on with a run that was stopped, killed or finished, just as it was.

    Args:
        run: the run directory.
        steps: of the whole run; by default what was asked for last.
        minutes: of this call, after which it stops and writes everything; by default
            what was asked for last.
        data: where the data are now, if they have moved.
        data_b: the same of the other domain.
    """
    from keras_gan.command.train import resume_run
    resume_run(run, steps, minutes, data, data_b)


@app.command
@whole_lines
def sample(run: Annotated[Path, tyro.conf.Positional], n: int | None = None, seed: int = 1,
           labels: tuple[str, ...] = (), out: Path | None = None, separate: Path | None = None,
           interpolate: Path | None = None, truncation: float | None = None):
    """Write new pictures that a trained model makes: a sheet, a file each, or a film.

    On a sheet numbers and points are all drawn in one picture.

    Args:
        run: a run directory, or a saved model.
        n: how many; by default 64 pictures, or 10,000 numbers or points. Of a film, how
            many samples it visits: by default 8.
        seed: another one gives others.
        labels: classes to ask a conditional model for, in turn: names or numbers.
        out: PNG file of a sheet; by default grid.png, or grid-2.png, ... where that is
            there already.
        separate: folder, new or empty, for a file a sample: PNG files of pictures, .npy
            files of signals, a table of vectors. With --labels, a sub-folder a class.
        interpolate: GIF file of an endless film from sample to sample.
        truncation: from .01 to 3, say: noise that is farther from 0 is drawn again. The
            less, the better samples are, and the more alike.
    """
    from keras_gan.command.look import write_samples
    write_samples(run, n, seed, labels, out, separate, interpolate, truncation)


@app.command
@whole_lines
def translate(run: Annotated[Path, tyro.conf.Positional], data: Path, out: Path,
              to: Literal["a", "b"] = "b"):
    """Translate all pictures of a folder into the other domain of a trained model.

    They are read as those of the training were: fit, background, white and black.

    Args:
        run: a run directory, or a saved model.
        data: a folder of pictures, or a zip archive of them.
        out: folder for the translated pictures: PNG files with the names of the given
            ones.
        to: the domain that is wanted: b is --data-b of the training, a is --data.
    """
    from keras_gan.command.look import translate_folder
    translate_folder(run, data, out, to)


@app.command
@whole_lines
def evaluate(run: Annotated[Path, tyro.conf.Positional], data: str | None = None,
             folder: str | None = None, test: Path | None = None, n: int = 10_000, seed: int = 1,
             features: Literal["auto", "lenet", "mobilenet"] = "auto",
             mobilenet_weights: str = "imagenet", out: Path | None = None):
    """Measure a trained model: a table of figures, and a JSON file.

    Each figure stands beside its floor, the same of real data. These are the pictures
    in --test, or the test split of a data set that has one. Otherwise they are one half
    of the data. The model has seen all of them, so it may be good by remembering.

    Args:
        run: a run directory, or a saved model or checkpoint in one.
        data: a folder of pictures, a zip archive of them, or the name of a data set; by
            default that of the training.
        folder: of the data set's files, as for train.
        test: a folder of pictures, or a zip archive, that the model has not been
            trained on.
        n: how many samples; at most as many as there are real ones.
        seed: another one measures other samples.
        features: of a LeNet that the classes teach, or of MobileNetV2; auto is LeNet if
            there are classes.
        mobilenet_weights: "imagenet" (downloaded), or a file of weights for
            MobileNetV2.
        out: JSON file to write; by default evaluation.json in the run directory.
    """
    from keras_gan.command.look import write_evaluation
    write_evaluation(run, data, folder, test, n, seed, features, mobilenet_weights, out)
