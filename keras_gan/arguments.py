"""What a model's constructor takes: its own arguments, those of the paper that it builds on, and named recipes for them.

A recipe is a set of constructor arguments that were found to work better together.
"""
import functools
import inspect

KINDS = inspect.Parameter


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
    init = model.__init__
    own = inspect.signature(init).parameters
    if any(p.kind is KINDS.VAR_POSITIONAL for p in own.values()):
        return                                           # somebody's own constructor, which hands on what it gets
    inherits = any(p.kind is KINDS.VAR_KEYWORD for p in own.values())
    inherited = inspect.signature(model.__mro__[1].__init__).parameters if inherits else {}
    named = {name: p for name, p in own.items() if p.kind is not KINDS.VAR_KEYWORD}
    parameters = {name: p.replace(default=model.defaults[name]) if inherits and name in model.defaults else p
                  for name, p in {**named, **inherited, **named}.items() if name not in model.settled}
    signature = inspect.Signature(sorted(parameters.values(), key=lambda p: (p.kind, p.default is not p.empty)))      # those without default come first

    @functools.wraps(init)
    def constructor(self, *args, **kwargs):
        given = signature.bind_partial(self, *args, **kwargs).arguments
        defaults = {name: p.default for name, p in parameters.items() if p.default is not p.empty}
        changed = recipe_arguments(type(self), given.get("recipe", "classic"))
        # What a paper has settled is an argument of the class that it builds on
        values = {**defaults, **changed, **given, **type(self).settled}
        init(**{name: value for name, value in values.items() if name in parameters})

    constructor.__signature__ = signature
    model.__init__ = constructor


def recipe_arguments(model, recipe):
    """The constructor arguments that a recipe of a model class changes, as a dict."""
    recipes = {"classic": {}, **model.recipes}
    if recipe not in recipes:
        raise ValueError(f"recipe must be one of {', '.join(map(repr, recipes))} for {model.__name__}. Received: {recipe!r}")
    return recipes[recipe]
