"""`keras-gan train` and `resume`. Flags come from the classes' arguments, by tyro."""
import dataclasses
import glob
import inspect
import itertools
import re
import textwrap
from pathlib import Path
from typing import Annotated

import docstring_parser
import tyro

from keras_gan.command.data import OF_LABELS, OF_LOADING, load_again, load_to_print
from keras_gan.papers import SCENES, class_named, find

FROM_DATA = "num_classes"                            # an argument that the data decide
WHOLE = ("steps", "batch_size", "sample_interval", "checkpoint_interval", "half_life",
         "rest_at")
NO_FLAG = ("images", "points", "labels", FROM_DATA)
DATA_SETS = ("digits, scenes, scenes_by_day, scenes_at_night, mnist, stacked_mnist, fashion_mnist, "
             "cifar10")
# What others call it: from their scripts to our flags
SAME = {"lr": "learning_rate", "batch": "batch_size", "bs": "batch_size", "n_batch": "batch_size",
        "output": "run_dir", "out": "run_dir", "outdir": "run_dir", "out_dir": "run_dir",
        "output_dir": "run_dir", "logdir": "run_dir", "save_dir": "run_dir", "name": "run_dir",
        "dataset": "data", "dataroot": "data", "data_dir": "data", "input": "data",
        "images": "data", "path": "data", "dataset_b": "data_b",
        "size": "img_shape", "img_size": "img_shape", "image_size": "img_shape",
        "resolution": "img_shape", "crop_size": "img_shape", "load_size": "img_shape",
        "nz": "latent_dim", "z_dim": "latent_dim", "noise_dim": "latent_dim",
        "ngf": "base_channels", "ndf": "base_channels", "n_critic": "k", "manual_seed": "seed",
        "save_interval": "sample_interval", "continue_train": "resume", "ema": "ema_momentum",
        "epochs": "steps", "epoch": "steps", "n_epochs": "steps", "num_epochs": "steps",
        "niter": "steps", "iterations": "steps", "max_steps": "steps"}
TEXTS = {
    "data": f"A folder of pictures, a zip archive of them, or the name of a data set: {DATA_SETS}.",
    "data_b": f"The same for the other domain: a folder, an archive, or one of {DATA_SETS}.",
    "run_dir": "Folder for pictures, losses, checkpoints and model. By default "
               "runs/MODEL-DATA-1, -2, ...: the next one that isn't there.",
}


def train_with_flags(model, args):
    """See `keras_gan.command.line.train_command`."""
    from keras_gan.training.plan import NO_END
    from keras_gan.training.run_directory import RunDirectory
    paper = find(model.__name__)
    sources = [name for name in ("data", "data_b") if name in paper.command]
    without = " and ".join(repr(paper.command[name]) for name in sources)
    flags = flags_of(model, paper, args)
    check_words(args, {field.name for group in dataclasses.fields(flags)
                       for field in dataclasses.fields(group.default_factory)})
    flags = tyro.cli(
        flags, args=args, prog=f"keras-gan train {paper.module}",
        description=textwrap.fill(
            f"{paper.title}. {paper.authors}, {paper.year}, arXiv:{paper.arxiv}.", 79) + "\n"
        + (f"Without a flag it trains on {without}." if sources else "It makes its own data."))
    chosen = {name: value for group in vars(flags).values() for name, value in vars(group).items()}
    names = [chosen.pop(name) for name in sources]
    run_dir = chosen.pop("run_dir") or default_run_dir(paper, names, chosen["resume"])
    parameters = {name: chosen.pop(name) for name in model.option_names() if name in chosen}
    rest_at = model.recipe_options(parameters["recipe"]).get("rest_at")
    if rest_at is not None and parameters["rest_at"] == rest_at and chosen["steps"] < NO_END:
        # Nobody has said otherwise: it comes to rest with its last step. A run that
        # goes on keeps what it began with
        parameters["rest_at"] = max(2, chosen["steps"])
        if chosen["resume"] and (Path(run_dir) / "config.json").is_file():
            begun = RunDirectory(run_dir).read_config()["parameters"]
            parameters["rest_at"] = begun.get("rest_at") or rest_at
    by_data = FROM_DATA in model.option_names()
    of_signals = parameters.get("networks") == "signals"
    is_array = bool(names) and names[0].lower().endswith(".npy")
    if of_signals and names[0] in DATA_SETS.split(", "):
        raise ValueError(f"These networks learn signals. Received: --data {names[0]}. Use --data "
                         "FILE.npy, an array (N, length, channels) that numpy.save wrote, and "
                         "--img-shape LENGTH CHANNELS")
    check_img_shape(parameters.get("img_shape"), bool(names) and not (of_signals or is_array))
    game = model(**parameters)
    source = dict(zip(("a", "b") if len(names) == 2 else ("source",), names))
    check_before_data(game, run_dir, chosen["resume"], chosen, source, compare=not by_data)
    data = []
    if names:
        how = {name: chosen.pop(name) for name in (*OF_LOADING, *OF_LABELS) if name in chosen}
        data = [load_to_print({**source, **how}, parameters["img_shape"])]
        if by_data:
            game = model(**parameters, **{FROM_DATA: number_of_classes(data[0])})
    sizes = ", ".join(f"{name} {player.count_params():,}" for name, player in game.players.items())
    many = f"{chosen['steps']:,} steps" if chosen["steps"] < NO_END else "Steps"
    ends = "" if chosen["minutes"] is None else f", at most {chosen['minutes']:g} minutes,"
    print(f"{model.__name__}, recipe {game.recipe!r}: parameters {sizes}", *data,
          f"{many} of {chosen['batch_size']} samples{ends} into {run_dir}", sep="\n")
    for loaded in data:
        loaded.remarks = []                      # they are printed
    game.train(*data, run_dir=run_dir, **chosen)


def check_words(args, known):
    """Raise `ValueError` for flags and values that people write elsewhere.

    What is left is tyro's to say.

    Args:
        args: list of str, of a command line.
        known: set of str, the names of all flags, with underscores.
    """
    for word, value in zip(args, [*args[1:], ""]):
        flag, _, joined = word.removeprefix("--").partition("=")
        name, value = flag.replace("-", "_").lower(), joined or value
        if not word.startswith("--"):
            continue
        if name in SAME and name not in known and SAME[name] in known:
            ours = SAME[name].replace("_", "-")
            because = " (a step is a turn of one batch, an epoch many of them)" * (
                ours == "steps" and "epoch" in name)
            raise ValueError(f"There is no --{flag}. Use --{ours}{because}.")
        if name == "img_shape" and (numbers := re.fullmatch(r"\(?\d+(?:[,x]\d+)+\)?", value)):
            numbers = re.findall(r"\d+", numbers[0])
            raise ValueError(f"--img-shape takes its numbers apart. Received: {value}. Use "
                             f"--img-shape {' '.join(numbers)}")
        if re.fullmatch(r"\d+(\.\d*)?e\d+|\d{1,3}(,\d{3})+", value) and name in WHOLE:
            raise ValueError(f"--{flag} takes a whole number. Received: {value}. Use "
                             f"--{flag} {int(float(value.replace(',', '')))}")


def check_img_shape(shape, of_pictures):
    """Raise `ValueError` for a shape of pictures in which the channels are missing, or
    come first."""
    words = " ".join(map(str, shape or ()))
    if of_pictures and len(words.split()) in (1, 2):
        side = shape * 2 if len(shape) == 1 else shape
        raise ValueError("--img-shape is height, width and channels. Received: --img-shape "
                         f"{words}. Use --img-shape {side[0]} {side[1]} 3 for colour, or 1 for "
                         "grey.")
    if of_pictures and len(shape) == 3 and shape[0] in (1, 3) and shape[2] > 4:
        raise ValueError("--img-shape ends with the channels. Received: --img-shape "
                         f"{words}. Use --img-shape {shape[1]} {shape[2]} {shape[0]}")


def resume_run(run, steps, minutes=None, data=None, data_b=None):
    """See `keras_gan.command.line.resume`."""
    from keras_gan.training.plan import NO_END
    from keras_gan.training.run_directory import RunDirectory, in_a_shell
    config = RunDirectory(run).read_config()
    model = class_named(config["model"])
    try:
        game = model(**config["parameters"])
    except TypeError as error:
        raise ValueError(f"The config.json of {run} has parameters that {model.__name__} doesn't "
                         f"know: {error}") from error
    if not game.makes_its_data and not config.get("source"):
        raise ValueError(f"{run} was trained on arrays in Python. Go on there: train(images, ..., "
                         f"run_dir={str(run)!r}, resume=True).")
    how = {**config["training"], **config["plan"]}
    if steps is not None or minutes is not None:         # else what was asked for last, again
        how |= {"steps": NO_END if steps is None else steps, "minutes": minutes}
    config["source"] = moved(config.get("source") or {}, data, data_b)
    check_before_data(game, run, True, how)
    data = [] if game.makes_its_data else [
        load_again(f"resume {in_a_shell(run)}", config, game.img_shape, class_names_of(run))]
    how = {name: how[name] for name in train_parameters(model) if name in how}
    game.train(*data, run_dir=str(run), resume=True, **how)


def moved(source, data, data_b):
    """What loads the data of a run, where they are now.

    Args:
        source: dict, as the run has noted it.
        data, data_b: other places, or None.
    """
    names = ("a", "b") if "a" in source else ("source", None)
    for name, flag, place in zip(names, ("--data", "--data-b"), (data, data_b)):
        if place is not None and name not in source:
            raise ValueError(f"This run has no such data. Received: {flag} {place}")
        source = {**source, name: place} if place is not None else source
    return source


def class_names_of(run):
    """The class names in the newest checkpoint of a run: a list, maybe empty."""
    from keras_gan.training import checkpoint
    newest = checkpoint.steps_in(Path(run) / "checkpoints")[-1:]
    return checkpoint.read_config(newest[0])["class_names"] if newest else []


def check_before_data(game, run_dir, resume, chosen, source=None, compare=True):
    """Raise what can be wrong with a training, before its pictures are read.

    Args:
        game: the model.
        run_dir, resume: as for `train`.
        chosen: dict, other arguments of `train`.
        source: dict, what will load the data.
        compare: bool, whether the model's arguments are known already, so that a resume
            can compare them.
    """
    from keras_gan.training import memory
    from keras_gan.training.plan import Plan
    from keras_gan.training.run import defaults_of, settings_of
    from keras_gan.training.run_directory import RunDirectory, check_apart
    defaults = {name: p.default for name, p in train_parameters(type(game)).items()}
    planned = {**defaults, "flip": False, **chosen, "run_dir": run_dir, "resume": resume}
    plan = Plan(**{field.name: planned[field.name] for field in dataclasses.fields(Plan)})
    settings = settings_of(game)
    if not compare:
        del settings["parameters"]
    check_apart(run_dir, source)
    RunDirectory(run_dir).check(resume, settings, defaults_of(game))
    memory.check(game, plan.batch_size, draws=True)


def train_parameters(model):
    """The arguments of a model's `train`, by name, as `inspect.Parameter`s.

    A `train` that ends in `**plan` hands on what it doesn't name to the one that it
    replaces.
    """
    parameters = {}
    for part in reversed(model.__mro__):
        if "train" in vars(part):
            own = inspect.signature(vars(part)["train"]).parameters
            hands_on = any(p.kind is p.VAR_KEYWORD for p in own.values())
            named = {name: p for name, p in own.items() if p.default is not p.empty}
            kept = {name: p for name, p in parameters.items() if hands_on and name not in own}
            parameters = {**named, **kept}
    return parameters


def number_of_classes(data):
    """How many classes the data have. Raises `ValueError` if they have none."""
    if data.labels is None or len(data.class_names) < 2:
        raise ValueError("A conditional model needs at least two classes: sub-folders of the "
                         "pictures become classes, or labels=FILE (--labels FILE) names them. "
                         f"Received: {data}")
    return len(data.class_names)


def default_run_dir(paper, data, resume):
    """The next `runs/dcgan-scenes-1` that isn't there; to resume, the last that is."""
    name = "-".join([paper.module, *(Path(source).resolve().name for source in data)])
    numbers = (path.name.removeprefix(f"{name}-")
               for path in Path("runs").glob(f"{glob.escape(name)}-*"))
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    if resume and not last:
        raise FileNotFoundError(f"There is no run runs/{name}-1 to resume. "
                                "--run-dir names another.")
    return Path("runs") / f"{name}-{last if resume else last + 1}"


def flags_of(model, paper, args):
    """A dataclass of dataclasses, one for each group of flags: data, model, training.

    The defaults are those of the paper's command and of the recipe.
    """
    from data_loaders import load_data
    from keras_gan.training.plan import NO_END

    recipe = next((b for a, b in itertools.pairwise(args) if a == "--recipe"),
                  next((a.split("=", 1)[1] for a in args if a.startswith("--recipe=")),
                       paper.command.get("recipe", "classic")))
    of_recipe = model.recipe_options(recipe)
    # Recipes for colour pictures bring their shape. Digits would be enlarged to it, and
    # thousands of such steps take hours: they play as DCGAN does
    command = {**paper.command, **SCENES} if "img_shape" in of_recipe else paper.command
    if steps := of_recipe.get("rest_at"):                # a recipe that says how long to play
        interval = max(100, steps // 1000 * 100)
        command = {**command, "steps": steps, "sample_interval": interval,
                   "checkpoint_interval": interval}
    defaults = {**of_recipe, **command, "recipe": recipe}
    if any(word.partition("=")[0] == "--minutes" for word in args):
        defaults["steps"] = NO_END                       # or they would end it before the clock

    fields = {field.name: field for field in dataclasses.fields(model)}
    first = {"recipe": fields.pop("recipe")}             # other defaults follow from it
    groups = {"model": {n: (f.type, f.default) for n, f in {**first, **fields}.items()},
              "training": {n: (p.annotation, p.default)
                           for n, p in train_parameters(model).items()}}
    if "data" in paper.command:
        parameters = inspect.signature(load_data).parameters
        names = (*OF_LOADING, *(OF_LABELS if "data_b" not in command else ()))
        groups = {"data": {name: (str, command[name]) for name in ("data", "data_b")
                           if name in command}
                  | {n: (parameters[n].annotation, parameters[n].default) for n in names},
                  **groups}
    else:
        for name in ("flip", "balanced"):
            groups["training"].pop(name, None)           # there are no pictures, and no classes

    texts = {}
    for part in reversed(model.__mro__[:-1]):            # a text stands where the argument does
        texts |= texts_of(part)
        texts |= texts_of(part.train) if "train" in vars(part) else {}
    recipes = ", ".join(dict.fromkeys(("classic", *model.recipes)))
    texts |= {**TEXTS, "recipe": f"A named set of defaults: {recipes}."}

    def group(name, kinds):
        # `labels` of `train` is an array, and no flag; that of `load_data` is a file
        named = {**texts, **texts_of(load_data), **TEXTS} if name == "data" else texts
        of_group = [(n, Annotated[kind, tyro.conf.arg(help=text_of_help(named[n]))],
                     dataclasses.field(default=defaults.get(n, default)))
                    for n, (kind, default) in kinds.items() if name == "data" or n not in NO_FLAG]
        of_group = dataclasses.make_dataclass(f"{model.__name__}{name.title()}", of_group)
        kind = tyro.conf.OmitArgPrefixes[of_group]
        return name, kind, dataclasses.field(default_factory=of_group)

    return dataclasses.make_dataclass(f"{model.__name__}Flags",
                                      [group(name, kinds) for name, kinds in groups.items()])


def text_of_help(text):
    """A docstring's text as one paragraph."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


def texts_of(thing):
    """The texts of a function's arguments, or of a class's fields, by their names."""
    parsed = docstring_parser.parse_from_object(thing)
    return {name.strip(): parameter.description for parameter in parsed.params
            for name in parameter.arg_name.split(",")}
