"""Named recipes: a recipe is a set of constructor arguments that were found to work better together."""
import functools
import inspect


def with_recipes(init):
    """Let a constructor's `recipe` argument change the defaults of its other arguments.

    The class names its recipes in `recipes = {"laptop": {"learning_rate": 4e-4, ...}}`; `"classic"` is the signature
    itself. What the caller passes always wins.

    Raises:
        ValueError: for a recipe that the class doesn't have.
    """
    signature = inspect.signature(init)

    @functools.wraps(init)
    def constructor(self, *args, **kwargs):
        given = signature.bind_partial(self, *args, **kwargs).arguments
        recipe = given.get("recipe", "classic")
        changed = recipe_arguments(type(self), recipe)
        changed = {k: v for k, v in changed.items() if k in signature.parameters and k not in given}
        init(self, *args, **{**changed, **kwargs})

    return constructor


def recipe_arguments(model, recipe):
    """The constructor arguments that a recipe of a model class changes, as a dict."""
    recipes = {"classic": {}, **model.recipes}
    if recipe not in recipes:
        raise ValueError(f"recipe must be one of {', '.join(map(repr, recipes))} for {model.__name__}. Received: {recipe!r}")
    return recipes[recipe]
