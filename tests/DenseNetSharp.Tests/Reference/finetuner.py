"""finetuner.py OUT: images in folders and their batches, a small network scripted in float32 and in bfloat16, and the rates that
torch.optim's schedules give each of its parameters in each batch."""
import math
import sys

import torch

from common import network, randomise, save_batches, script, small_folder

out = sys.argv[1]
data = small_folder(f"{out}/images")
BATCH, EPOCHS = 5, 3
STEPS = math.ceil(len(data) / BATCH)
torch.manual_seed(8)
model = randomise(network("tiny", num_classes=3))
initial = model.state_dict()
torch.save(initial, f"{out}/initial.pth")
script(model, f"{out}/network.pt")
save_batches(data, BATCH, [20 + epoch for epoch in range(EPOCHS)], f"{out}/batches.pth")
images, labels = zip(*data)
torch.save({"images": torch.stack(images), "labels": torch.tensor(labels)}, f"{out}/evaluation.pth")

# Convolutions and classifier in bfloat16.
rounded = network("tiny", num_classes=3)
rounded.load_state_dict(initial)
for module in rounded.modules():
    if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
        module.to(torch.bfloat16)
script(rounded, f"{out}/bfloat16.pt")


def is_norm_or_bias(name):
    module = model.get_submodule(name.rsplit(".", 1)[0])
    return isinstance(module, torch.nn.BatchNorm2d) or name.endswith(".bias")


def groups(decay, factor_of=lambda name: 1, rate=1.0):
    return [
        {"params": [parameter], "lr": rate * factor_of(name), "weight_decay": 0 if is_norm_or_bias(name) else decay}
        for name, parameter in model.named_parameters()]


def save_rates(name, optimizer, schedule=None):
    """A row a batch: each parameter's learning rate; each parameter's decay; beta 1 or momentum in each batch."""
    rates, momenta = [], []
    for batch in range(EPOCHS * STEPS):
        rates.append([group["lr"] for group in optimizer.param_groups])
        first = optimizer.param_groups[0]
        momenta.append(first["betas"][0] if "betas" in first else first["momentum"])
        if schedule and batch + 1 < EPOCHS * STEPS:
            schedule(batch + 1)
    double = torch.float64
    torch.save({
        "rates": torch.tensor(rates, dtype=double), "momenta": torch.tensor(momenta, dtype=double),
        "decays": torch.tensor([group["weight_decay"] for group in optimizer.param_groups], dtype=double)}, f"{out}/{name}-rates.pth")


sgd = torch.optim.SGD(
    groups(1e-3, lambda name: 0.1 if name.startswith("features.") else 1, 0.05), lr=0.05, momentum=0.9, nesterov=True)
cosine = torch.optim.lr_scheduler.CosineAnnealingLR(sgd, EPOCHS * STEPS)
save_rates("sgd", sgd, lambda step: cosine.step(step))  # the closed form
adamw = torch.optim.AdamW(
    [{"params": [parameter]} for parameter in model.parameters()], lr=0.01, weight_decay=0.05)
one_cycle = torch.optim.lr_scheduler.OneCycleLR(adamw, 0.01, total_steps=EPOCHS * STEPS)
save_rates("one-cycle", adamw, lambda step: one_cycle.step())
save_rates("stages", torch.optim.Adam(groups(0, lambda name: 1 if name.startswith("classifier.") else 0.5, 0.01), lr=0.01))
save_rates("constant", torch.optim.SGD(
    [{"params": [parameter]} for parameter in model.parameters()], lr=0.05, momentum=0.9, weight_decay=1e-4))
