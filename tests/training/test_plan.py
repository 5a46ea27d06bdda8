"""What a plan of a run refuses, and what a resume may change."""
import json

import numpy as np
import pytest

from keras_gan.training.plan import CHANGEABLE, Plan

FINE = {"steps": 10, "batch_size": 4, "run_dir": "run", "sample_interval": 5,
        "checkpoint_interval": 2, "keep_last": 3, "keep_every": None, "resume": False,
        "flip": False, "if_not_finite": "stop", "if_write_fails": "stop"}


def plan(**changed):
    return Plan(**{**FINE, **changed})


@pytest.mark.parametrize("name", ["steps", "batch_size", "sample_interval", "checkpoint_interval",
                                  "keep_last"])
@pytest.mark.parametrize("value", [0, -1, 1.5, "3", True, None, np.float64(2)])
def test_numbers_are_whole_and_at_least_1(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be a whole number of at least 1. Received"):
        plan(**{name: value})


@pytest.mark.parametrize("changed, message", [
    ({"keep_every": 7}, "keep_every must be a multiple of checkpoint_interval=2, or None. "
                        "Received: keep_every=7"),
    ({"keep_every": 0}, "keep_every must be a multiple of checkpoint_interval=2, or None"),
    ({"keep_every": "4"}, "Received: keep_every='4'"),
    ({"if_not_finite": "ignore"}, "if_not_finite must be 'stop' or 'go_back'. "
                                  "Received: if_not_finite='ignore'"),
    ({"if_write_fails": True}, "if_write_fails must be 'stop' or 'go_on'"),
    ({"resume": 1}, "resume must be True or False. Received: resume=1"),
    ({"flip": "no"}, "flip must be True or False. Received: flip='no'"),
    ({"balanced": "yes"}, "balanced must be True or False. Received: balanced='yes'"),
    ({"minutes": 0}, "minutes must be a number above 0, or None. Received: minutes=0"),
    ({"minutes": True}, "minutes must be a number above 0, or None. Received: minutes=True"),
    ({"minutes": float("nan")}, "Received: minutes=nan"),
    ({"minutes": "30"}, "Received: minutes='30'"),
    ({"steps": np.zeros((4, 2))}, r"Received: steps=an array of shape \(4, 2\)"),
    ({"run_dir": 3}, "run_dir must be the path of a folder, or None. Received: run_dir=3"),
    ({"run_dir": None, "resume": True}, "resume=True goes on with the run in run_dir. "
                                        "Received: run_dir=None"),
    ({"run_dir": None, "if_not_finite": "go_back"}, "goes back to a checkpoint in run_dir"),
])
def test_what_makes_no_sense_is_refused_in_words(changed, message):
    with pytest.raises(ValueError, match=message):
        plan(**changed)


@pytest.mark.parametrize("labels", [np.arange(12), [0, 1, 2], range(3)])
def test_labels_in_the_place_of_steps_are_told_by_what_they_are(labels):
    with pytest.raises(ValueError, match=r"^steps must be a whole number of at least 1. Labels are "
                                         r"passed by their name: train\(images, labels=...\). Rec"):
        plan(steps=labels)


def test_what_makes_sense_is_taken(tmp_path):
    assert plan(keep_every=6, if_not_finite="go_back", if_write_fails="go_on").keep_every == 6
    assert plan(run_dir=tmp_path, resume=True).run_dir == tmp_path
    assert plan(run_dir=None, flip=True).flip


def test_numbers_of_numpy_are_kept_as_json_can_hold_them():
    given = plan(steps=np.int64(7), keep_every=np.int32(4), minutes=np.float32(0.5))
    kept = json.loads(json.dumps(given.changeable))
    assert (kept["steps"], kept["keep_every"], kept["minutes"]) == (7, 4, 0.5)


def test_a_resume_may_change_how_long_and_what_is_written_and_nothing_else():
    changeable = plan().changeable
    assert list(changeable) == list(CHANGEABLE)
    kept = {"batch_size", "run_dir", "resume", "flip", "balanced"}
    assert vars(plan()).keys() - changeable.keys() == kept
