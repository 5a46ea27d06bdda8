"""The 1-D game: exact facts of the theory, and that it is won."""
import numpy as np
import pytest
from scipy.stats import norm

from keras_gan import GaussianGAN
from keras_gan.evaluation.report import evaluate_gaussian


def test_the_best_discriminator_of_two_normal_distributions():
    gan = GaussianGAN(mu=3.0, sigma=1.0, jit_compile=False)
    x = np.linspace(0, 3, 31)
    d_star = gan.optimal_discriminator(x, q=norm.pdf(x))        # if the generator made N(0, 1)
    np.testing.assert_allclose(np.log(d_star / (1 - d_star)), 3 * x - 4.5, atol=1e-9)
    np.testing.assert_allclose(gan.optimal_discriminator(x, q=gan.density(x)), 0.5)
    assert np.isnan(gan.optimal_discriminator(np.array([1e9]), q=np.zeros(1)))[0]


def test_the_generated_density_is_that_of_the_samples():
    gan = GaussianGAN(jit_compile=False)
    gan.generator.set_weights([np.zeros_like(w) for w in gan.generator.get_weights()])
    samples = norm.rvs(-2, 0.5, size=(20_000, 1), random_state=0)
    gan.generate = lambda n, seed=None: samples[:n]
    x = np.linspace(-4, 0, 101)
    error = np.abs(gan.generated_density(x) - norm.pdf(x, -2, 0.5))
    assert error.max() < 0.05                                   # of .80 at the top
    assert gan.optimal_discriminator(np.array([[3.0, -2.0]])).shape == (1, 2)


def test_an_untrained_game_knows_nothing_about_its_data():
    for seed in range(3):
        far, near = (GaussianGAN(mu=mu, sigma=sigma, seed=seed, jit_compile=False)
                     for mu, sigma in ((3.0, 1.0), (-100.0, 7.0)))
        np.testing.assert_array_equal(far.generate(100, seed=1), near.generate(100, seed=1))
        assert abs(far.generate(1000, seed=1).mean() - 3) > 2
        x = np.arange(5.0)
        np.testing.assert_array_equal(far.discriminate(x), near.discriminate(x))


@pytest.mark.parametrize("prior, edge", [("normal", 10), ("uniform", 1.8)])
def test_the_priors(prior, edge, rng):
    z = GaussianGAN(prior=prior, jit_compile=False).draw_noise(20_000, rng)
    assert np.abs(z).max() < edge
    assert z.mean() == pytest.approx(0, abs=0.03) and z.std() == pytest.approx(1, abs=0.02)


def test_pretraining_brings_the_discriminator_to_the_best_one():
    x = np.linspace(-1, 4, 51)
    errors = []
    for steps in (0, 300):
        gan = GaussianGAN(pretraining=steps, jit_compile=False)
        errors.append(np.abs(gan.discriminate(x) - gan.optimal_discriminator(x)).mean())
    assert errors[0] > 0.3 and errors[1] < 0.05              # .01 to .02 with three seeds


def test_the_saturating_loss_is_that_of_equation_1(float64):
    gans = [GaussianGAN(generator_loss=loss, jit_compile=False)
            for loss in ("non_saturating", "saturating")]
    noise = np.random.default_rng(0).normal(size=(64, 1))
    d = gans[0].discriminate(gans[0].generator(noise, training=False))
    losses = [gan.combined.test_on_batch(noise, np.ones((64, 1)), return_dict=True)["loss"]
              for gan in gans]
    assert losses == pytest.approx([-np.log(d).mean(), np.log(1 - d).mean()])


def test_the_default_game_is_won():
    gan = GaussianGAN(jit_compile=False)
    gan.train(steps=1500)
    report = evaluate_gaussian(gan)
    assert report["mean"].generated == pytest.approx(3, abs=0.1)
    assert report["standard deviation"].generated == pytest.approx(1, abs=0.1)
    assert report["Jensen"].generated < 0.01
    assert report["largest |D(x) - 1/2|"].generated < 0.05


def test_a_run_of_the_gaussian_game_has_its_pictures_and_can_be_resumed(tmp_path):
    folder = tmp_path / "run"
    run = {"batch_size": 32, "run_dir": folder, "sample_interval": 2, "checkpoint_interval": 2}
    whole, part, resumed = (GaussianGAN(run_eagerly=True, prior="uniform") for _ in range(3))
    whole.train(steps=4, batch_size=32)
    part.train(steps=2, **run)
    expected = {"film.gif", "losses.png", "history.csv", "model"}
    assert expected <= {p.name for p in folder.iterdir()}
    assert sorted(p.name for p in (folder / "samples").iterdir()) == [
        "real_vs_generated.png", "step_000000.png", "step_000002.png"]
    resumed.train(steps=4, resume=True, **run)
    np.testing.assert_array_equal(resumed.generate(50, seed=0), whole.generate(50, seed=0))
    assert resumed.check_freeze(batch_sizes=(3,)).ok


@pytest.mark.parametrize("arguments, message", [
    ({"sigma": 0.0}, "sigma must be above 0. Received: sigma=0.0"),
    ({"mu": np.inf}, "mu must be a finite number"),
    ({"prior": "cauchy"}, "prior must be 'normal' or 'uniform'"),
    ({"generator_loss": "hinge"}, "generator_loss must be"),
    ({"k": 0}, "k must be"),
    ({"pretraining": -1}, "pretraining must be"),
])
def test_arguments_that_make_no_sense_are_refused_in_words(arguments, message):
    with pytest.raises(ValueError, match=message):
        GaussianGAN(**arguments)
