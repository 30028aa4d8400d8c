"""Trains the lab's small network once more, in NumPy and float64, on records drawn from a seed.

    python3 lab_network.py > tests/LegoNet.Lab.Tests/Networks/trajectory.json

Prints the mean loss of each step and a few final weights, for SGD with momentum and for Adam. NetworkTrajectoryTests compares the network of
src/LegoNet.Lab with what it printed. It shares no code with it: draws, weights, batches, gradients and optimisers are written again from
their definitions. Needs numpy.
"""
import json

import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def finish(word):
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
    return word ^ (word >> 31)


class Draws:
    """SplitMix64; streams of one seed have nothing to do with each other."""

    def __init__(self, seed, *stream):
        self.state = finish((seed + GOLDEN) & MASK)
        for number in stream:
            self.state = finish(self.state ^ finish((number + GOLDEN) & MASK))

    def word(self):
        self.state = (self.state + GOLDEN) & MASK
        return finish(self.state)

    def below(self, bound):
        return ((self.word() >> 32) * bound) >> 32

    def unit(self):
        return (self.word() >> 40) / (1 << 24)

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]


def draw_records(count, dimension, classes, seed=1):
    table = Draws(seed, 0)
    centres = np.array([table.below(81) - 40 for _ in range(classes * dimension)]).reshape(classes, dimension)
    draws = Draws(seed, 1, 0)
    codes, labels = np.zeros((count, dimension), dtype=int), np.zeros(count, dtype=int)
    for r in range(count):
        labels[r] = draws.below(classes)
        for j in range(dimension):
            codes[r, j] = centres[labels[r], j] + draws.below(161) - 80
    return codes / 127.0, labels


def draw_weights(inputs, outputs, gain, draws):
    limit = np.sqrt(3.0 * gain / inputs)
    return np.array([(2 * draws.unit() - 1) * limit for _ in range(inputs * outputs)]).reshape(outputs, inputs)


def train(codes, labels, hidden, classes, kind, rate, epochs, batch, seed):
    draws = Draws(seed, 100)
    weights = [draw_weights(codes.shape[1], hidden, 2, draws), draw_weights(hidden, classes, 1, draws)]
    parameters = [weights[0], np.zeros(hidden), weights[1], np.zeros(classes)]
    mean, square = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
    losses, step = [], 0
    for epoch in range(epochs):
        order = list(range(len(codes)))
        Draws(seed, epoch).shuffle(order)
        for first in range(0, len(order), batch):
            rows = order[first:first + batch]
            x, y = codes[rows], labels[rows]
            z = x @ parameters[0].T + parameters[1]
            h = np.maximum(z, 0)
            logits = h @ parameters[2].T + parameters[3]
            p = np.exp(logits - logits.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            losses.append(float(-np.log(p[np.arange(len(y)), y]).mean()))
            g = p.copy()
            g[np.arange(len(y)), y] -= 1
            g /= len(y)
            below = (g @ parameters[2]) * (z > 0)
            step += 1
            for i, gradient in enumerate([below.T @ x, below.sum(0), g.T @ h, g.sum(0)]):
                if kind == "sgd":
                    mean[i] = 0.9 * mean[i] - rate * gradient
                    parameters[i] += mean[i]
                else:
                    mean[i] = 0.9 * mean[i] + 0.1 * gradient
                    square[i] = 0.999 * square[i] + 0.001 * gradient ** 2
                    parameters[i] -= rate * (mean[i] / (1 - 0.9 ** step)) / (np.sqrt(square[i] / (1 - 0.999 ** step)) + 1e-8)
    return {"losses": losses, "lower": parameters[0][0].tolist(), "upper": parameters[2][0].tolist()}


def main():
    codes, labels = draw_records(150, 37, 4)
    runs = {kind: train(codes, labels, 19, 4, kind, rate, 12, 32, 7) for kind, rate in (("sgd", 0.05), ("adam", 0.01))}
    print(json.dumps(runs, indent=1))


main()
