"""The clipped critic: the distance that it finds, and what is clipped."""
import numpy as np
import pytest
from keras import Sequential, ops
from keras.layers import BatchNormalization, Dense, Flatten, Input

from keras_gan import WGAN
from tests.games import SHAPE, linear_critic, random_images


def test_a_clipped_critic_finds_the_distance_of_two_normal_distributions(real_and_generated):
    gan = linear_critic(WGAN, clip=1.0)
    assert gan.critic is gan.discriminator
    real, generated = real_and_generated
    for _ in range(40):
        logs = gan.distance.train_on_batch([real, generated], np.ones_like(real), return_dict=True)
        for weight in gan.critic.trainable_weights:
            weight.assign(ops.clip(weight, -1.0, 1.0))
    assert -logs["loss"] == pytest.approx(3, abs=0.1)        # W1: as far as the means are apart


class WithNormalisedCritic(WGAN):
    """Somebody's own: the critics of the house have no weights that aren't trained."""

    def build_discriminator(self):
        return Sequential([Input(self.img_shape), Flatten(), Dense(8), BatchNormalization(),
                           Dense(1)])


def test_trainable_weights_of_the_critic_are_clipped_and_nothing_else(rng):
    gan = WithNormalisedCritic(img_shape=SHAPE, k=2, clip=0.02, jit_compile=False)
    gan.train_on_batch(random_images(rng, 8, SHAPE))
    trainable = [np.array(w) for w in gan.critic.trainable_weights]
    assert max(np.abs(w).max() for w in trainable) == pytest.approx(0.02)
    others = [np.array(w) for w in gan.critic.non_trainable_weights]
    assert others and max(np.abs(w).max() for w in others) > 0.1                # moving variances
    assert max(np.abs(w).max() for w in gan.generator.get_weights()) > 0.1


def test_a_deep_clipped_critic_does_not_fall_silent(rng):
    images = random_images(rng, 80, (32, 40, 3)) // 8
    images[:, :, :20, 0] += 200
    gan = WGAN(recipe="laptop", img_shape=(32, 40, 3), clip=0.02, learning_rate=2e-4,
               jit_compile=False)
    # W1 in 30 turns, with three seeds: 4.0, .49, 6.9. With BatchNormalization, whose
    # scales are clipped too, at most .0001
    assert gan.train(images, steps=30, batch_size=16)["W1"][-1] > 0.1


@pytest.mark.parametrize("norm", ["batch", "spectral"])
def test_a_clipped_critic_has_no_normalisation(norm):
    expected = "discriminator_norm must be 'none' where weights are clipped.*"
    with pytest.raises(ValueError, match=f"{expected}Received: discriminator_norm='{norm}'"):
        WGAN(recipe="laptop", discriminator_norm=norm)
