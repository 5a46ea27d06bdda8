"""How networks end: what `train` says at its start, and what `check_freeze` finds."""
import keras
import pytest
from keras import Input, Model, Sequential, layers

from keras_gan import CGAN, DCGAN, GAN, LSGAN
from keras_gan.players.ends import last_activation
from tests.games import SHAPE


def ending_in(activation, of=GAN, network="generator"):
    """A class of games whose generator, or discriminator, ends in an activation."""
    def generator(self):
        z = Input((self.latent_dim,))
        return Model(z, layers.Reshape(SHAPE)(layers.Dense(48, activation=activation)(z)),
                     name="generator")

    def discriminator(self):
        img = Input(SHAPE)
        inside = Sequential([layers.Flatten(), layers.Dense(1), layers.Activation(activation)])
        return Model(img, inside(img), name="discriminator")

    return type("Brought", (of,), {f"build_{network}": locals()[network]})


def test_the_models_of_the_house_end_as_they_should(make_game):
    game = make_game()
    assert game.remarks() == []


@pytest.mark.parametrize("how", [
    {"networks": "goodfellow_2014"}, {"from_logits": True}, {"recipe": "mnist"},
    {"img_shape": (2,)}, {"generator_loss": "saturating"}, {"label_smoothing": 0.1},
])
def test_the_options_of_the_house_end_as_they_should(how):
    assert GAN(**{"img_shape": SHAPE, **how}).remarks() == []


@pytest.mark.parametrize("make", [
    lambda: DCGAN(img_shape=(16, 16, 3), base_channels=1, networks="residual"),
    lambda: DCGAN(img_shape=(9, 12, 3), base_channels=1, networks="radford_2015"),
    lambda: DCGAN(img_shape=(9, 12, 3), base_channels=1, recipe="half_hour"),
    lambda: CGAN(img_shape=SHAPE, conditioning="projection", from_logits=True),
])
def test_the_architectures_of_the_house_end_as_they_should(make):
    assert make().remarks() == []


@pytest.mark.parametrize("activation, words", [
    ("sigmoid", "generator ends in sigmoid: its pictures are never below 0"),
    ("relu", "generator ends in relu: its pictures are never below 0"),
    (None, "generator ends in linear: its pictures are not bound"),
])
def test_train_says_once_that_pictures_have_another_range(activation, words, images, capsys):
    gan = ending_in(activation)(img_shape=SHAPE, latent_dim=5, run_eagerly=True)
    remark, = gan.remarks()
    assert words in remark and "activation='tanh'" in remark
    gan.train(images, steps=2, batch_size=4)
    said = " ".join(capsys.readouterr().out.split())
    assert said.count(words) == 1
    assert gan.check_freeze(batch_sizes=(3,)).ok              # who moves is as it should be


@pytest.mark.parametrize("activation, from_logits, words", [
    ("sigmoid", True, "The loss of discriminator takes logits"),
    (None, False, "The loss of discriminator takes probabilities"),
    ("tanh", False, "discriminator ends in tanh"),
])
def test_a_loss_and_an_end_that_contradict_each_other_are_found(activation, from_logits, words):
    gan = ending_in(activation, network="discriminator")(
        img_shape=SHAPE, latent_dim=5, from_logits=from_logits, run_eagerly=True)
    report = gan.check_freeze(batch_sizes=(3,))
    assert not report.ok and words in report.findings[0], str(report)
    assert any("The loss of combined" in finding for finding in report.findings)
    assert gan.remarks() == report.findings[:len(gan.remarks())]


def test_other_losses_take_any_end():
    gan = ending_in("sigmoid", LSGAN, "discriminator")(img_shape=SHAPE, latent_dim=5)
    assert gan.remarks() == []


def test_an_end_that_nobody_can_tell_is_none():
    img = Input(SHAPE)
    flat = layers.Flatten()(img)
    assert last_activation(layers.Add()([flat, flat])) is None
    inside = Sequential([Input((48,)), layers.Dense(3, activation="softmax"),
                         layers.Reshape((3, 1))])
    assert last_activation(inside(flat)) == "softmax"
    assert last_activation(keras.ops.sigmoid(flat)) is None
