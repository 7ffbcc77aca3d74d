"""torchvision's side of the benchmark. Reads one job a line, does it once, answers with its milliseconds:

MODEL BATCH SIZE forward | training | efficient-training | load FILE, or FILTER 1 SIZE resize | preprocess | preprocess-all FILE, or
FILTER BATCH SIZE load-epoch FOLDER.
"prepare JOB" answers with the resident memory in MiB before the job, "peak" with the peak since then;
"save MODEL zip|legacy FILE" writes a checkpoint, "script MODEL FOLDER" the network as TorchScript, MODEL.pt, and its weights, MODEL.pth,
"photo WIDTH HEIGHT FILE" a JPEG.
"""
import gc
import sys
import time

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision import transforms
from torchvision.datasets import ImageFolder
from torchvision.transforms import InterpolationMode
from torchvision.transforms._presets import ImageClassification

torch.set_num_threads(int(sys.argv[1]))
jobs = {}


def status(name):
    """A size from /proc/self/status in MiB."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name)) / 1024


def write_photo(width, height, file):
    """Waves of many lengths in three colors under a little noise."""
    generator = np.random.default_rng(1)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pixels = np.full((height, width, 3), 128, np.float32)
    for length in (2000, 700, 230, 80, 25, 9):
        for channel in range(3):
            angle, phase = generator.uniform(0, 2 * np.pi, 2)
            wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / length) + phase)
            pixels[..., channel] += wave * length ** 0.5
    pixels += generator.normal(0, 3, pixels.shape)
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(file, quality=90)


def prepare_image(filter, size, job, file):
    preset = ImageClassification(crop_size=224, resize_size=size, interpolation=InterpolationMode(filter))
    if job == "preprocess":
        return lambda: preset(Image.open(file).convert("RGB"))
    if job == "preprocess-all":
        loader = torch.utils.data.DataLoader(
            ImageFolder(file, preset), batch_size=32, num_workers=torch.get_num_threads(), persistent_workers=True)
        return lambda: [None for _ in loader]

    photo = Image.open(file).convert("RGB")
    shorter = min(photo.size)
    new_size = [int(size * side / shorter) for side in photo.size]
    resampling = getattr(Image, filter.upper())
    return lambda: photo.resize(new_size, resampling)


def prepare_loader(filter, batch, size, folder):
    # torchvision's references/classification/presets.py, ClassificationPresetTrain
    augmentation = transforms.Compose([
        transforms.RandomResizedCrop(size, interpolation=InterpolationMode(filter)),
        transforms.RandomHorizontalFlip(),
        transforms.PILToTensor(),
        transforms.ConvertImageDtype(torch.float),
        transforms.Normalize(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
    ])
    loader = torch.utils.data.DataLoader(
        ImageFolder(folder, augmentation), batch_size=batch, shuffle=True, num_workers=torch.get_num_threads(),
        persistent_workers=True)
    return lambda: [None for _ in loader]


def prepare(name, batch, size, job, file=None):
    if job in ("resize", "preprocess", "preprocess-all"):
        return prepare_image(name, size, job, file)
    if job == "load-epoch":
        return prepare_loader(name, batch, size, file)

    torch.manual_seed(0)
    model = torchvision.models.get_model(name, memory_efficient=job == "efficient-training")
    if file:
        return lambda: model.load_state_dict(torch.load(file))

    x = torch.randn(batch, 3, size, size)
    if job == "forward":
        model.eval()

        def run():
            with torch.no_grad():
                model(x)
        return run

    y = torch.randint(0, 1000, (batch,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)

    def run():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return run


def job_of(line):
    name, batch, size, *rest = line.split(maxsplit=4)
    return name, int(batch), int(size), *rest


for line in sys.stdin:
    line = line.rstrip("\n")
    if line == "peak":
        print(status("VmHWM"), flush=True)
    elif line.startswith("prepare "):
        jobs.clear()
        jobs[line[8:]] = prepare(*job_of(line[8:]))
        gc.collect()
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        print(status("VmRSS"), flush=True)
    elif line.startswith("photo "):
        _, width, height, file = line.split(maxsplit=3)
        write_photo(int(width), int(height), file)
        print(0, flush=True)
    elif line.startswith("script "):
        _, name, folder = line.split(maxsplit=2)
        network = torchvision.models.get_model(name)
        torch.jit.script(network).save(f"{folder}/{name}.pt")
        torch.save(network.state_dict(), f"{folder}/{name}.pth")
        print(0, flush=True)
    elif line.startswith("save "):
        _, name, kind, file = line.split(maxsplit=3)
        torch.save(
            torchvision.models.get_model(name).state_dict(), file, _use_new_zipfile_serialization=kind == "zip")
        print(0, flush=True)
    else:
        if line not in jobs:
            jobs.clear()
            jobs[line] = prepare(*job_of(line))
        start = time.perf_counter()
        jobs[line]()
        print((time.perf_counter() - start) * 1000, flush=True)
