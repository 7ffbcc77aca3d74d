"""chest_set.py OUT: a made-up chest data set in CheXpert's manner: patients, 16-bit gray radiographs, findings that are uncertain or not mentioned."""
import csv
import os
import random
import sys

import numpy as np
from PIL import Image

FINDINGS = ["Cardiomegaly", "Edema", "Pleural Effusion"]


def radiograph(findings, noise):
    """48 by 40 pixels of 16 bits, in which each finding is something to be seen."""
    y, x = np.mgrid[:48, :40]
    pixels = 9000 + 3000 * noise.random((48, 40))
    if findings["Cardiomegaly"]:
        pixels[(y - 28) ** 2 + (x - 22) ** 2 < 100] += 30000
    if findings["Edema"]:
        pixels[:20] += 12000 * (x[:20] % 4 < 2)
    if findings["Pleural Effusion"]:
        pixels[40:] += 40000
    return pixels.clip(0, 65535).astype(np.uint16)


out = sys.argv[1]
chance, noise = random.Random(5), np.random.default_rng(5)
rows = []
for patient in range(1, 31):
    for view in range(1, chance.randint(2, 4)):
        findings = {name: chance.random() < share for name, share in zip(FINDINGS, (0.4, 0.3, 0.5))}
        path = f"train/patient{patient:05}/study1/view{view}_frontal.png"
        os.makedirs(os.path.dirname(f"{out}/{path}"), exist_ok=True)
        Image.fromarray(radiograph(findings, noise)).save(f"{out}/{path}")
        known = {name: chance.choices([f"{float(found)}", "-1.0", ""], [8, 1, 1])[0] for name, found in findings.items()}
        rows.append({"Path": f"Chest-small/{path}", "Sex": chance.choice(["Male", "Female"]), "Age": chance.randint(20, 90), **known})
with open(f"{out}/train.csv", "w", newline="") as file:
    table = csv.DictWriter(file, rows[0])
    table.writeheader()
    table.writerows(rows)
