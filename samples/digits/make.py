"""Makes the digits sample: two halves of the data, a target model, and suspects both stolen and honest.

Run as `python3 make.py` in this folder (PyTorch and NumPy, about 20 seconds on one core).
Nothing here shares code with UTAF: the suspects test it as a stranger's models would.
"""

import copy
import gzip
import io
import json
import math
import os
import pathlib
import sys
import zipfile

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from architectures import Cnn, Mlp, NormalizedCnn
from theft import disguise, prune, quantize, without_filters

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)

HERE = pathlib.Path(__file__).parent
EPOCHS, BATCH = 60, 32


# ---------------------------------------------------------------- data


class Rows:
    """Images and labels of some rows."""

    def __init__(self, rows):
        self.x = torch.tensor(rows[:, :64], dtype=torch.float32)
        self.y = torch.tensor(rows[:, 64], dtype=torch.int64)


def split():
    """The owner's rows, the public rows, and those that no model is trained on: the last fifth of each half."""
    rows = np.loadtxt(HERE / "digits.csv.gz", delimiter=",", dtype=np.int64)
    rows = rows[np.random.RandomState(20230517).permutation(len(rows))]
    halves = [rows[::2], rows[1::2]]
    parts = {
        "owner": halves[0][: len(halves[0]) * 4 // 5],
        "public": halves[1][: len(halves[1]) * 4 // 5],
        "held-out": np.concatenate([half[len(half) * 4 // 5:] for half in halves]),
    }
    for name, part in parts.items():
        text = "".join(",".join(map(str, row)) + "\n" for row in part)
        # No time and no name in the gzip header, so that the bytes repeat.
        (HERE / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return [Rows(part) for part in parts.values()]


# ---------------------------------------------------------------- training


def fit(model, x, loss, seed, epochs=EPOCHS, rate=2e-3, only=None, after_step=None):
    """Adam with a cosine decay. `loss(logits, rows)` sees the indices of the batch's rows."""
    torch.manual_seed(seed)
    parameters = list((only or model).parameters())
    steps = epochs * math.ceil(len(x) / BATCH)
    optimizer = torch.optim.Adam(parameters, rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss(model(x[rows]), rows).backward()
            optimizer.step()
            schedule.step()
            if after_step:
                after_step()
    return model.eval()


def hard(labels):
    return lambda logits, rows: F.cross_entropy(logits, labels[rows])


def soft(teacher_logits, temperature=4.0):
    """Distillation loss of Hinton et al. 2015, without the true labels."""
    teacher = F.softmax(teacher_logits / temperature, 1)
    return lambda logits, rows: temperature**2 * F.kl_div(
        F.log_softmax(logits / temperature, 1), teacher[rows], reduction="batchmean")


def fresh(seed, architecture, *sizes):
    torch.manual_seed(seed)
    return architecture(*sizes)


# ---------------------------------------------------------------- files


def save(model, path, form):
    """Writes TorchScript without the source paths that PyTorch records beside the code."""
    model = model.eval()
    scripted = torch.jit.script(model) if form == "scripted" else torch.jit.trace(model, torch.zeros(2, 64))
    written, bare = io.BytesIO(), io.BytesIO()
    torch.jit.save(scripted, written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(bare, "w") as copied:
        for entry in source.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                copied.writestr(entry, source.read(entry))
    # Loading and saving again restores PyTorch's layout; the recorded source is now the archive's own code.
    bare.seek(0)
    torch.jit.save(torch.jit.load(bare), str(path))


@torch.no_grad()
def accuracy(model, x, y):
    return round((model.eval()(x).argmax(1) == y).float().mean().item(), 4)


def main():
    owner, public, held_out = split()
    test_x, test_y = held_out.x, held_out.y
    (HERE / "suspects").mkdir(exist_ok=True)
    suspects = []

    target = fit(fresh(1, Cnn), owner.x, hard(owner.y), seed=1)
    save(target, HERE / "target.pt", "scripted")
    with torch.no_grad():
        stolen_logits = target(public.x)

    def add(name, stolen, form, model, how, task="digits", x=test_x, y=test_y):
        save(model, HERE / "suspects" / f"{name}.pt", form)
        suspects.append({
            "name": name, "file": f"suspects/{name}.pt", "stolen": stolen, "how": how,
            "task": task, "accuracy": accuracy(model, x, y), "form": form,
            "parameters": sum(p.numel() for p in model.parameters()),
            "agreement": accuracy(model, test_x, target(test_x).argmax(1))})
        print(json.dumps(suspects[-1]))

    def stolen(name, form, model, how):
        add(name, True, form, model, how)

    def honest(name, form, model, how, **own_task):
        add(name, False, form, model, how, **own_task)

    # ---- stolen: each begins with the target's weights or with its answers

    model = copy.deepcopy(target)
    prune(model, 0.5)
    stolen("pruned-50", "scripted", model, "The smallest half of all weights is zero.")

    model = copy.deepcopy(target)
    keep = prune(model, 0.8)
    fit(model, public.x, hard(public.y), seed=2, epochs=10, rate=1e-3, after_step=keep)
    stolen("pruned-80-finetuned", "traced", model,
           "The smallest 80 % of all weights is zero; the others were fine-tuned on the public half.")

    model = without_filters(target, 6, 12)
    fit(model, public.x, hard(public.y), seed=3, epochs=10, rate=1e-3)
    stolen("filters-pruned", "scripted", model,
           "A quarter of the filters of both convolutions is cut out, then all layers were fine-tuned on the public half.")

    model = copy.deepcopy(target)
    fit(model, public.x, hard(public.y), seed=4, epochs=20, rate=5e-4)
    stolen("finetuned-all-layers", "traced", model, "All layers were fine-tuned on the public half.")

    model = copy.deepcopy(target)
    fit(model, public.x, hard(public.y), seed=5, epochs=20, rate=1e-3, only=model.fc2)
    stolen("finetuned-last-layer", "scripted", model, "Only the last layer was fine-tuned on the public half.")

    model = copy.deepcopy(target)
    model.fc2 = fresh(6, nn.Linear, 64, 10)
    fit(model, public.x, hard(public.y), seed=6, epochs=30, only=model.fc2)
    stolen("retrained-last-layer", "traced", model,
           "The last layer was reset and trained on the public half; the others are the target's.")

    model = copy.deepcopy(target)
    model.fc2 = fresh(7, nn.Linear, 64, 10)
    fit(model, public.x, hard(public.y), seed=7, epochs=30, rate=1e-3)
    stolen("retrained-all-layers", "scripted", model,
           "The last layer was reset, then all layers were trained on the public half.")

    model = fit(fresh(8, NormalizedCnn), public.x, soft(stolen_logits), seed=8)
    stolen("distilled-other-cnn", "traced", model,
           "Another CNN learnt the target's softened outputs on the public half (temperature 4).")

    model = fit(fresh(9, Mlp, 128, 64), public.x, soft(stolen_logits), seed=9)
    stolen("distilled-mlp", "scripted", model,
           "An MLP 64-128-64-10 learnt the target's softened outputs on the public half (temperature 4).")

    model = fit(fresh(10, Cnn), public.x, soft(stolen_logits), seed=10)
    stolen("distilled-same-cnn", "traced", model,
           "The target's architecture, from new weights, learnt its softened outputs on the public half (temperature 4).")

    model = fit(fresh(11, Cnn), public.x, hard(stolen_logits.argmax(1)), seed=11)
    stolen("extracted-labels", "scripted", model,
           "The target's architecture, from new weights, learnt only its top labels on the public half.")

    model = copy.deepcopy(target)
    quantize(model)
    stolen("quantized-int8", "traced", model, "Weights rounded to int8 (symmetric, one scale per tensor) and back.")

    model = copy.deepcopy(target)
    disguise(model, seed=13)
    stolen("reordered-units", "scripted", model,
           "The hidden units are reordered and rescaled: other weights, the same function.")

    # ---- honest: each begins with random weights and never sees the target's outputs

    for seed in (101, 102):
        model = fit(fresh(seed, Cnn), public.x, hard(public.y), seed=seed)
        honest(f"independent-{seed - 100}", "scripted", model,
               f"The target's architecture trained on the public half, seed {seed}.")

    model = fit(fresh(103, Cnn), owner.x, hard(owner.y), seed=103)
    honest("same-data-other-seed", "traced", model, "The target's architecture and training data, another seed.")

    model = fit(fresh(104, Mlp, 64), owner.x, hard(owner.y), seed=104)
    honest("same-data-mlp", "scripted", model, "An MLP 64-64-10 trained on the target's training data.")

    model = fit(fresh(105, Mlp, 32), public.x, hard(public.y), seed=105)
    honest("mlp-small", "traced", model, "An MLP 64-32-10 trained on the public half.")

    model = fit(fresh(106, Mlp, 128, 64), public.x, hard(public.y), seed=106)
    honest("mlp-large", "scripted", model, "An MLP 64-128-64-10 trained on the public half.")

    model = fit(fresh(107, NormalizedCnn), public.x, hard(public.y), seed=107)
    honest("other-cnn", "scripted", model, "A CNN with batch normalisation trained on the public half.")

    model = fit(fresh(108, Mlp), public.x, hard(public.y), seed=108)
    honest("linear", "traced", model, "Softmax regression trained on the public half.")

    def transposed(x):
        return x.reshape(-1, 8, 8).transpose(1, 2).flatten(1)

    model = fit(fresh(109, Cnn), transposed(public.x), hard(public.y), seed=109)
    honest("transposed-digits", "traced", model, "The target's architecture trained on transposed images.",
           task="transposed images", x=transposed(test_x))

    model = fit(fresh(110, Cnn), 16 - public.x, hard(public.y), seed=110)
    honest("inverted-digits", "scripted", model, "The target's architecture trained on inverted images (16 - x).",
           task="inverted images", x=16 - test_x)

    renumbering = torch.tensor([3, 7, 0, 9, 1, 8, 2, 4, 5, 6])
    model = fit(fresh(111, Cnn), public.x, hard(renumbering[public.y]), seed=111)
    honest("renumbered-classes", "traced", model, "The target's architecture trained on permuted class numbers.",
           task="permuted class numbers", y=renumbering[test_y])

    # A random model's answers depend on the image, but have nothing to do with the digit's name.
    teacher = fresh(112, Mlp)
    with torch.no_grad():
        answers = teacher(public.x)
        # Standardised, or one class would win everywhere.
        random_public, random_test = (
            ((teacher(x) - answers.mean(0)) / answers.std(0)).argmax(1) for x in (public.x, test_x))
    model = fit(fresh(113, Cnn), public.x, hard(random_public), seed=113)
    honest("random-teacher", "scripted", model, "The target's architecture trained on the labels of a random linear model.",
           task="labels of a random linear model", y=random_test)

    result = {
        "target": {"name": "target", "file": "target.pt", "accuracy": accuracy(target, test_x, test_y),
                   "parameters": sum(p.numel() for p in target.parameters())},
        "heldOutRows": len(test_x), "suspects": suspects}
    (HERE / "suspects.json").write_text(json.dumps(result, indent=2) + "\n")
    print("target", result["target"]["accuracy"])


if __name__ == "__main__":
    # TorchScript writes a module's constants in the order of a Python set: without a fixed hash the bytes vary.
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    main()
