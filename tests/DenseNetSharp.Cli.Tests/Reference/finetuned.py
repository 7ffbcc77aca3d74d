"""finetuned.py WHAT ARGUMENT...: what PyTorch, torchvision and scikit-learn make of a run's files and images."""
import csv
import json
import os
import sys

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision import transforms as T


def network(classes):
    return torchvision.models.DenseNet(growth_rate=6, block_config=(2, 2), num_init_features=8, num_classes=classes)


def load(path):
    """The network with a file's weights, its classes, and its images' transform."""
    with open(os.path.join(os.path.dirname(path), "run.json")) as file:
        run = json.load(file)
    model = network(len(run["classNames"]))
    model.load_state_dict(torch.load(path, weights_only=True), strict=True)
    preset = run["preset"]
    transform = T.Compose([
        T.Resize(preset["resizeSize"]), T.CenterCrop(preset["cropSize"]["height"]), T.ToTensor(), T.Normalize(preset["mean"], preset["std"])])
    return model.eval(), run["classNames"], transform


def logits(model, transform, paths):
    with torch.no_grad():
        return model(torch.stack([transform(Image.open(path).convert("RGB")) for path in paths]))


def evaluate(folder, *paths):
    figures = []
    for path in paths:
        model, classes, transform = load(path)
        images = [(os.path.join(folder, name, file), i)
                  for i, name in enumerate(classes) if os.path.isdir(os.path.join(folder, name))
                  for file in sorted(os.listdir(os.path.join(folder, name)))]
        output, truth = logits(model, transform, [image for image, _ in images]), torch.tensor([i for _, i in images])
        figures.append({
            "accuracy": (output.argmax(1) == truth).double().mean().item(),
            "loss": torch.nn.functional.cross_entropy(output.double(), truth).item()})
    print(json.dumps(figures))


def initial(path, seed):
    torch.manual_seed(int(seed))
    expected = network(10).state_dict()
    saved = torch.load(path, weights_only=True)
    for name, values in saved.items():
        if "running" not in name and "num_batches" not in name and not torch.allclose(values, expected[name], rtol=0, atol=1e-20):
            print(name)


def auroc(path, folder, table_path):
    from sklearn.metrics import roc_auc_score
    model, classes, transform = load(path)
    with open(table_path) as file:
        rows = list(csv.DictReader(file))
    output = logits(model, transform, [os.path.join(folder, row["file"]) for row in rows]).numpy()
    truth = np.array([[int(row[name]) for name in classes] for row in rows])
    areas = [roc_auc_score(truth[:, i], output[:, i]) for i in range(len(classes))]
    positives = truth.sum(0)
    print(json.dumps({
        "labels": dict(zip(classes, areas)), "mean": np.mean(areas),
        "positiveWeights": ((len(truth) - positives) / positives).tolist()}))


def masked(path, folder, split_path):
    """A part's loss and areas; what is blank counts in neither."""
    from sklearn.metrics import roc_auc_score
    model, classes, transform = load(path)
    with open(split_path) as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "validation"]
    output = logits(model, transform, [os.path.join(folder, row["image"]) for row in rows]).double()
    mask = torch.tensor([[row[name] != "" for name in classes] for row in rows])
    truth = torch.tensor([[float(row[name] or 0) for name in classes] for row in rows], dtype=torch.float64)
    losses = torch.nn.functional.binary_cross_entropy_with_logits(output, truth, reduction="none")
    areas = [roc_auc_score(truth[mask[:, i], i], output[mask[:, i], i]) for i in range(len(classes))]
    print(json.dumps({"loss": losses[mask].mean().item(), "mean": np.mean(areas)}))


def balance(*counts):
    from sklearn.utils.class_weight import compute_class_weight
    labels = np.repeat(np.arange(len(counts)), [int(count) for count in counts])
    print(json.dumps(compute_class_weight("balanced", classes=np.arange(len(counts)), y=labels).tolist()))


{"evaluate": evaluate, "initial": initial, "auroc": auroc, "masked": masked, "balance": balance}[sys.argv[1]](*sys.argv[2:])
