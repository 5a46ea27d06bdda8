"""`check_freeze` says in words what is broken in a game; no false alarm."""
import keras
import numpy as np
import pytest

from keras_gan import DCGAN, GAN
from tests.games import SHAPE


class FrozenTheOldWay(GAN):
    def build_combined(self):
        self.discriminator.trainable = False
        z = keras.Input((self.latent_dim,))
        return keras.Model(z, self.discriminator(self.generator(z)))


class NotFrozen(DCGAN):
    def build_combined(self):
        z = keras.Input((self.latent_dim,))
        return keras.Model(z, self.discriminator(self.generator(z)))


class OneOptimizer(GAN):
    def build(self):
        super().build()
        self.combined.compile(optimizer=self.discriminator.optimizer, loss="binary_crossentropy")


class FrozenInTheTurn(GAN):
    def train_on_batch(self, images, random=None):
        self.discriminator.trainable = False
        return super().train_on_batch(images, random)


class ForgottenDiscriminator(GAN):
    def train_on_batch(self, images, random=None):
        z = random["z"]
        return self.combined.train_on_batch(z, np.ones((len(z), 1)), return_dict=True)


TURN_MOVES_NOTHING = "! train_on_batch moves nothing of the discriminator, which learns nothing. "


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
@pytest.mark.parametrize("broken, words", [
    (FrozenTheOldWay, "learns nothing. Its flag `trainable` is False"),
    (NotFrozen, "combined.train_on_batch changes the discriminator"),
    (OneOptimizer, "One optimizer can't serve two models"),
    (FrozenInTheTurn, TURN_MOVES_NOTHING + "Its flag `trainable` is False"),
    (ForgottenDiscriminator, TURN_MOVES_NOTHING + "No gradient"),
])
def test_check_freeze_reports_a_broken_subclass_in_words(broken, words):
    few = {"base_channels": 1} if issubclass(broken, DCGAN) else {"networks": "srivastava_2017"}
    gan = broken(img_shape=(8, 8, 1), latent_dim=5, jit_compile=False, **few)
    was_trainable = gan.discriminator.trainable
    report = gan.check_freeze(batch_sizes=(3,))
    assert not report.ok and gan.discriminator.trainable == was_trainable
    assert "BROKEN" in str(report) and words in str(report), str(report)


def test_the_freeze_holds_with_xla():
    gan = GAN(img_shape=SHAPE, networks="srivastava_2017", jit_compile=True)
    assert gan.check_freeze(batch_sizes=(3,)).ok


def test_batches_of_one_picture_are_no_false_alarm():
    assert GAN(img_shape=SHAPE, jit_compile=False).check_freeze(batch_sizes=(1,)).ok
