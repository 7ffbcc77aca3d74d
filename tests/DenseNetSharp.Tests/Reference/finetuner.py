"""finetuner.py OUT THREADS SHARES: whole runs of a small network over a folder of images, epoch by epoch.

SHARES are what mixup keeps of the images of each batch, one number a batch, separated by commas.
"""
import copy
import math
import sys

import torch
import torch.nn.functional as F

from common import frozen_norms_evaluate, network, randomise, small_folder

out, threads, shares = sys.argv[1], int(sys.argv[2]), [float(share) for share in sys.argv[3].split(",")]
torch.set_num_threads(threads)
data = small_folder(f"{out}/images")
BATCH, EPOCHS = 5, 3
STEPS = math.ceil(len(data) / BATCH)
torch.manual_seed(8)
initial = randomise(network("tiny", num_classes=3)).state_dict()
torch.save(initial, f"{out}/initial.pth")


def is_norm_or_bias(model, name):
    module = model.get_submodule(name.rsplit(".", 1)[0])
    return isinstance(module, torch.nn.BatchNorm2d) or name.endswith(".bias")


def evaluate(model):
    """Mean loss and accuracy over the same images."""
    model.eval()
    with torch.no_grad():
        loader = torch.utils.data.DataLoader(data, batch_size=BATCH)
        logits, labels = (torch.cat(part) for part in zip(*[(model(x), y) for x, y in loader]))
    return F.cross_entropy(logits.double(), labels).item(), (logits.argmax(1) == labels).double().mean().item()


def run(name, optimizer_of, schedule_of=None, decay=None, trained_in=lambda epoch, key: True, mixup=False, average=None):
    """trained_in says which parameters an epoch trains; optimizer_of makes the optimizer of (name, parameter) pairs."""
    model = network("tiny", num_classes=3)
    model.load_state_dict(initial)
    optimizer = optimizer_of(model)
    schedule = schedule_of(optimizer) if schedule_of else None
    averaged = average and torch.optim.swa_utils.AveragedModel(
        model, avg_fn=lambda old, new, _: average * old + (1 - average) * new, use_buffers=True)
    batch, figures = 0, []
    for epoch in range(EPOCHS):
        for key, parameter in model.named_parameters():
            parameter.requires_grad = trained_in(epoch, key)
            if not parameter.requires_grad:
                parameter.grad = None
        frozen_norms_evaluate(model)
        loader = torch.utils.data.DataLoader(
            data, batch_size=BATCH, shuffle=True, generator=torch.Generator().manual_seed(20 + epoch))
        total = 0.0
        for images, labels in loader:
            targets = labels
            if mixup:
                # RandomMixup of torchvision's references/classification/transforms.py.
                targets = F.one_hot(labels, 3).float()
                rolled, targets_rolled = images.roll(1, 0), targets.roll(1, 0)
                share = shares[batch]
                images = images.mul_(share).add_(rolled.mul_(1.0 - share))
                targets = targets.mul_(share).add_(targets_rolled.mul_(1.0 - share))
            loss = F.cross_entropy(model(images), targets)
            total += loss.item() * len(labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if averaged:
                averaged.update_parameters(model)
            batch += 1
            if schedule and batch < EPOCHS * STEPS:
                schedule(batch)
        figures.append([total / len(data), *evaluate(averaged.module if averaged else model)])
    torch.save({"figures": torch.tensor(figures, dtype=torch.float64)}, f"{out}/{name}-figures.pth")
    torch.save(model.state_dict(), f"{out}/{name}.pth")
    if averaged:
        torch.save(averaged.module.state_dict(), f"{out}/{name}-average.pth")


def groups(model, decay, factor_of=lambda name: 1, rate=1.0):
    return [
        {"params": [parameter], "lr": rate * factor_of(name), "weight_decay": 0 if is_norm_or_bias(model, name) else decay}
        for name, parameter in model.named_parameters()]


def cosine(optimizer):
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * STEPS)
    return lambda step: schedule.step(step)  # the closed form


def one_cycle(optimizer):
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=EPOCHS * STEPS)
    return lambda step: schedule.step()


run("sgd",
    lambda model: torch.optim.SGD(
        groups(model, 1e-3, lambda name: 0.1 if name.startswith("features.") else 1, 0.05), lr=0.05, momentum=0.9, nesterov=True),
    cosine, average=0.9)
run("one-cycle", lambda model: torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.05), one_cycle)
LATER = ("features.denseblock4.", "features.norm5.")
run("stages",
    lambda model: torch.optim.Adam(
        groups(model, 0, lambda name: 1 if name.startswith("classifier.") else 0.5, 0.01), lr=0.01),
    trained_in=lambda epoch, key: key.startswith("classifier.") or (epoch >= 1 and key.startswith(LATER)))
run("mixup", lambda model: torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4), mixup=True)


def bfloat16():
    """Convolutions and classifier in bfloat16, their float32 copies changed by the optimizer."""
    model = network("tiny", num_classes=3)
    model.load_state_dict(initial)
    masters = {}
    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            for parameter in module.parameters():
                masters[parameter] = torch.nn.Parameter(parameter.detach().clone())
            module.to(torch.bfloat16)
    trained = [masters.get(parameter, parameter) for parameter in model.parameters()]
    optimizer = torch.optim.SGD(trained, lr=0.05, momentum=0.9, weight_decay=1e-4)
    losses = []
    for epoch in range(EPOCHS):
        model.train()
        total = 0.0
        for images, labels in torch.utils.data.DataLoader(
                data, batch_size=BATCH, shuffle=True, generator=torch.Generator().manual_seed(20 + epoch)):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images.bfloat16()).float(), labels)
            total += loss.item() * len(labels)
            loss.backward()
            for working, master in masters.items():
                master.grad, working.grad = working.grad.float(), None
            optimizer.step()
            with torch.no_grad():
                for working, master in masters.items():
                    working.copy_(master)
        losses.append([total / len(data)])
    names = {parameter: name for name, parameter in model.named_parameters()}
    state = copy.copy(model.state_dict())
    state.update({names[working]: master.detach() for working, master in masters.items()})
    torch.save({"figures": torch.tensor(losses, dtype=torch.float64)}, f"{out}/bfloat16-figures.pth")
    torch.save(state, f"{out}/bfloat16.pth")


bfloat16()
