"""What a model's constructor takes: its own arguments, those of the paper that it builds on, and named recipes for them.

A recipe is a set of constructor arguments that were found to work better together.
"""
import functools
import inspect

VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def complete_constructor(model):
    """Let the constructor of a model class take what its paper builds on takes, and let recipes change defaults.

    A constructor that ends in `**arguments` takes all arguments of the class that it builds on, besides its own. The class may say

    - `defaults = {"learning_rate": 1e-3}`: other defaults than those of the class it builds on;
    - `settled = {"from_logits": True}`: arguments that there is no choice about in this paper. Nobody can pass them;
    - `recipes = {"laptop": {"learning_rate": 4e-4, ...}}`: `recipe="laptop"` takes these defaults. `"classic"` is the signature itself.

    What the caller passes always wins.

    Raises:
        ValueError: (while constructing) for a recipe that the class doesn't have.
    """
    model.settled = {name: value for base in reversed(model.__mro__) for name, value in vars(base).get("settled", {}).items()}
    defaults = vars(model).get("defaults", {})
    if "__init__" not in vars(model):
        if not defaults and "settled" not in vars(model):
            return
        model.__init__ = lambda self, **arguments: super(model, self).__init__(**arguments)
    init = model.__init__
    named = {name: p for name, p in inspect.signature(init).parameters.items() if p.kind not in VARIADIC}
    variadic = {p.kind for p in inspect.signature(init).parameters.values()} & set(VARIADIC)
    builds_on = next(base for base in model.__mro__[1:] if "__init__" in vars(base))
    inherited = {name: p for name, p in inspect.signature(builds_on.__init__).parameters.items() if p.kind not in VARIADIC} if variadic else {}
    parameters = {name: p.replace(default=defaults[name]) if name in defaults else p
                  for name, p in {**named, **inherited, **named}.items() if name not in model.settled}
    signature = inspect.Signature(sorted(parameters.values(), key=lambda p: (p.kind, p.default is not p.empty)))      # those without default come first
    if inspect.Parameter.VAR_POSITIONAL in variadic:         # somebody's own way of handing on
        init.__signature__ = signature
        return

    @functools.wraps(init)
    def constructor(self, *args, **kwargs):
        for name in type(self).settled.keys() & kwargs.keys() if type(self) is model else ():
            raise TypeError(f"{model.__name__} takes no {name}: there is no choice about it in this paper, it is {model.settled[name]!r}.")
        # A class that another one builds on is given what that one has settled, which is in no signature of its own
        settled = {name: value for name, value in type(self).settled.items() if name in named and name in parameters}
        for name in sorted(kwargs.keys() - signature.parameters.keys()):
            raise TypeError(f"{model.__name__} takes no {name}. It takes: {', '.join(list(signature.parameters)[1:])}")
        given = signature.bind_partial(self, *args, **kwargs).arguments
        recipe = recipe_arguments(type(self), given.get("recipe", defaults.get("recipe", "classic")))
        # Of the others the class that it builds on will take care
        changed = {**defaults, **{name: value for name, value in recipe.items() if name in parameters and (name in named or name in defaults)}}
        init(**{**changed, **given, **settled})

    constructor.__signature__ = signature
    model.__init__ = constructor


def recipe_arguments(model, recipe):
    """The constructor arguments that a recipe of a model class changes, as a dict."""
    recipes = {"classic": {}, **model.recipes}
    if not isinstance(recipe, str) or recipe not in recipes:
        raise ValueError(f"recipe must be one of {', '.join(map(repr, recipes))} for {model.__name__}. Received: {recipe!r}")
    return recipes[recipe]
