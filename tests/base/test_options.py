"""The arguments of a game: what a class inherits, changes, settles and adds."""
from typing import ClassVar, Literal

import keras
import numpy as np
import pytest

from keras_gan import CGAN, DCGAN, GAN, LSGAN, WGAN
from keras_gan.base import ChoiceOfNetworks, options

POINTS = {"img_shape": (2,), "networks": "srivastava_2017", "latent_dim": 4}


# --- what a class inherits, changes, settles and adds ---------------------------------

@options
class ThreeSteps(WGAN):
    """Another default, and a recipe of its own."""

    k: int = 3
    recipes = {"long": {"k": 9, "learning_rate": 1e-3}}


@options
class SettledSteps(WGAN):
    """A settled argument, and a new one."""

    k: ClassVar = 2
    extra: int = 1
    """A number more."""


@options
class Sized:
    """A mixin with an option, and a check of it."""

    size: Literal["small", "large"] = "small"
    """Of what is built."""

    def check_arguments(self):
        super().check_arguments()
        self.mixed_in = True


@options
class Mixed(Sized, GAN):
    pass


class Plain:
    """A mixin without an option."""

    plain = True


class PlainlyMixed(Plain, GAN):
    pass


class HandsOn(GAN):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)


class HandsOnAnother(GAN):
    def __init__(self, **kwargs):
        super().__init__(latent_dim=10, **kwargs)


@options
class WithConstructor(GAN):
    """A new option, and a constructor that names it."""

    extra: int = 1

    def __init__(self, extra=1, **kwargs):
        self.extra = extra
        super().__init__(**kwargs)


def test_a_class_inherits_arguments_and_has_another_default():
    gan = ThreeSteps(**POINTS)
    assert (gan.k, gan.clip, gan.learning_rate, gan.from_logits) == (3, 0.01, 5e-5, True)
    assert ThreeSteps(**POINTS, k=4).k == 4 and WGAN(**POINTS).k == 5
    assert set(ThreeSteps.option_names()) == set(WGAN.option_names())


def test_a_recipe_changes_what_nobody_has_given():
    gan = ThreeSteps(**POINTS, recipe="long")
    assert (gan.k, gan.learning_rate) == (9, 1e-3)
    gan = ThreeSteps(**POINTS, recipe="long", k=3)              # given, though it is the default
    assert (gan.k, gan.learning_rate) == (3, 1e-3)
    assert ThreeSteps.recipe_options("classic") == {}
    # A settled argument is not for recipes either
    assert LSGAN.recipes["laptop"]["from_logits"] and LSGAN.from_logits
    assert "from_logits" not in LSGAN.recipe_options("laptop")


def test_a_recipe_chooses_networks():
    assert LSGAN(img_shape=(8, 8, 1)).networks == "fully_connected"
    assert LSGAN(img_shape=(8, 8, 1), recipe="laptop").networks == "keras_gan"


@pytest.mark.parametrize("recipe", ["lapdog", ["laptop"], None])
def test_recipes_that_there_are_not_are_refused_in_words(recipe):
    expected = ("recipe must be one of 'classic', 'radford_2015', 'laptop', 'half_hour', "
                "'coarse_to_fine', 'signals' for DCGAN. Received: ")
    with pytest.raises(ValueError) as raised:
        DCGAN(recipe=recipe)
    assert str(raised.value) == f"{expected}{recipe!r}"


def test_a_settled_argument_is_none_and_a_new_one_is_saved(tmp_path):
    gan = SettledSteps(**POINTS, extra=5, learning_rate=1e-4)
    assert (gan.k, gan.from_logits, gan.extra, gan.learning_rate) == (2, True, 5, 1e-4)
    assert gan.discriminator.layers[-1].layers[-1].activation.__name__ == "linear"
    config = gan.get_config()
    assert config["extra"] == 5 and not {"k", "from_logits"} & config.keys()
    gan.save(tmp_path / "model")
    again = SettledSteps.load(tmp_path / "model")
    assert again.get_config() == config
    np.testing.assert_array_equal(again.generate(3, seed=1), gan.generate(3, seed=1))
    for name in ("k", "from_logits", "momentum"):
        with pytest.raises(TypeError, match=f"SettledSteps takes no {name}"):
            SettledSteps(**POINTS, **{name: 1})
    with pytest.raises(TypeError, match="SettledSteps takes no k: there is no choice about it in "
                                        "this paper, it is 2"):
        SettledSteps(**POINTS, k=1)


def test_a_class_of_a_class_may_open_what_was_settled():
    @options
    class Open(SettledSteps):
        k: int = 7

    assert Open(**POINTS).k == 7 and Open(**POINTS, k=1).k == 1
    assert Open(**POINTS, extra=3).extra == 3


def test_mixins(tmp_path):
    gan = Mixed(**POINTS, size="large", k=3)
    assert (gan.size, gan.k, gan.mixed_in) == ("large", 3, True)
    gan.save(tmp_path / "model")
    assert Mixed.load(tmp_path / "model").get_config() == gan.get_config()
    with pytest.raises(ValueError, match="size must be 'small' or 'large'. Received: size='huge'"):
        Mixed(**POINTS, size="huge")
    assert PlainlyMixed(**POINTS).plain and PlainlyMixed(**POINTS, k=2).k == 2


def test_a_constructor_of_ones_own_hands_on(tmp_path):
    handed = HandsOn((2,), learning_rate=1e-3)
    assert handed.get_config() == GAN((2,), learning_rate=1e-3).get_config()
    handed.save(tmp_path / "handed")
    assert HandsOn.load(tmp_path / "handed").get_config() == handed.get_config()
    with pytest.raises(TypeError, match="momentum"):
        HandsOn((2,), momentum=0.9)

    assert HandsOnAnother(img_shape=(2,)).latent_dim == 10
    # What it hands on wins over a recipe, too, and a recipe changes the rest
    assert HandsOnAnother(img_shape=(2,), recipe="digits").ema_momentum == 0.999

    gan = WithConstructor(extra=2, **POINTS, k=3)
    assert gan.get_config()["extra"] == 2 and gan.k == 3
    gan.save(tmp_path / "own")
    assert WithConstructor.load(tmp_path / "own").get_config() == gan.get_config()


def test_an_argument_that_a_saved_model_would_forget_is_refused(tmp_path):
    class Forgetful(GAN):
        def __init__(self, colour="red", **kwargs):
            self.colour = colour
            super().__init__(**kwargs)

    gan = Forgetful(**POINTS, colour="blue")
    with pytest.raises(TypeError, match="A saved Forgetful would forget its argument colour"):
        gan.save(tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_the_first_arguments_may_be_given_without_their_names():
    assert CGAN((28, 28, 1), 5).num_classes == 5
    assert CGAN((28, 28, 1), 5).img_shape == (28, 28, 1)
    assert LSGAN((2,)).img_shape == (2,)
    for wrong in (lambda: GAN((2,), 1e-3), lambda: CGAN((28, 28, 1), 5, 1e-3)):
        with pytest.raises(TypeError, match="positional argument"):
            wrong()


# --- classes that would change an argument, and no constructor knows of it ------------

def without_options():
    class Faster(GAN):
        learning_rate: float = 1e-3
    return Faster


def without_options_and_type():
    class Faster(GAN):
        learning_rate = 1e-3
    return Faster


def without_type():
    @options
    class Faster(GAN):
        learning_rate = 1e-3
    return Faster


def below_without_options():
    class Faster(GAN):
        learning_rate: float = 1e-3

    @options
    class Below(Faster):
        extra: int = 1
    return Below


def mixin_without_options():
    class Fast:
        learning_rate: float = 1e-3

    class Faster(Fast, GAN):
        pass
    return Faster


WRITE_OPTIONS = (r"\.learning_rate is an argument of the constructor. Write @options \(from "
                 r"keras_gan.base.options\) above the class, and learning_rate with its type: "
                 "learning_rate: TYPE = ...")


@pytest.mark.parametrize("make, message", [
    (without_options, "Faster" + WRITE_OPTIONS),
    (without_options_and_type, "Faster" + WRITE_OPTIONS),
    (without_type, "Faster.learning_rate is an argument of the constructor and has no type: "
                   "learning_rate: TYPE = 0.001"),
    (below_without_options, "Faster" + WRITE_OPTIONS),
    (mixin_without_options, "Fast" + WRITE_OPTIONS),
])
def test_another_default_that_no_constructor_knows_of_is_refused_in_words(make, message):
    game = make()
    with pytest.raises(TypeError, match=message):
        game(**POINTS)


def test_a_mixin_with_options_needs_a_class_with_options():
    class Forgotten(ChoiceOfNetworks, GAN):
        pass

    with pytest.raises(TypeError, match="Forgotten has arguments of several classes, and would "
                                        "forget those of GAN. Write @options .*above Forgotten"):
        Forgotten(img_shape=(8, 8, 1))


# --- checks ---------------------------------------------------------------------------

@pytest.mark.parametrize("arguments, message", [
    ({"img_shape": (20, 20)}, r"img_shape must be \(height, width, channels\).*"
                              r"Received: img_shape=\(20, 20\)"),
    ({"img_shape": (20, 20, 0)}, r"\(height, width, channels\) of pictures"),
    ({"latent_dim": 0}, "latent_dim must be a whole number of at least 1. Received: latent_dim=0"),
    ({"learning_rate": -1.0}, "learning_rate must be"),
    ({"seed": -1}, "seed must be"),
    ({"dropout": 1.0}, "dropout must be"),
    ({"jit_compile": "yes"}, "jit_compile must be"),
    ({"k": 0}, "k must be a whole number of at least 1. Received: k=0"),
    ({"ema_momentum": 1}, "ema_momentum must be a number from 0"),
])
def test_arguments_that_make_no_sense_are_refused_in_words(arguments, message):
    with pytest.raises(ValueError, match=message):
        DCGAN(**arguments)


def test_numpy_numbers_are_numbers(tmp_path):
    gan = DCGAN(img_shape=np.array((8, 8, 1)).tolist(), latent_dim=np.int64(5),
                base_channels=np.int64(1), seed=np.uint8(3), learning_rate=np.float32(1e-3),
                run_eagerly=True)
    gan.train(np.zeros((4, 8, 8, 1), np.uint8), steps=np.int64(1), batch_size=np.int64(4),
              run_dir=tmp_path / "run")
    assert DCGAN.load(tmp_path / "run" / "model").get_config() == gan.get_config()


def test_layers_of_ones_own_are_not_passed_over():
    class Own(DCGAN):
        def discriminator_layers(self, input_shape):
            return super().discriminator_layers(input_shape)

    small = {"img_shape": (8, 8, 1), "base_channels": 1, "latent_dim": 2}
    assert Own(**small).networks == "keras_gan"
    with pytest.raises(ValueError, match="networks must be 'keras_gan' where Own has its own "
                                         "discriminator_layers"):
        Own(**small, networks="residual")


def test_a_recipe_that_names_no_argument_is_refused():
    class Mistyped(GAN):
        recipes = {"quick": {"learning_rte": 1e-3}}

    with pytest.raises(TypeError, match="names no arguments of it: learning_rte"):
        Mistyped(**POINTS, recipe="quick")


def test_an_average_may_hold_layers_that_keras_cannot_clone():
    class Mine(keras.layers.Layer):
        def call(self, x):
            return x

    class Own(GAN):
        def build_generator(self):
            z = keras.Input((self.latent_dim,))
            return keras.Model(z, keras.layers.Dense(2)(Mine()(z)), name="generator")

    assert Own(**POINTS, ema_momentum=0.9).generate(3).shape == (3, 2)
