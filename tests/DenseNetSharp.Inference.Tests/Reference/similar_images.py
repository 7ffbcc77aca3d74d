"""Holds what samples/SimilarImages wrote to what PyTorch's features and NumPy's products say.

Prints the number of rows, the largest difference of a cosine from that of the same pair here, the largest from the one of the same rank
here, and then lines that the sample must have printed.
"""
import csv
import glob
import os
import sys

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import functional as F

import shipped

folder, table, threshold = sys.argv[1], sys.argv[2], float(sys.argv[3])
model, run = shipped.load(folder)
root = os.path.join(folder, "images")
files = sorted(glob.glob(os.path.join(root, "*", "*.png")))
names = [os.path.relpath(file, root) for file in files]
folders = [os.path.dirname(name) for name in names]
images = [Image.open(file).convert("RGB") for file in files]


def directions(images):
    with torch.no_grad():
        maps = torch.relu(model.features(torch.cat([shipped.prepare(image, run) for image in images])))
    features = maps.mean((2, 3)).double().numpy()
    return features / np.linalg.norm(features, axis=1, keepdims=True)


index = directions(images)
cosines = index @ index.T
np.fill_diagonal(cosines, -2)
ranked = -np.sort(-cosines, axis=1)
place = {name: i for i, name in enumerate(names)}
rows = list(csv.DictReader(open(table)))
found = [(place[row["image"]], int(row["rank"]), place[row["neighbour"]], float(row["cosine"])) for row in rows]
assert len({(i, j) for i, _, j, _ in found}) == len(found)
print(len(found))
print(max(abs(cosine - cosines[i, j]) for i, _, j, cosine in found))
print(max(abs(cosine - ranked[i, rank - 1]) for i, rank, _, cosine in found))

same = sum(folders[i] == folders[j] for i, j in enumerate(cosines.argmax(1)))
print(f"{same} of {len(files)} nearest neighbours")
print(f"Pairs of near-duplicates (cosine {threshold} or more): {int((np.triu(cosines, 1) >= threshold).sum())}")
first = [folders.index(name) for name in sorted(set(folders))]
for name, change in [
    ("brighter", lambda image: F.adjust_brightness(image, 1.1)),
    ("mirrored", F.hflip),
    ("cropped", lambda image: F.resized_crop(image, 1, 1, image.height - 2, image.width - 2, (image.height, image.width))),
]:
    copies = directions([change(images[i]) for i in first]) @ index.T
    originals = [row for row, i in zip(copies, first) if row.argmax() == i]
    near = sum(row.max() >= threshold for row in originals)
    print(f"{name}: the original is nearest to {len(originals)} of {len(first)}, a near-duplicate of {near}")
