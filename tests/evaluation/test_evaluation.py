"""The instruments: values by hand or by a library, floors, generators that cheat."""
import io
import json

import keras
import numpy as np
import pytest
from rich.console import Console
from scipy.linalg import sqrtm
from scipy.stats import multivariate_normal, norm
from sklearn.neighbors import KernelDensity

from data_loaders import Pictures, load_data
from keras_gan import CGAN, GAN, GaussianGAN
from keras_gan.evaluation import (
    agreement,
    birthday_test,
    class_histogram,
    class_kl,
    copied_share,
    distances,
    frechet_distance,
    grid,
    jensen_shannon,
    kernel_distance,
    mode_coverage,
    nearest_neighbour_error,
    neighbours,
    parzen,
    parzen_log_likelihood,
    precision,
    recall,
    report,
    ring,
)
from keras_gan.evaluation.judge import LeNet, MobileNet, StackedLeNet, reduced
from keras_gan.evaluation.parzen import SIGMAS, log_likelihood
from keras_gan.evaluation.report import evaluate, evaluate_gaussian, halves, laid_on_white
from keras_gan.samples.densities import estimated_density


def with_moments(rng, n, mean, covariance):
    """n points that have exactly this mean and covariance."""
    x = rng.normal(size=(n, len(mean)))
    x = (x - x.mean(0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
    return x @ np.linalg.cholesky(covariance).T + mean


# --- distances of features ------------------------------------------------------------

def test_frechet_distance_of_known_moments(rng):
    a, eye = np.array([1.0, -2.0, 0.5]), np.eye(3)
    at_zero, at_a = with_moments(rng, 50, np.zeros(3), eye), with_moments(rng, 70, a, eye)
    assert frechet_distance(at_zero, at_a) == pytest.approx(a @ a)
    assert frechet_distance(at_a, at_a) == pytest.approx(0, abs=1e-9)
    one, other = (m @ m.T + 0.1 * eye for m in rng.normal(size=(2, 3, 3)))
    formula = a @ a + np.trace(one + other - 2 * sqrtm(one @ other).real)
    clouds = with_moments(rng, 50, np.zeros(3), one), with_moments(rng, 60, a, other)
    assert frechet_distance(*clouds) == pytest.approx(formula)


def test_frechet_distance_of_features_that_are_never_there(rng):
    a, b = rng.normal(size=(2, 40, 3))
    padded = [np.concatenate([x, np.zeros((40, 2))], axis=1) for x in (a, b)]    # singular
    assert frechet_distance(*padded) == pytest.approx(frechet_distance(a, b))


def test_kernel_distance_is_the_unbiased_mmd(rng):
    a, b = rng.normal(size=(7, 3)), rng.normal(size=(5, 3)) + 1

    def k(x, y):
        return (x @ y / 3 + 1) ** 3

    by_hand = (np.mean([k(x, y) for i, x in enumerate(a) for j, y in enumerate(a) if i != j])
               + np.mean([k(x, y) for i, x in enumerate(b) for j, y in enumerate(b) if i != j])
               - 2 * np.mean([k(x, y) for x in a for y in b]))
    assert kernel_distance(a, b) == pytest.approx(by_hand)
    big = rng.normal(size=(2500, 2))                           # more than one chunk of rows
    assert kernel_distance(big, big[:1100]) == pytest.approx(kernel_distance(big[:1100], big))
    floors = [kernel_distance(*rng.normal(size=(2, 100, 4))) for _ in range(40)]
    assert min(floors) < 0 < max(floors)
    assert abs(np.mean(floors)) < 0.02 < kernel_distance(big[:100], big[100:200] + 1)


@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance])
@pytest.mark.parametrize("a, b, message", [
    (np.zeros((5, 3)), np.zeros((5, 4)), r"a \(5, 3\), b \(5, 4\)"),
    (np.zeros(5), np.zeros(5), r"\(n, d\) arrays"),
    (np.full((5, 3), np.nan), np.zeros((5, 3)), "a holds numbers that aren't finite"),
])
def test_distances_refuse_what_is_no_cloud(distance, a, b, message):
    with pytest.raises(ValueError, match=message):
        distance(a, b)


# --- Parzen ---------------------------------------------------------------------------

def test_parzen_likelihood_is_that_of_the_mixture(rng):
    samples, test = rng.uniform(size=(2, 6, 2, 2, 1))
    by_hand = [
        np.log(np.mean([multivariate_normal.pdf(x.ravel(), s.ravel(), 0.3 ** 2 * np.eye(4))
                        for s in samples]))
        for x in test]
    np.testing.assert_allclose(log_likelihood(test, samples, 0.3), by_hand, rtol=1e-5)
    density = KernelDensity(bandwidth=0.3).fit(samples.reshape(6, 4))
    other = density.score_samples(test.reshape(6, 4))
    np.testing.assert_allclose(log_likelihood(test, samples, 0.3), other, rtol=1e-5)


def test_parzen_chooses_the_width_on_the_validation_pictures(rng):
    samples, test, validation = (rng.normal(0.5, 1.0, size=(n, 3)) for n in (300, 100, 200))
    result = parzen_log_likelihood(samples, test, validation)
    best = max(SIGMAS, key=lambda s: KernelDensity(bandwidth=s).fit(samples).score(validation))
    assert result["sigma"] == best != SIGMAS[0]
    nats = KernelDensity(bandwidth=best).fit(samples).score(test) / 100
    assert result["nats"] == pytest.approx(nats, rel=1e-5)
    np.testing.assert_allclose((SIGMAS[0], SIGMAS[-1], len(SIGMAS)), (0.1, 1.0, 10))


# --- neighbours -----------------------------------------------------------------------

def test_precision_and_recall_of_intervals():
    line = np.arange(20.0)[:, None]
    assert precision(line, line + 0.5) == recall(line, line + 0.5) == 1.0
    assert precision(line[:10], line) == 1.0                   # all real ...
    assert recall(line[:10], line) == pytest.approx(13 / 20)   # ... but of 10 .. 19 only 3 in reach
    assert precision(line + 100, line) == recall(line + 100, line) == 0.0
    with pytest.raises(ValueError, match="more than neighbours=3"):
        precision(line[:3], line)


def test_nearest_neighbour_error_by_hand():
    samples, labels = np.array([[0.0], [10.0]]), [0, 1]
    test, test_labels = [[1.0], [4.0], [6.0], [11.0]], [0, 1, 1, 1]
    assert nearest_neighbour_error(samples, labels, test, test_labels) == 0.25


def test_birthday_test_counts_pairs_that_are_nearer_than_any_two_real_ones():
    real = np.arange(10.0)[:, None]                            # never nearer than 1
    made = np.array([0, 0.5, 3, 3.25, 3.5, 6, 8, 10, 12, 14])[:, None]     # 1 pair, and 3 of three
    assert birthday_test(made, real) == {"pairs": 4, "support": 45 / 4, "distance": 1.0}
    of_real = birthday_test(real, real)
    assert of_real["pairs"] == 0 and of_real["support"] == np.inf


def test_copies_among_the_real_pictures_blind_no_instrument(rng):
    real = rng.uniform(size=(200, 6)).astype("float32")
    real[1] = real[0]
    assert birthday_test(np.repeat(real[:1], 50, axis=0), real)["pairs"] == 50 * 49 / 2
    training, held_out = rng.uniform(size=(300, 6)), rng.uniform(size=(200, 6))
    held_out[:10] = training[:10]                # 5 % of the held-out pictures were also trained on
    assert copied_share(training[100:200], training, held_out) == 1.0
    share = copied_share(rng.uniform(size=(2000, 6)), training, held_out)
    assert share == pytest.approx(0.01, abs=0.02)


def test_birthday_test_estimates_how_many_pictures_there_are(rng):
    pictures = rng.uniform(size=(400, 6))

    def support():
        samples = pictures[rng.integers(400, size=300)] + 1e-6 * rng.normal(size=(300, 6))
        return birthday_test(samples, rng.uniform(size=(300, 6)))["support"]

    supports = [support() for _ in range(20)]
    assert np.mean(supports) == pytest.approx(400, rel=0.2)


@pytest.mark.parametrize("dtype, scale", [("float16", 1), ("float32", 1e-3), ("float32", 1e3),
                                          ("float64", 1), ("uint8", 1)])
def test_a_set_with_copies_against_itself_has_precision_and_recall_1(rng, dtype, scale):
    if dtype == "uint8":
        ten_times = np.repeat(rng.integers(0, 256, (40, 9, 9, 1), dtype=dtype), 10, axis=0)
    else:
        ten_times = np.repeat(scale * rng.uniform(size=(40, 81)), 10, axis=0).astype(dtype)
    assert precision(ten_times, ten_times) == recall(ten_times, ten_times) == 1.0
    assert precision(ten_times[::10], ten_times) == precision(ten_times[:25], ten_times) == 1.0
    other = rng.permutation(ten_times.ravel()).reshape(ten_times.shape)
    assert precision(other, ten_times) == 0.0                  # of balls of size 0
    labels = np.repeat(np.arange(40), 10)
    assert nearest_neighbour_error(ten_times, labels, ten_times, labels) == 0
    assert copied_share(ten_times, ten_times, ten_times) == 1.0
    assert copied_share(other, ten_times, ten_times) == 0.0
    found = birthday_test(ten_times, ten_times)
    assert found["pairs"] == 40 * 45 and np.isfinite(found["distance"])
    flat = ten_times.reshape(400, -1)
    trace = np.var(flat.astype("float64"), axis=0, ddof=1).sum()
    assert frechet_distance(flat, flat) <= 1e-6 * trace


def test_a_set_of_equal_samples_is_measured_or_refused_in_words(rng):
    equal, other = np.full((20, 5), 0.3, "float32"), rng.uniform(size=(30, 5))
    assert precision(equal, equal) == recall(equal, equal) == 1.0
    assert recall(equal, other) == 0.0
    assert frechet_distance(equal, equal) == 0 < frechet_distance(equal, other)
    assert kernel_distance(equal, equal) == pytest.approx(0)
    assert copied_share(equal, equal, equal) == 1.0 and copied_share(other, equal, equal) == 0
    with pytest.raises(ValueError, match="All real pictures are equal"):
        birthday_test(other, equal)
    assert birthday_test(equal, other)["pairs"] == 190


NAN = np.full((9, 4), np.nan)


@pytest.mark.parametrize("instrument, arrays, message", [
    (precision, (np.zeros((9, 4)), NAN), "real holds numbers that aren't finite"),
    (precision, (np.zeros((9, 4)), np.zeros((9, 5))), r"differ in n alone.*generated \(9, 4\)"),
    (precision, (np.zeros(9), np.zeros(9)), r"arrays \(n, ...\)"),
    (recall, (np.zeros((3, 4)), np.zeros((9, 4))), "more than neighbours=3 of each.*9 and 3"),
    (precision, (np.zeros((9, 4)), np.zeros((9, 4), np.uint8)), "one range.*images / 255"),
    (kernel_distance, (np.zeros((9, 4)), np.zeros((9, 4), np.uint8)), "one range.*b uint8"),
    (birthday_test, (np.zeros((1, 4)), np.zeros((9, 4))), "at least 2 of each"),
    (birthday_test, (NAN, np.zeros((9, 4))), "generated holds"),
    (copied_share, (np.zeros((0, 4)), np.zeros((9, 4)), np.zeros((9, 4))), "at least 1 of each"),
    (nearest_neighbour_error, (NAN, np.zeros(9), np.zeros((9, 4)), np.zeros(9)), "samples holds"),
    (log_likelihood, (np.zeros((9, 4), np.uint8), np.zeros((9, 4)), 0.2), r"images / 255"),
    (log_likelihood, (np.zeros((9, 4)), NAN, 0.2), "samples must be pixels"),
    (mode_coverage, (NAN[:, :2], ring()), "aren't finite"),
    (jensen_shannon, (NAN[:, 0], np.ones(9), np.arange(9)), "aren't finite"),
    (class_histogram, (np.zeros(3), 3), "whole numbers.*float64"),
    (class_kl, ([1.0], [0.5, 0.5]), "of the same classes"),
    (class_kl, ([3.0, 4.0], [0.5, 0.5]), "sum to 1.*of sum 7 and 1"),
])
def test_what_cannot_be_measured_is_refused_in_words(instrument, arrays, message):
    with pytest.raises(ValueError, match=message):
        instrument(*arrays)


def test_blocks_change_no_number(rng, monkeypatch):
    a, b = rng.uniform(size=(2, 60, 5))
    instruments = (precision, recall, kernel_distance, lambda *x: birthday_test(*x)["pairs"],
                   lambda *x: log_likelihood(*x, 0.2).mean())
    whole = [instrument(a, b) for instrument in instruments]
    monkeypatch.setattr(neighbours, "MEGABYTES", 0.001)
    monkeypatch.setattr(distances, "AT_ONCE", 300)
    monkeypatch.setattr(parzen, "AT_ONCE", 300)
    np.testing.assert_allclose([instrument(a, b) for instrument in instruments], whole, rtol=1e-6)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_the_density_of_a_collapsed_or_diverged_generator():
    x = np.linspace(-3, 9, 8001)
    spike = estimated_density(np.full((1000, 1), 1.5, "float32"), x)
    assert np.trapezoid(spike, x) == pytest.approx(1, abs=0.01) and x[spike.argmax()] == 1.5
    assert jensen_shannon(norm.pdf(x, 3), spike, x) == pytest.approx(np.log(2), abs=0.02)
    assert (estimated_density(np.full((10, 1), np.nan), x) == 0).all()


# --- labels ---------------------------------------------------------------------------

def test_class_instruments_by_hand():
    assert agreement([0, 1, 2, 2], [0, 1, 1, 2]) == 0.75
    np.testing.assert_array_equal(class_histogram([0, 2, 2, 2], 4), [0.25, 0, 0.75, 0])
    by_hand = 0.5 * np.log(2) + 0.5 * np.log(2 / 3)
    assert class_kl([0.5, 0.5], [0.25, 0.75]) == pytest.approx(by_hand)
    assert class_kl([1.0, 0.0], [0.5, 0.5]) == pytest.approx(np.log(2))
    assert class_kl([0.3, 0.7], [0.3, 0.7]) == 0
    assert class_kl([0.5, 0.5], [1.0, 0.0]) == np.inf
    with pytest.raises(ValueError, match="whole numbers from 0 to 2"):
        class_histogram([0, 3], 3)
    with pytest.raises(ValueError, match="as many labels"):
        agreement([0, 1], [0])


# --- known densities ------------------------------------------------------------------

def test_jensen_shannon_divergence_of_known_densities():
    x = np.linspace(-12, 15, 20_001)
    assert jensen_shannon(norm.pdf(x, 3, 1), norm.pdf(x), x) == pytest.approx(0.52678, abs=1e-5)
    assert jensen_shannon(norm.pdf(x), 7 * norm.pdf(x), x) == pytest.approx(0, abs=1e-12)
    apart = jensen_shannon(norm.pdf(x, -6, 0.1), norm.pdf(x, 6, 0.1), x)
    assert apart == pytest.approx(np.log(2), abs=1e-6)


@pytest.mark.parametrize("mixture, modes", [(ring(), 8), (grid(), 25)])
def test_mode_coverage_of_real_points_and_of_lost_modes(mixture, modes):
    points = mixture.sample(20_000, seed=1)
    real = mode_coverage(points, mixture)
    assert real["modes"] == modes and real["reverse_kl"] < 0.002
    assert real["high_quality"] == pytest.approx(0.9889, abs=0.003)
    nearest = np.linalg.norm(points[:, None] - mixture.modes, axis=-1).argmin(1)
    half = mode_coverage(points[nearest < modes // 2], mixture)
    assert half["modes"] == modes // 2
    assert half["reverse_kl"] == pytest.approx(np.log(modes / (modes // 2)), abs=0.01)
    between = mode_coverage(np.full((10, 2), 1e3), mixture)
    assert between["modes"] == 0 and between["high_quality"] == 0


def test_mixtures_are_those_of_the_papers():
    np.testing.assert_allclose(np.linalg.norm(ring().modes, axis=1), 1)
    assert sorted({*grid().modes.ravel()}) == [-4, -2, 0, 2, 4] and len(grid().modes) == 25
    between = np.linalg.norm(np.diff(ring().modes, axis=0), axis=1)
    assert between == pytest.approx(2 * np.sin(np.pi / 8))
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        mode_coverage(np.zeros((4, 3)), ring())


# --- the judge, and generators that cheat ---------------------------------------------

@pytest.fixture(scope="module")
def digits():
    return halves(load_data("digits", img_shape=(8, 8, 1)))


@pytest.fixture(scope="module")
def judge(digits):
    return LeNet(digits[0])


def test_the_judge_knows_digits_it_has_not_seen_and_is_kept(digits, judge):
    features, seen = judge.look_at(digits[1].images)
    assert features.shape == (899, 128)
    assert np.mean(seen == digits[1].labels) > 0.95            # .988, .990, .991 with three seeds
    state = np.random.get_state()[1].sum()
    again, _ = LeNet(digits[0]).look_at(digits[1].images)      # from the cache, not taught again
    np.testing.assert_array_equal(again, features)
    assert np.random.get_state()[1].sum() == state
    as_floats, _ = judge.look_at(digits[1].images / np.float32(255))
    np.testing.assert_allclose(as_floats, features, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("policy, data_format", [("mixed_bfloat16", "channels_last"),
                                                 ("float32", "channels_first")])
def test_the_judge_measures_in_full_precision_and_channels_last(digits, judge, policy, data_format):
    pictures = digits[1].images[:100]
    keras.config.set_dtype_policy(policy)
    keras.config.set_image_data_format(data_format)
    try:
        features, seen = LeNet(digits[0]).look_at(pictures)
    finally:
        keras.config.set_dtype_policy("float32")
        keras.config.set_image_data_format("channels_last")
    for mine, expected in zip((features, seen), judge.look_at(pictures), strict=True):
        np.testing.assert_array_equal(mine, expected)


def test_the_judge_must_have_labels(tmp_path):
    class Unlabelled:
        labels = None

        def __str__(self):
            return "photos: 12 pictures"

    with pytest.raises(ValueError, match=r"labelled pictures of at least two classes.*photos: 12"):
        LeNet(Unlabelled())


class Cheat(GAN):
    """Stands for a trained model: what it generates is given."""

    def cheat(self, pictures):
        self.pictures = pictures / np.float32(255)
        return self

    def generate(self, n, seed=None):
        return self.pictures[np.arange(n) % len(self.pictures)]


def test_each_cheat_is_flagged_by_the_right_instrument(digits):
    training, held_out = digits
    rng = np.random.default_rng(0)
    gan = Cheat((8, 8, 1), jit_compile=False)
    n = 300
    noise = rng.integers(0, 256, (n, 8, 8, 1), dtype=np.uint8)
    honest, one, copies, random = (
        evaluate(gan.cheat(pictures), training, held_out, n)
        for pictures in (held_out.images[500:800], training.images[:1], training.images[:n], noise))

    for figure in honest.figures:
        if figure.name.startswith(("Fréchet", "kernel")):
            assert figure.generated < 3 * abs(figure.real) + 1
    assert one["recall"].generated == 0
    assert one["nearly equal pairs"].generated == n * (n - 1) / 2
    assert one["KL of"].generated > 1
    assert one["Fréchet"].generated > 10 * honest["Fréchet"].generated
    assert copies["share copied"].generated == 1.0 and honest["share copied"].generated < 0.1
    assert copies["share copied"].real == pytest.approx(0.01, abs=0.005)
    assert copies["Fréchet"].generated < 3 * honest["Fréchet"].generated     # blind to copies
    assert random["Fréchet"].generated > 10 * honest["Fréchet"].generated
    assert random["recall"].generated < 0.05
    assert random["Parzen"].generated < honest["Parzen"].generated - 50

    assert all(figure.what for figure in one.figures)
    assert "Only 300 samples" in str(one).splitlines()[1]
    console = Console(width=80, file=io.StringIO())
    console.print(one.table())
    printed = console.file.getvalue()
    assert printed.index("Only 300 samples") < printed.index("Fréchet") < printed.index("Of all")
    told = json.loads(one.as_json())
    assert told["n"] == n
    assert set(told["figures"][0]) == {"name", "generated", "real", "better", "seconds",
                                       "what"}
    assert "300 samples against half of digits" in str(one)


def test_modes_of_stacked_digits_are_counted_by_the_judge_of_one(digits, judge, monkeypatch):
    rng = np.random.default_rng(0)
    which = rng.integers(0, len(digits[0]), (400, 3))
    images = np.concatenate([digits[0].images[which[:, k]] for k in range(3)], axis=-1)
    labels = digits[0].labels[which] @ (100, 10, 1)
    names = [f"{number:03}" for number in range(1000)]
    data = Pictures(images, labels, names, "stacked", {"source": "stacked_mnist"})
    taught = []
    monkeypatch.setattr("keras_gan.evaluation.judge.LeNet", lambda x: taught.append(x) or judge)

    assert np.mean(StackedLeNet(data).look_at(images)[1] == labels) > 0.95
    np.testing.assert_array_equal(taught[0].images[..., 0], images[..., 0])
    assert taught[0].labels.tolist() == [int(names[label][0]) for label in labels]
    gan = Cheat((8, 8, 3), jit_compile=False)
    half = evaluate(gan.cheat(np.repeat(images[:2], 20, axis=0)), data, data, 40)
    assert half["modes of 1000"].generated == 2 < half["modes of 1000"].real <= 40
    assert half["KL from equally"].generated == pytest.approx(np.log(1000 / 2))


def test_a_figure_that_cannot_be_measured_stops_no_report(digits):
    training = Pictures(np.full((60, 8, 8, 1), 7, np.uint8), None, None, "grey walls")
    gan = Cheat((8, 8, 1), jit_compile=False).cheat(digits[0].images)

    class Judge:
        name = "mean"

        def __init__(self, *how):
            pass

        def look_at(self, pictures):
            return pictures.mean(axis=(1, 2)), None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "MobileNet", Judge)
        measured = evaluate(gan, training, training, 40)
    assert np.isnan(measured["nearly equal"].generated)
    assert any("nearly equal pairs (pixels) can't be measured: All real pictures are equal"
               in remark for remark in measured.remarks)
    assert json.loads(measured.as_json())["figures"][4]["generated"] is None


def test_pictures_with_alpha_are_measured_on_white_and_bands_as_they_are(rng):
    hidden = rng.integers(0, 256, (80, 8, 8, 4), dtype=np.uint8)     # colours under the alpha
    hidden[:, :4, :, 3] = 0
    seen = hidden.copy()
    seen[:, :4, :, :3] = 17
    white = laid_on_white(hidden)
    np.testing.assert_array_equal(white, laid_on_white(seen))
    assert (white[:, :4] == 255).all() and white.dtype == np.uint8
    np.testing.assert_allclose(laid_on_white(hidden / np.float32(255)) * 255, white, atol=0.51)
    labels, names = np.arange(80) % 2, ["a", "b"]
    for channels, remark in ((4, "laid on white"), (5, None)):
        images = rng.integers(0, 256, (80, 8, 8, channels), dtype=np.uint8)
        data = Pictures(images, labels, names, "sprites")
        gan = Cheat((8, 8, channels), jit_compile=False).cheat(images)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("keras_gan.evaluation.judge.STEPS_AT_LEAST", 1)
            measured = evaluate(gan, *halves(data), 30)
        assert not any(np.isnan(figure.generated) for figure in measured.figures)
        assert (remark is None) or any(remark in said for said in measured.remarks)


def test_signals_are_refused_with_the_instruments_that_take_them():
    class Signals:
        img_shape = (64, 2)

    with pytest.raises(ValueError, match=r"makes samples of \(64, 2\).*kernel_distance"):
        evaluate(Signals(), None, None)


def test_a_conditional_model_that_ignores_its_label_is_found_out(digits):
    class Deaf(CGAN):
        def generate(self, n, seed=None, labels=None):
            rng, held_out = np.random.default_rng(seed), digits[1]
            heard = labels if self.listens else rng.permutation(labels)
            chosen = [rng.choice(np.flatnonzero(held_out.labels == label)) for label in heard]
            return held_out.images[chosen] / np.float32(255)

    gan = Deaf((8, 8, 1), jit_compile=False)
    gan.listens = True
    heard = evaluate(gan, *digits, 400)
    gan.listens = False
    not_heard = evaluate(gan, *digits, 400)
    assert heard["agreement"].generated > 0.95 > 0.3 > not_heard["agreement"].generated
    assert heard["GAN-train"].generated < 0.15 < 0.5 < not_heard["GAN-train"].generated


def test_the_gaussian_report_on_an_untrained_game():
    measured = evaluate_gaussian(GaussianGAN(jit_compile=False), n=2000)
    mean = measured["mean"]
    assert abs(mean.generated - 3) > 2 and mean.real == pytest.approx(3, abs=0.1)
    assert measured["Jensen"].generated > 0.3 and measured["Jensen"].real < 0.01
    assert measured.remarks == []


def test_mobilenet_takes_a_file_of_weights(tmp_path, rng, monkeypatch):
    file = str(tmp_path / "some.weights.h5")
    network = keras.applications.MobileNetV2((160, 160, 3), include_top=False, weights=None)
    network.save_weights(file)
    judge = MobileNet(file)
    pictures = rng.integers(0, 256, (3, 20, 30, 3), dtype=np.uint8)
    features, seen = judge.look_at(pictures)
    assert features.shape == (3, 1280) and seen is None
    grey, _ = judge.look_at(pictures[..., :1])
    same, _ = judge.look_at(np.repeat(pictures[..., :1], 3, axis=-1))
    np.testing.assert_allclose(grey, same, atol=1e-5)
    with pytest.raises(FileNotFoundError, match="--mobilenet-weights FILE"):
        MobileNet(str(tmp_path / "nowhere.weights.h5"))
    pictures = rng.integers(0, 256, (24, 8, 8, 3), dtype=np.uint8)
    data = Pictures(pictures, None, None, "photos")            # no classes
    gan = GAN((8, 8, 3), jit_compile=False)
    monkeypatch.setattr(report, "MobileNet", lambda *given: {(file, None): judge}[given])
    measured = evaluate(gan, *halves(data), 20, mobilenet_weights=file)
    assert measured.n == 11 and "half of photos" in str(measured)
    assert "Fréchet distance (MobileNetV2 features)" in str(measured)
    assert not any("class" in figure.name for figure in measured.figures)


@pytest.mark.parametrize("change, message", [
    ({"images": np.zeros((40, 8, 8, 3), np.uint8)}, r"makes pictures of \(8, 8, 1\)"),
    ({"images": np.zeros((40, 8, 8, 1), np.float32)}, "must be uint8"),
    ({"images": np.zeros((12, 8, 8, 1), np.uint8), "labels": np.zeros(12, int)},
     "at least 10 real pictures"),
    ({"labels": None, "class_names": None}, "knows 2 classes: cat, dog. Received: data with none"),
    ({"class_names": ["dog", "cat"]}, "knows 2 classes: cat, dog. Received: data with dog, cat"),
])
def test_data_that_do_not_fit_are_refused_before_anything_slow(change, message):
    good = {"images": np.zeros((40, 8, 8, 1), np.uint8), "labels": np.arange(40) % 2,
            "class_names": ["cat", "dog"], "name": "made up"}
    gan = CGAN((8, 8, 1), num_classes=2, jit_compile=False)
    gan.class_names = ["cat", "dog"]
    with pytest.raises(ValueError, match=message):
        evaluate(gan, *halves(Pictures(**{**good, **change})))


def test_reduced_pictures(rng):
    picture = rng.integers(0, 256, (2, 64, 80, 3), dtype=np.uint8)
    small = reduced(picture)
    assert small.shape == (2, 26, 32, 3) and small.dtype == np.float32
    assert 0 <= small.min() < small.max() <= 1
    assert small.mean() == pytest.approx(picture.mean() / 255, abs=0.01)
    corner = picture[:, :20, :20]                              # small enough, not resized
    np.testing.assert_array_equal(reduced(corner), corner / np.float32(255))
