"""`scenes`: drawn landscapes in colour.

With them a first GAN needs neither a download nor a folder. There are four classes
(desert, lake, sea, village), at dawn, by day, at dusk and at night, in clear, cloudy,
rainy and snowy weather, with sun or moon, hills, houses, trees, palms and boats.
Scene `i` is a function of `i` alone. It is the same on every machine that has the same
version of OpenCV.
"""
import cv2
import numpy as np

CLASSES = ("desert", "lake", "sea", "village")
SEED = 20_140_610                     # arXiv:1406.2661
SIZE = (128, 160)                     # height, width of a finished scene
SCALE = 2                             # a scene is drawn so much larger, then shrunk: smooth edges
H, W = SIZE[0] * SCALE, SIZE[1] * SCALE

# RGB at the zenith, RGB at the horizon, and the light: a factor of every other colour
SKIES = {
    "dawn": ((112, 150, 214), (255, 196, 160), (0.95, 0.85, 0.80)),
    "day": ((52, 120, 220), (186, 220, 248), (1.00, 1.00, 1.00)),
    "dusk": ((62, 44, 110), (250, 124, 62), (0.80, 0.55, 0.52)),
    "night": ((8, 10, 38), (38, 50, 96), (0.28, 0.33, 0.50)),
}


def draw_scene(index):
    """Draw scene number `index`.

    Args:
        index: int >= 0. Its class is `CLASSES[index % 4]`.

    Returns:
        uint8 array (128, 160, 3), RGB.
    """
    return _drawn(index)[0]


def things_in(index):
    """Where houses and boats are in scene number `index`.

    Returns:
        list of (thing, (left, top, right, bottom)): "house" or "boat", and the pixels
        that it about fills. What is drawn later, a tree or the shore, may hide a part.
    """
    return [(thing, tuple(float(side) / SCALE for side in box)) for thing, box in _drawn(index)[1]]


def _drawn(index):
    """A scene as `draw_scene` returns it, and its things as it was drawn with them."""
    rng, time = _begin(index)
    scene = CLASSES[index % len(CLASSES)]
    weather = rng.choice(["clear", "cloudy", "rain", "snow"], p=(0.5, 0.3, 0.1, 0.1))
    if scene == "desert" and weather in ("rain", "snow"):
        weather = "clear"

    zenith, horizon, light = (np.array(c, float) for c in SKIES[time])
    horizon_y = int(H * rng.uniform(0.42, 0.62))
    if weather in ("rain", "snow"):
        grey = np.array((150, 156, 166)) * light
        zenith, horizon = 0.5 * zenith + 0.5 * grey, 0.5 * horizon + 0.5 * grey
    picture = _gradient(zenith + rng.normal(0, 8, 3), horizon + rng.normal(0, 8, 3), H, horizon_y)
    light_x = _sun_or_moon(picture, rng, time, horizon_y)
    if weather != "clear":
        _clouds(picture, rng, light, horizon_y, number=rng.integers(3, 6))

    ground = {"desert": _desert, "lake": _lake, "sea": _sea, "village": _village}[scene]
    things = []
    ground(picture, rng, light, horizon_y, horizon, time, light_x, things)
    if weather in ("rain", "snow"):
        _precipitation(picture, rng, weather, light)
    picture = cv2.resize(picture, SIZE[::-1], interpolation=cv2.INTER_AREA)
    picture += rng.normal(0, 2, picture.shape)            # the grain of a photograph
    return np.clip(np.round(picture), 0, 255).astype(np.uint8), things


def time_of(index):
    """The time of day in scene number `index`: "dawn", "day", "dusk" or "night"."""
    return str(_begin(index)[1])


def _begin(index):
    rng = np.random.default_rng([SEED, index])
    return rng, rng.choice(list(SKIES), p=(0.2, 0.4, 0.2, 0.2))


def _gradient(top, bottom, height, end):
    """(height, W, 3) that fades from `top` to `bottom` at row `end` and stays so."""
    t = np.clip(np.arange(height) / end, 0, 1)[:, None]
    return np.repeat(((1 - t) * top + t * bottom).astype(np.float32)[:, None], W, axis=1)


def _fill(picture, points, colour):
    cv2.fillPoly(picture, [np.round(points).astype(np.int32)], _floats(colour), cv2.LINE_AA)


def _line(picture, start, end, colour, thickness):
    cv2.line(picture, _ints(start), _ints(end), _floats(colour), thickness, cv2.LINE_AA)


def _disc(picture, centre, radius, colour):
    cv2.circle(picture, _ints(centre), radius, _floats(colour), -1, cv2.LINE_AA)


def _ellipse(picture, centre, axes, colour, upper_half=False):
    cv2.ellipse(picture, _ints(centre), _ints(axes), 0, 180 if upper_half else 0, 360,
                _floats(colour), -1, cv2.LINE_AA)


def _ints(pair):
    return tuple(map(int, pair))


def _floats(colour):
    return tuple(map(float, colour))


def _ridge(rng, base, height, roughness):
    """The upper edge of hills (smooth) or mountains (rough): y for every x."""
    x = np.linspace(0, 1, W)
    y = np.zeros(W)
    for octave in range(1, 6):
        height_of_octave = rng.normal() * roughness ** (octave - 1)
        y += height_of_octave * np.sin(2 * np.pi * (octave * 0.7 * x + rng.random()))
    return base - height * (0.6 + 0.4 * y / max(np.abs(y).max(), 1e-6))


def _land(picture, ridge, colour, bottom=H):
    x = np.arange(W)
    _fill(picture, np.concatenate([np.stack([x, ridge], 1), [[W, bottom], [0, bottom]]]), colour)


def _sun_or_moon(picture, rng, time, horizon_y):
    x = int(rng.uniform(0.12, 0.88) * W)
    low = time in ("dawn", "dusk")
    y = int(horizon_y * (rng.uniform(0.62, 0.85) if low else rng.uniform(0.15, 0.5)))
    colour = {"dawn": (255, 236, 170), "day": (255, 244, 140),
              "dusk": (255, 170, 60), "night": (238, 238, 220)}[time]
    radius = int(rng.uniform(15, 21) if time == "night" else rng.uniform(17, 26))
    down, right = (np.arange(-at, size - at, dtype=np.float32) for at, size in ((y, H), (x, W)))
    distance = np.hypot(down[:, None], right)[..., None]
    glow = np.exp(-distance / (radius * 1.6)) * (0.35 if time == "night" else 0.7)
    picture += glow * (np.array(colour, np.float32) - picture)
    if time == "night":
        for sx, sy in zip(rng.integers(0, W, 30), rng.integers(0, horizon_y, 30)):
            _disc(picture, (sx, sy), 1, (210, 210, 225))
    _disc(picture, (x, y), radius, colour)
    return x


def _clouds(picture, rng, light, horizon_y, number):
    mask = np.zeros((H, W), np.float32)
    for _ in range(number):
        x, y = rng.uniform(0, W), rng.uniform(0.08, 0.6) * horizon_y
        for _ in range(6):
            centre = x + rng.normal(0, 26), y + rng.normal(0, 5)
            _ellipse(mask, centre, (rng.uniform(16, 34), rng.uniform(7, 14)), (1,))
    mask = cv2.GaussianBlur(mask, (0, 0), 4)[..., None] * 0.9
    colour = np.array((246, 246, 250)) * (0.25 + 0.75 * light)
    picture += mask * (colour.astype(np.float32) - picture)


def _water(picture, rng, light, top, horizon, light_x, time):
    """Water from row `top` down, in the sky's colour, with a path of light on it."""
    near = np.array((14, 74, 128)) * light
    far = 0.45 * horizon + 0.55 * np.array((40, 120, 170)) * light
    picture[top:] = _gradient(far, near, H - top, H - top)
    glitter = {"dawn": (255, 226, 170), "day": (235, 245, 250),
               "dusk": (255, 170, 80), "night": (190, 200, 220)}[time]
    for _ in range(60):
        y = top + int((H - top) * rng.random() ** 1.5)
        x = light_x + rng.normal(0, 5 + 0.16 * (y - top))
        half = rng.uniform(2, 5 + 0.06 * (y - top))
        _line(picture, (x - half, y), (x + half, y), glitter, 1 + (y - top) // 60)


def _tree(picture, rng, light, x, y, height):
    trunk = np.array((92, 62, 36)) * light
    leaves = np.array(((34, 92, 44), (56, 112, 40), (24, 80, 58))[rng.integers(3)]) * light
    _line(picture, (x, y), (x, y - 0.4 * height), trunk, max(2, int(height / 9)))
    if rng.random() < 0.5:            # a fir
        for level in (0.25, 0.5, 0.72):
            half, foot = 0.34 * height * (1.1 - level), y - level * height
            _fill(picture, [[x - half, foot], [x + half, foot], [x, foot - 0.42 * height]], leaves)
    else:                             # a broad tree
        _ellipse(picture, (x, y - 0.65 * height), (0.32 * height, 0.38 * height), leaves)


def _palm(picture, rng, light, x, y, height):
    top = np.array((x + rng.uniform(-0.15, 0.15) * height, y - height))
    _line(picture, (x, y), top, np.array((120, 84, 48)) * light, 4)
    for angle in np.linspace(-0.2, np.pi + 0.2, 7):
        tip = top + 0.45 * height * np.array((np.cos(angle), -0.5 * np.sin(angle) + 0.25))
        _line(picture, top, tip, np.array((40, 120, 50)) * light, 4)


def _house(picture, rng, light, time, x, y, size):
    walls = (236, 226, 206), (226, 196, 150), (206, 214, 222), (222, 178, 166)
    wall = np.array(walls[rng.integers(4)]) * light
    roof = np.array(((176, 58, 40), (128, 72, 48), (80, 84, 98))[rng.integers(3)]) * light
    w, h = size * rng.uniform(0.9, 1.3), size * rng.uniform(0.6, 0.8)
    _fill(picture, [[x - w / 2, y], [x + w / 2, y], [x + w / 2, y - h], [x - w / 2, y - h]], wall)
    _fill(picture, [[x - 0.62 * w, y - h], [x + 0.62 * w, y - h], [x, y - h - 0.55 * w]], roof)
    lit = time in ("dusk", "night")
    pane = np.array((255, 214, 110)) if lit else np.array((96, 120, 150)) * light
    for dx in (-0.25, 0.25):
        _fill(picture, [[x + dx * w + sx * 0.09 * w, y - 0.5 * h + sy * 0.16 * h]
                        for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))], pane)
    return "house", (x - 0.62 * w, y - 1.55 * h, x + 0.62 * w, y)


def _boat(picture, rng, light, x, y, size):
    hull = np.array(((150, 50, 40), (240, 240, 236), (52, 60, 90))[rng.integers(3)]) * light
    sails = (250, 248, 240), (228, 92, 60), (250, 206, 90)
    sail = np.array(sails[rng.integers(3)]) * (0.3 + 0.7 * light)
    for corners, colour in (
            (((-1, -0.28), (1, -0.28), (0.65, 0.1), (-0.65, 0.1)), hull),
            (((0.04, -0.36), (0.04, -2), (0.85, -0.36)), sail),
            (((-0.06, -0.36), (-0.06, -1.7), (-0.7, -0.36)), sail)):
        _fill(picture, [[x + right * size, y + down * size] for right, down in corners], colour)
    return "boat", (x - size, y - 2 * size, x + size, y + 0.1 * size)


def _sea(picture, rng, light, horizon_y, horizon, time, light_x, things):
    if rng.random() < 0.5:            # an island
        x, half = rng.uniform(0, W), rng.uniform(30, 80)
        _ellipse(picture, (x, horizon_y), (half, half * 0.35), np.array((84, 110, 84)) * light,
                 upper_half=True)
    _water(picture, rng, light, horizon_y, horizon, light_x, time)
    for _ in range(rng.integers(1, 4)):
        y = rng.uniform(horizon_y + 12, H * 0.86)
        x, size = rng.uniform(0.08, 0.92) * W, 8 + 0.22 * (y - horizon_y)
        things.append(_boat(picture, rng, light, x, y, size))
    if rng.random() < 0.5:            # the beach
        _land(picture, _ridge(rng, H, 26, 0.3), np.array((226, 200, 150)) * light)


def _lake(picture, rng, light, horizon_y, horizon, time, light_x, things):
    snowy = rng.random() < 0.6
    ridge = _ridge(rng, horizon_y, rng.uniform(50, 90), 0.62)
    rock = (0.55 * np.array((104, 112, 132)) + 0.15 * horizon) * (0.5 + 0.5 * light)
    _land(picture, ridge, rock, horizon_y)
    if snowy:
        x = np.arange(W)
        cap = np.minimum(ridge + 9 + 5 * np.sin(x / 5.0), horizon_y - 8)
        upper, lower = np.stack([x, ridge], 1), np.stack([x, np.maximum(cap, ridge)], 1)
        snow = np.array((240, 242, 248)) * (0.25 + 0.75 * light)
        _fill(picture, np.concatenate([upper, lower[::-1]]), snow)
    _land(picture, _ridge(rng, horizon_y, 16, 0.5), np.array((40, 84, 52)) * light, horizon_y)
    _water(picture, rng, light, horizon_y, horizon, light_x, time)
    if rng.random() < 0.4:
        x, y = rng.uniform(0.2, 0.8) * W, rng.uniform(horizon_y + 20, H * 0.8)
        things.append(_boat(picture, rng, light, x, y, 16))
    shore = _ridge(rng, H, rng.uniform(16, 40), 0.3)
    _land(picture, shore, np.array((62, 122, 52)) * light)
    for x in rng.uniform(0, W, rng.integers(2, 6)):
        _tree(picture, rng, light, x, shore[int(x)] + 6, rng.uniform(40, 76))


def _village(picture, rng, light, horizon_y, horizon, time, light_x, things):
    hills = (np.array((96, 138, 98)) * 0.7 + 0.2 * horizon) * light
    _land(picture, _ridge(rng, horizon_y + 8, rng.uniform(14, 36), 0.35), hills)
    near = _ridge(rng, horizon_y + 34, rng.uniform(8, 24), 0.3)
    green = np.array(((92, 156, 62), (120, 164, 70), (150, 160, 76))[rng.integers(3)]) * light
    _land(picture, near, green)
    if rng.random() < 0.6:            # a field
        edge = _ridge(rng, H - rng.uniform(10, 40), 14, 0.3)
        _land(picture, edge, np.array(((204, 178, 84), (84, 128, 52))[rng.integers(2)]) * light)
    for x in sorted(rng.uniform(0.08, 0.92, rng.integers(2, 5)) * W):
        y = near[int(x)] + rng.uniform(8, 40)
        things.append(_house(picture, rng, light, time, x, y, 26 + 0.35 * (y - horizon_y)))
    for x in rng.uniform(0, W, rng.integers(2, 6)):
        _tree(picture, rng, light, x, near[int(x)] + rng.uniform(6, 70), rng.uniform(30, 60))


def _desert(picture, rng, light, horizon_y, horizon, time, light_x, things):
    sand = np.array((232, 190, 118))
    for depth, shade in ((0, 0.82), (1, 0.92), (2, 1.0)):
        base = horizon_y + 14 + depth * (H - horizon_y) * 0.3
        _land(picture, _ridge(rng, base, rng.uniform(12, 30), 0.25), sand * shade * light)
    for _ in range(rng.integers(1, 4)):
        x, y = rng.uniform(0.06, 0.94) * W, rng.uniform(horizon_y + 30, H * 0.92)
        _palm(picture, rng, light, x, y, rng.uniform(44, 84))


def _precipitation(picture, rng, weather, light):
    for x, y in zip(rng.integers(0, W, 130), rng.integers(0, H, 130)):
        if weather == "snow":
            _disc(picture, (x, y), 2, np.array((250, 250, 255)) * (0.4 + 0.6 * light))
        else:
            _line(picture, (x, y), (x - 3, y + 12), np.array((190, 200, 215)) * light, 1)
