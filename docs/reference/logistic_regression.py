"""Fits the reference models that docs/benchmarks.md compares with, on the very codes that LegoNet trains on.

    legonet encode pipelines/NAME.json --out train.safetensors
    legonet encode pipelines/NAME.json --test --out test.safetensors
    python3 logistic_regression.py train.safetensors test.safetensors

Prints test accuracy and expected calibration error (15 bins) of an L-BFGS softmax regression for several strengths of
regularisation, best first by accuracy on a tenth of the training rows that is held out and put back before the final fit.
With --ridge it fits a ridge regression on one-hot targets instead, its strength chosen in the same way. With --regression it fits a
linear regression and prints the errors. Both need numpy alone. The softmax regression is PyTorch's, or scikit-learn's with --sklearn or
where there is no PyTorch: the same loss and the same minimum.
"""
import importlib.util
import json
import sys

import numpy as np


def load(path):
    """Reads codes [N, d] and labels [N] of a safetensors file."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    size = int(np.frombuffer(data[:8].tobytes(), dtype="<u8")[0])
    header = json.loads(data[8:8 + size].tobytes())
    kinds = {"I8": np.int8, "I32": np.int32}

    def array(name):
        entry = header[name]
        start, end = entry["data_offsets"]
        return np.frombuffer(data[8 + size + start:8 + size + end].tobytes(), dtype=kinds[entry["dtype"]]).reshape(entry["shape"])

    return array("codes"), array("labels")[:, 0]


def fit_torch(x, y, classes, decay, steps=150):
    """Softmax regression: mean cross-entropy + decay / (2 N) ‖W‖², the intercepts not penalised. Gives rows → probabilities."""
    import torch

    torch.manual_seed(0)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    w = torch.zeros(x.shape[1], classes, requires_grad=True)
    b = torch.zeros(classes, requires_grad=True)
    optimiser = torch.optim.LBFGS([w, b], max_iter=steps, history_size=10, line_search_fn="strong_wolfe", tolerance_change=1e-7)

    def closure():
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(x @ w + b, y) + decay / (2 * len(x)) * (w * w).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return lambda rows: torch.softmax(torch.from_numpy(rows) @ w.detach() + b.detach(), 1).numpy()


def fit_sklearn(x, y, classes, decay, steps=150):
    """The same loss, summed instead of averaged: C weighs the rows where decay weighs the weights."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    # Two classes have one column of weights here, w₁ − w₀: half the squared length for the same probabilities.
    strength = decay / 2 if len(np.unique(y)) == 2 else decay
    model = LogisticRegression(C=1 / strength, solver="lbfgs", max_iter=steps)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # The steps are as many as PyTorch's.
        model.fit(x, y)

    def probabilities(rows):
        every = np.zeros((len(rows), classes))
        every[:, model.classes_] = model.predict_proba(rows)
        return every

    return probabilities


def measure(probabilities, y):
    confidence, correct = probabilities.max(1), probabilities.argmax(1) == y
    bins = np.minimum((confidence * 15).astype(int), 14)
    error = sum(abs(confidence[bins == i].sum() - correct[bins == i].sum()) for i in range(15))
    return float(correct.mean()), float(error / len(y))


def softmax(fit, train, test, held):
    (x, y), (u, v) = train, test
    x, u, y = x.astype(np.float32) / 32, u.astype(np.float32) / 32, y.astype(np.int64)
    classes = int(y.max()) + 1
    chosen = []
    for decay in (0.1, 1, 10, 100, 1000):
        validation = measure(fit(x[~held], y[~held], classes, decay)(x[held]), y[held])[0]
        chosen.append((validation, decay))
        print(f"decay {decay:g}: held-out accuracy {validation:.4f}", flush=True)

    validation, decay = max(chosen)
    accuracy, error = measure(fit(x, y, classes, decay)(u), v)
    print(f"chosen decay {decay:g}: test accuracy {accuracy:.4f}, expected calibration error {error:.4f}")


def regression(train, test):
    (x, y), (u, v) = train, test
    x = np.hstack([x / 32.0, np.ones((len(x), 1))])
    u = np.hstack([u / 32.0, np.ones((len(u), 1))])
    w, *_ = np.linalg.lstsq(x.T @ x + 1e-3 * np.eye(x.shape[1]), x.T @ y, rcond=None)
    error = u @ w - v
    print(f"linear regression: root mean squared error {np.sqrt((error ** 2).mean()):.4f} steps, mean absolute error {abs(error).mean():.4f} steps")


def ridge(train, test, held):
    """Ridge on one-hot targets; the strength is relative to the mean over columns of the squared codes."""
    (x, y), (u, v) = train, test
    x = np.hstack([x.astype(np.float64), np.full((len(x), 1), 127.0)])
    u = np.hstack([u.astype(np.float64), np.full((len(u), 1), 127.0)])
    targets = np.eye(int(y.max()) + 1)[y]

    def weights(rows, strength):
        gram = x[rows].T @ x[rows]
        penalty = strength * np.trace(gram) / len(gram)
        return np.linalg.solve(gram + penalty * np.eye(len(gram)), x[rows].T @ targets[rows])

    chosen = []
    for strength in (0.001, 0.01, 0.03, 0.1, 0.3, 1):
        validation = float((np.argmax(x[held] @ weights(~held, strength), 1) == y[held]).mean())
        chosen.append((validation, strength))
        print(f"strength {strength:g}: held-out accuracy {validation:.4f}", flush=True)

    validation, strength = max(chosen)
    accuracy = float((np.argmax(u @ weights(np.full(len(y), True), strength), 1) == v).mean())
    print(f"chosen strength {strength:g}: test accuracy {accuracy:.4f}")


def main():
    flags = [a for a in sys.argv[1:] if a.startswith("--")]
    paths = [a for a in sys.argv[1:] if not a.startswith("--")]
    train, test = load(paths[0]), load(paths[1])
    held = np.random.RandomState(0).permutation(len(train[1])) < len(train[1]) // 10
    if "--regression" in flags:
        regression(train, test)
    elif "--ridge" in flags:
        ridge(train, test, held)
    else:
        torch = "--sklearn" not in flags and importlib.util.find_spec("torch") is not None
        softmax(fit_torch if torch else fit_sklearn, train, test, held)


if __name__ == "__main__":
    main()
