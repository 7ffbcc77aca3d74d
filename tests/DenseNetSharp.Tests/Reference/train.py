"""train.py OUT THREADS: twenty steps of each optimizer on the tiny network: batches, losses and final weights."""
import sys

import torch
import torch.nn.functional as F

from common import network, randomise

STEPS, BATCH, SIZE = 20, 4, 48
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-4),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-4, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=2e-3, weight_decay=1e-4),
    "adamw": lambda p: torch.optim.AdamW(p, lr=2e-3, weight_decay=0.01),
}

out, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(8)
initial = randomise(network("tiny")).state_dict()
images = torch.randn(STEPS, BATCH, 3, SIZE, SIZE)
labels = torch.randint(0, 7, (STEPS, BATCH))
torch.save(initial, f"{out}/initial.pth")
torch.save({"images": images, "labels": labels}, f"{out}/batches.pth")

for name, make in OPTIMIZERS.items():
    model = network("tiny")
    model.load_state_dict(initial)
    model.train()
    optimizer = make(model.parameters())
    losses = []
    for x, y in zip(images, labels):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    torch.save({"losses": torch.stack(losses)}, f"{out}/{name}-losses.pth")
    torch.save(model.state_dict(), f"{out}/{name}-final.pth")

# With dropout in every layer: the masks come from the same generator.
model = network("tiny", drop_rate=0.3)
model.load_state_dict(initial)
model.train()
torch.manual_seed(99)
torch.save({"logits": model(images[0]).detach()}, f"{out}/dropout.pth")
