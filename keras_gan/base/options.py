"""The arguments of a game: fields of its class, with a text under each, and recipes for
them.

    @options
    class LSGAN(GAN):
        learning_rate: float = 2e-4        # another default than that of GAN
        from_logits: ClassVar = True       # settled: in this paper there is no choice
        a: float = 0.0
        "Code of generated pictures."      # the text of the argument, for --help too
"""
import dataclasses
import difflib
import functools
import inspect
import math
import numbers
import typing

from keras_gan.samples.checks import is_whole

POSITIONAL = ("img_shape", "num_classes")      # may be given without their names, in this order


@typing.dataclass_transform(kw_only_default=True, eq_default=False)
def options(game):
    """`dataclasses.dataclass` for a game: all but the arguments in `POSITIONAL` are
    given by name.

    What is inherited keeps its place, its text and, unless it is written again, its
    default. An annotation with `ClassVar` takes an inherited argument out of the
    constructor.
    """
    own = inspect.get_annotations(game, eval_str=True)       # also where they are postponed
    game.__annotations__ = own
    for name in POSITIONAL:
        if name in own and typing.ClassVar not in (own[name], typing.get_origin(own[name])):
            setattr(game, name, dataclasses.field(default=vars(game)[name], kw_only=False))
    if "train" in vars(game):
        game.train = called_in_words(game.train)
    return dataclasses.dataclass(eq=False, repr=False, kw_only=True)(game)


def called_in_words(train):
    """`train`, with errors in words where it is called with other arguments than it
    has."""
    parameters = inspect.signature(train).parameters
    known = [name for name, p in parameters.items() if p.kind is not p.VAR_KEYWORD][1:]
    # What people mean by a place or a name that it doesn't have
    place = "Labels are passed by their name: labels=..." if known[0] != "steps" else \
        "This model draws its own data: train(steps=...)"
    names = {"epochs": "steps", "y": "labels"}

    @functools.wraps(train)
    def checked(self, *args, **named):
        try:
            inspect.signature(train).bind(self, *args, **named)
        except TypeError as error:
            unknown = [name for name in named if name not in known]
            near = [names.get(name) or ", ".join(difflib.get_close_matches(name, known, 1))
                    for name in unknown]
            hint = f". {place}" if not unknown and args else \
                f". Did you mean {near[0]}?" if any(near[:1]) else ""
            raise TypeError(f"{type(self).__name__}.train: {error}. It takes: {', '.join(known)}"
                            f"{hint}") from None
        return train(self, *args, **named)

    return checked


class Options:
    """What can be done with the arguments of a game.

    Attributes:
        recipes: dict, named sets of other defaults: `recipe="laptop"` takes them.
            `"classic"` is the class as it stands. What the caller passes always wins.
        settled: bool, whether the model is built. Its arguments can't be set then.
        read_anew: tuple of str, arguments that are read whenever they are needed: these
            can, and are checked as in the constructor.
    """

    recipes, settled, read_anew = {}, False, ()

    def __new__(cls, *args, **given):
        """Note which arguments are given, as `keras.Layer` does: a recipe leaves those
        alone."""
        refuse_unwritten_options(cls)
        parameters = inspect.signature(cls.__init__).parameters
        takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        for name in [] if takes_any else sorted(given.keys() - parameters.keys()):
            if name in cls.__dataclass_fields__:
                raise TypeError(f"{cls.__name__} takes no {name}: there is no choice about it in "
                                f"this paper, it is {getattr(cls, name)!r}.")
            forgotten = any(name in inspect.get_annotations(part) for part in cls.__mro__)
            raise TypeError(f"{cls.__name__} takes no {name}. "
                            + ("Write @options (from keras_gan.base.options) above the class that "
                               "has it. " if forgotten else "")
                            + f"It takes: {', '.join(list(parameters)[1:])}")
        game = super().__new__(cls)
        game.given = {*list(parameters)[1:1 + len(args)], *given}
        return game

    def __setattr__(self, name, value):
        """Refuse to set an argument of a model that is built, unless it is read
        anew."""
        if not self.settled or name not in self.__dataclass_fields__:
            return super().__setattr__(name, value)
        kind, before = type(self).__name__, getattr(self, name)
        if name not in self.option_names():
            raise AttributeError(f"{name} can't be set: in {kind} there is no choice about it, it "
                                 f"is {before!r}.")
        if name not in self.read_anew:
            change = f"{name}={value!r}"
            raise AttributeError(
                f"{name} of a {kind} that is built can't be set: it was built with "
                f"{name}={before!r}. Make a new one, {kind}({change})" + (
                    "." if name == "recipe" else "; or, where the weights still fit, save this "
                    f"one and load it with the change: {kind}.load(path, {change})."))
        object.__setattr__(self, "settled", False)       # so that the checks may set what they make
        try:
            super().__setattr__(name, value)
            self.check_arguments()
        except BaseException:
            super().__setattr__(name, before)
            raise
        finally:
            self.settled = True

    @classmethod
    def option_names(cls):
        """The names of all arguments, a list of str."""
        return [field.name for field in dataclasses.fields(cls)]

    @classmethod
    def recipe_options(cls, recipe):
        """The arguments that a recipe changes, a dict.

        Raises:
            ValueError: if this class has no such recipe.
        """
        recipes = {"classic": {}, **cls.recipes}
        if not isinstance(recipe, str) or recipe not in recipes:
            raise ValueError(f"recipe must be one of {', '.join(map(repr, recipes))} for "
                             f"{cls.__name__}. Received: {recipe!r}")
        # What a paper has settled is skipped, what nobody has ever heard of is not
        if unknown := recipes[recipe].keys() - cls.__dataclass_fields__.keys():
            raise TypeError(f"Recipe {recipe!r} of {cls.__name__} names no arguments of it: "
                            f"{', '.join(sorted(unknown))}")
        return {name: v for name, v in recipes[recipe].items() if name in cls.option_names()}

    def take_recipe(self):
        """Give the arguments that nobody has given the values of the recipe."""
        defaults = {field.name: field.default for field in dataclasses.fields(self)}
        for name, value in self.recipe_options(self.recipe).items():
            # A subclass with a constructor of its own hands on what its caller didn't
            # give
            if name not in self.given and getattr(self, name) == defaults[name]:
                setattr(self, name, value)

    def get_config(self):
        """The arguments of this game, a dict that JSON can hold.

        Raises:
            TypeError: if a constructor of its own takes an argument that is no field. A
                saved model would forget it.
        """
        names = self.option_names()
        for name, p in list(inspect.signature(type(self).__init__).parameters.items())[1:]:
            if name not in names and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
                raise TypeError(f"A saved {type(self).__name__} would forget its argument {name}. "
                                "Make a field of it: @options (from keras_gan.base.options) above "
                                f"the class, and {name}: TYPE = ... in it, instead of __init__.")
        values = {name: getattr(self, name) for name in names}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}

    @classmethod
    def changed(cls, parameters, changes):
        """The arguments of a saved model, with some that are to be others: a dict.

        Raises:
            TypeError: for arguments that this class doesn't take.
            ValueError: for a recipe: what it says was settled when the model was made.
        """
        for name in changes:
            if name not in cls.option_names():
                raise TypeError(f"{cls.__name__} takes no {name}. "
                                f"It takes: {', '.join(cls.option_names())}")
        if "recipe" in changes:
            raise ValueError("A saved model keeps the numbers of its recipe. Pass those that are "
                             "to be others, learning_rate=... say. "
                             f"Received: recipe={changes['recipe']!r}")
        return {**parameters, **changes}

    # --- checks -----------------------------------------------------------------------

    def require(self, ok, name, expected):
        """Raise `ValueError` unless `ok`: the argument `name` is not what was
        `expected`."""
        if not ok:
            raise ValueError(f"{name} must be {expected}. "
                             f"Received: {name}={getattr(self, name)!r}")

    def require_whole(self, name, lowest):
        """Make an `int` of a whole number of at least `lowest`, which JSON can hold."""
        self.require(is_whole(getattr(self, name), lowest), name,
                     f"a whole number of at least {lowest}")
        setattr(self, name, int(getattr(self, name)))

    def require_number(self, name, ok, expected):
        """Make a `float` of a finite number for which the function `ok` is true."""
        value = getattr(self, name)
        self.require(isinstance(value, numbers.Real) and math.isfinite(value) and ok(value), name,
                     expected)
        setattr(self, name, float(value))

    def check_choices(self):
        """Raise `ValueError` where an argument is none of those that its type names."""
        for field in dataclasses.fields(self):
            if field.type is bool:
                self.require(isinstance(getattr(self, field.name), bool), field.name,
                             "True or False")
            elif typing.get_origin(field.type) is typing.Literal:
                *others, last = map(repr, typing.get_args(field.type))
                self.require(repr(getattr(self, field.name)) in (*others, last), field.name,
                             f"{', '.join(others)} or {last}")


def refuse_unwritten_options(cls):
    """Raise `TypeError` where a class would change an argument, and no constructor
    knows of it."""
    for part in cls.__mro__:
        # Without @options a class has the constructor and fields of one base alone
        forgotten = vars(part).get("__dataclass_fields__", {}).keys() - cls.__dataclass_fields__
        if forgotten:
            raise TypeError(f"{cls.__name__} has arguments of several classes, and would forget "
                            f"those of {part.__name__}. Write @options (from "
                            f"keras_gan.base.options) above {cls.__name__}.")
        unwritten = vars(part).keys() | inspect.get_annotations(part).keys()
        unwritten &= set(cls.option_names())
        if unwritten and "__dataclass_fields__" not in vars(part):
            name = sorted(unwritten)[0]
            raise TypeError(f"{part.__name__}.{name} is an argument of the constructor. Write "
                            f"@options (from keras_gan.base.options) above the class, and "
                            f"{name} with its type: {name}: TYPE = ...")
    for name, value in vars(cls).items():
        field = cls.__dataclass_fields__.get(name)
        if field is not None and value is not field.default:
            raise TypeError(f"{cls.__name__}.{name} is an argument of the constructor and has no "
                            f"type: {name}: TYPE = {value!r}")
