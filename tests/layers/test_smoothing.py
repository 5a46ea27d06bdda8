"""One-sided label smoothing, by the optimum that it implies."""
import keras
import numpy as np
import pytest

from keras_gan import GAN, LSGAN, WGAN
from keras_gan.layers import SmoothedCrossentropy
from tests.games import SHAPE, small


@pytest.mark.parametrize("from_logits", [False, True])
def test_the_best_discriminator_says_alpha_p_of_p_and_q(from_logits):
    """Salimans et al., section 3.4: (α p + β q) / (p + q), with β = 0."""
    p, q, smoothing = np.array([0.5, 0.3, 0.15, 0.05]), np.array([0.1, 0.2, 0.3, 0.4]), 0.1
    loss = SmoothedCrossentropy(smoothing, from_logits=from_logits, reduction="none")
    said = np.linspace(0.001, 0.999, 9981)[:, None]            # what D might say, in steps of 1e-4
    output = np.log(said / (1 - said)) if from_logits else said
    real, fake = (keras.ops.convert_to_numpy(loss(np.full(said.shape, truth), output))
                  for truth in (1.0, 0.0))
    best = said[(p[:, None] * real + q[:, None] * fake).argmin(axis=1), 0]
    np.testing.assert_allclose(best, 0.9 * p / (p + q), atol=2e-3)


def test_without_smoothing_it_is_binary_crossentropy_bit_for_bit(rng):
    truth = rng.integers(0, 2, (20, 1)).astype("float32")
    said = rng.uniform(size=(20, 1)).astype("float32")
    plain = keras.losses.BinaryCrossentropy()
    assert float(SmoothedCrossentropy()(truth, said)) == float(plain(truth, said))
    smoothed = SmoothedCrossentropy(0.1, from_logits=True)
    assert SmoothedCrossentropy.from_config(smoothed.get_config()).smoothing == 0.1


@pytest.mark.parametrize("from_logits", [False, True])
def test_a_game_with_smoothing(from_logits):
    gan = small(label_smoothing=0.1, from_logits=from_logits, run_eagerly=True)
    images = np.zeros((4, *SHAPE), "float32")
    last = gan.discriminator.layers[-1].layers[-1]
    # An undecided discriminator says .45, in every place
    logit = np.log(0.45 / 0.55)
    last.set_weights([np.zeros_like(last.weights[0]), np.array([logit], "float32")])
    loss = gan.discriminator.test_on_batch(images, np.ones((4, 1)), return_dict=True)
    fake = gan.discriminator.test_on_batch(images, np.zeros((4, 1)), return_dict=True)
    assert loss["validity"] == pytest.approx(0.45)
    assert 0.5 * (loss["loss"] + fake["loss"]) == pytest.approx(gan.undecided_loss, rel=1e-5)
    assert gan.undecided_loss < np.log(2) == small().undecided_loss
    # Above it pictures count as real. The truth is no .9: nothing would be equal to it
    last.set_weights([np.zeros_like(last.weights[0]), np.array([logit + 0.01], "float32")])
    assert gan.discriminator.test_on_batch(images, np.ones((4, 1)),
                                           return_dict=True)["accuracy"] == 1.0


def test_games_without_labels_have_no_smoothing():
    for game in (LSGAN, WGAN):
        with pytest.raises(TypeError, match="takes no label_smoothing: there is no choice"):
            game(img_shape=SHAPE, label_smoothing=0.1)
    with pytest.raises(ValueError, match="label_smoothing must be .*Received: label_smoothing=1"):
        GAN(img_shape=SHAPE, label_smoothing=1)
