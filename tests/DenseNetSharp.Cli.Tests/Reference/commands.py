"""commands.py OUT: images and checkpoints, with what torchvision makes of them."""
import json
import os
import sys

import numpy as np
import torch
import torchvision
from PIL import Image, ImageOps
from sklearn.metrics import (
    accuracy_score, average_precision_score, balanced_accuracy_score, cohen_kappa_score, confusion_matrix, f1_score, hamming_loss,
    precision_recall_fscore_support, roc_auc_score)

out = sys.argv[1]
torch.manual_seed(11)
model = torchvision.models.densenet121(num_classes=12).eval()
with torch.no_grad():
    # Logits far enough apart that rounding does not change their order.
    model.classifier.weight.mul_(20)
state = model.state_dict()
torch.save(state, f"{out}/zip.pth")
torch.save(state, f"{out}/legacy.pth", _use_new_zipfile_serialization=False)
torch.save(
    {"epoch": 3, "state_dict": {f"module.{k}": v for k, v in state.items() if not k.endswith("num_batches_tracked")}},
    f"{out}/wrapped.pth")
torch.save(
    {"state_dict": {**state, "op_threshs": torch.full((12,), 0.4), "features.total_ops": torch.zeros(1), "total_ops": torch.zeros(1)},
     "pathologies": [f"finding {i}" for i in range(12)]},
    f"{out}/findings.pth")
torch.save({**{f"net.{k}": v for k, v in state.items()}, "mean": torch.zeros(1, 3, 1, 1), "std": torch.ones(1, 3, 1, 1)}, f"{out}/normalising.pth")
torch.save(torch.nn.Sequential(model, torch.nn.Sigmoid()), f"{out}/sigmoid.pth")
torch.save({k: v for k, v in state.items() if not k.startswith("classifier")}, f"{out}/headless.pth")
torch.save({"weight": torch.zeros(2, 3), "count": torch.tensor(4)}, f"{out}/other.pth")
with open(f"{out}/labels.txt", "w") as file:
    file.writelines(f"class number {i}\n" for i in range(12))


def picture(width, height, seed):
    noise = torch.rand(3, 9, 7, generator=torch.Generator().manual_seed(seed))
    large = torch.nn.functional.interpolate(noise[None], (height, width), mode="bicubic").clamp(0, 1)[0]
    return torchvision.transforms.functional.to_pil_image(large)


picture(640, 411, 1).save(f"{out}/photo.jpg", quality=88)
picture(300, 500, 2).save(f"{out}/drawing.png")
picture(301, 499, 3).save(f"{out}/drawing.webp", quality=80)
exif = Image.Exif()
exif[0x0112] = 6  # Orientation: to be turned by 90 degrees
picture(320, 243, 4).save(f"{out}/turned.jpg", exif=exif)
ImageOps.exif_transpose(Image.open(f"{out}/turned.jpg")).save(f"{out}/upright.png")
with open(f"{out}/broken.png", "wb") as file:
    file.write(b"this is no image")

deep = (np.arange(300 * 260).reshape(260, 300) % 4096).astype(np.uint16)
Image.fromarray(deep).save(f"{out}/deep.png")
Image.fromarray(deep).convert("RGB").save(f"{out}/deep-clipped.png")
Image.fromarray((deep >> 8).astype(np.uint8)).save(f"{out}/deep-kept.png")

preset = torchvision.models.DenseNet121_Weights.IMAGENET1K_V1.transforms()
expected, outputs = {}, {}
for name in ("photo.jpg", "drawing.png"):
    with torch.no_grad():
        outputs[name] = model(preset(Image.open(f"{out}/{name}").convert("RGB"))[None])[0]
        probabilities = outputs[name].softmax(0)
    values, indices = probabilities.topk(3)
    expected[name] = [{"index": i, "probability": p} for i, p in zip(indices.tolist(), values.tolist())]
with open(f"{out}/expected.json", "w") as file:
    json.dump(expected, file)
with open(f"{out}/logits.json", "w") as file:
    json.dump({name: {"logits": values.tolist(), "sigmoids": values.sigmoid().tolist()} for name, values in outputs.items()}, file)
with open(f"{out}/densenet201.txt", "w") as file:
    file.write(str(torchvision.models.densenet201(num_classes=17)))

# A folder of images by class, and a table of several classes an image, with scikit-learn's figures.
names = [f"class number {i}" for i in range(12)]
logits, truth, rows = [], [], []
for i in range(30):
    label = (1, 4, 9)[i % 3]
    os.makedirs(f"{out}/evaluation/{names[label]}", exist_ok=True)
    path = f"{names[label]}/{i}.png"
    picture(260, 240 + i, 100 + i).save(f"{out}/evaluation/{path}")
    with torch.no_grad():
        logits.append(model(preset(Image.open(f"{out}/evaluation/{path}").convert("RGB"))[None])[0])
    truth.append(label)
    # Labels that the scores say something of, but not everything.
    likely = logits[-1].topk(4).indices.tolist()
    rows.append((path, sorted(set(likely[::2]) | {i % 12})))
logits, truth = torch.stack(logits).double(), torch.tensor(truth)
predicted = logits.argmax(1)
precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=range(12), zero_division=0)
metrics = {
    "accuracy": accuracy_score(truth, predicted),
    "top5": (logits.topk(5).indices == truth[:, None]).any(1).double().mean().item(),
    "loss": torch.nn.functional.cross_entropy(logits, truth).item(),
    "precision": precision.tolist(), "recall": recall.tolist(), "support": support.tolist(),
    "confusion": confusion_matrix(truth, predicted, labels=range(12)).tolist(),
}
metrics["oneHotLoss"] = torch.nn.functional.binary_cross_entropy_with_logits(
    logits, torch.nn.functional.one_hot(truth, 12).double()).item()
targets = np.zeros((30, 12))
with open(f"{out}/table.csv", "w") as file:
    file.write("file,labels\n")
    for i, (path, classes) in enumerate(rows):
        targets[i, classes] = 1
        file.write(f"{path},{'|'.join(names[c] for c in classes)}\n")
metrics["multilabelLoss"] = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(targets)).item()
metrics["auroc"] = [
    roc_auc_score(targets[:, c], logits[:, c]) if 0 < targets[:, c].sum() < 30 else None for c in range(12)]
# The same figures of classes and of labels; what is not defined is left out of means.
probabilities, sigmoids = logits.softmax(1).numpy(), logits.sigmoid().numpy()
one_hot, found = np.eye(12)[truth], sigmoids >= 0.5


def mean(figure, truths, scores):
    # Every image may have a label: that has no ROC curve, but a precision.
    most = 30 if figure is average_precision_score else 29
    return np.mean([figure(truths[:, c], scores[:, c]) for c in range(12) if 0 < truths[:, c].sum() <= most])


metrics["classes"] = {
    "accuracy": accuracy_score(truth, predicted), "balancedAccuracy": balanced_accuracy_score(truth, predicted),
    "f1": f1_score(truth, predicted, average="macro"), "f1Micro": f1_score(truth, predicted, average="micro"),
    "f1Weighted": f1_score(truth, predicted, average="weighted"), "kappa": cohen_kappa_score(truth, predicted),
    "meanAuroc": mean(roc_auc_score, one_hot, probabilities), "meanAveragePrecision": mean(average_precision_score, one_hot, probabilities),
}
kappas = [cohen_kappa_score(targets[:, c], found[:, c]) for c in range(12)]
metrics["labels"] = {
    "accuracy": 1 - hamming_loss(targets, found), "balancedAccuracy": np.mean([balanced_accuracy_score(targets[:, c], found[:, c]) for c in range(12)]),
    "f1": f1_score(targets, found, average="macro", zero_division=0), "f1Micro": f1_score(targets, found, average="micro"),
    "f1Weighted": f1_score(targets, found, average="weighted", zero_division=0), "kappa": np.nanmean(kappas),
    "meanAuroc": mean(roc_auc_score, targets, sigmoids), "meanAveragePrecision": mean(average_precision_score, targets, sigmoids),
}
metrics["bestF1"] = [
    max(f1_score(targets[:, c], sigmoids[:, c] >= threshold) for threshold in sigmoids[:, c]) if 0 < targets[:, c].sum() < 30 else None
    for c in range(12)]
# One output: the fifth class or not.
one = torchvision.models.densenet121(num_classes=1)
one.load_state_dict({**state, "classifier.weight": state["classifier.weight"][4:5], "classifier.bias": state["classifier.bias"][4:5]})
torch.save(one.state_dict(), f"{out}/one.pth")
with open(f"{out}/one.txt", "w") as file:
    file.write("sick\n")
with open(f"{out}/one.csv", "w") as file:
    file.write("file,sick\n")
    file.writelines(f"{path},{int(4 in classes)}\n" for path, classes in rows)
metrics["oneAuroc"] = roc_auc_score(targets[:, 4], logits[:, 4])
# Features of a layer and those that the classifier sees.
kept = {}
model.features.denseblock2.register_forward_hook(lambda m, i, o: kept.__setitem__("denseblock2", o.clone()))
model.classifier.register_forward_pre_hook(lambda m, i: kept.__setitem__("pooled", i[0].clone()))
model.features.transition1.norm.register_forward_hook(lambda m, i, o: kept.__setitem__("norm", o.clone()))
with torch.no_grad():
    model(torch.stack([preset(Image.open(f"{out}/{name}").convert("RGB")) for name in ("drawing.png", "photo.jpg")]))
torch.save(kept, f"{out}/features.pth")

with open(f"{out}/metrics.json", "w") as file:
    json.dump(metrics, file)
