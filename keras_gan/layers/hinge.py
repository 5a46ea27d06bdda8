"""Hinge losses of scores: those who are right by more than 1 cost nothing.

Jae Hyun Lim, Jong Chul Ye, 2017, "Geometric GAN", arXiv:1705.02894; Dustin Tran, Rajesh
Ranganath, David Blei, 2017, arXiv:1702.08896.
"""
from keras import ops


def hinge(truth, score):
    """max(0, 1 - score) where the truth is 1, real; max(0, 1 + score) where it is 0.

    Both (batch, 1), as what comes out. It is the discriminator's.
    """
    return ops.relu(1 - (2 * truth - 1) * score)


def raise_score(truth, score):
    """-score (batch, 1): the generator's. It wants high ones."""
    return -score
