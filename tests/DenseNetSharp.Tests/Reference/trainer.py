"""trainer.py OUT THREADS: images in folders, and a small network trained on them through ImageFolder and DataLoader."""
import sys

import torch
import torch.nn.functional as F

from common import frozen_norms_evaluate, network, randomise, small_folder

out, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
data = small_folder(f"{out}/images")
torch.manual_seed(8)
initial = randomise(network("tiny", num_classes=3)).state_dict()
torch.save(initial, f"{out}/initial.pth")


def cross_entropy(logits, labels):
    return F.cross_entropy(logits, labels)


def smoothed(logits, labels):
    return F.cross_entropy(logits, labels, weight=torch.tensor([1.0, 0.5, 2.0]), label_smoothing=0.1)


def multilabel(logits, labels):
    # An owl is a dog, too.
    targets = F.one_hot(labels, 3).float()
    targets[:, 1] = (labels > 0).float()
    return F.binary_cross_entropy_with_logits(
        logits, targets, weight=torch.tensor([1.0, 0.5, 2.0]), pos_weight=torch.tensor([2.0, 1.0, 3.0]))


def train(name, loss_of, accumulate=1, clip=None, frozen=(), epochs=2):
    model = network("tiny", num_classes=3)
    model.load_state_dict(initial)
    for key, parameter in model.named_parameters():
        parameter.requires_grad = not key.startswith(tuple(frozen))
    optimizer = torch.optim.SGD(
        [p for p in model.parameters() if p.requires_grad], lr=0.01, momentum=0.9, weight_decay=1e-4, nesterov=True)
    losses = []
    for epoch in range(epochs):
        frozen_norms_evaluate(model)
        loader = torch.utils.data.DataLoader(
            data, batch_size=5, shuffle=True, generator=torch.Generator().manual_seed(20 + epoch))
        waiting = 0

        def step():
            if clip:
                torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], clip)
            optimizer.step()
            return 0

        for images, labels in loader:
            loss = loss_of(model(images), labels)
            losses.append(loss.detach())
            if waiting == 0:
                optimizer.zero_grad()
            (loss / accumulate).backward()
            waiting += 1
            if waiting == accumulate:
                waiting = step()
        if waiting:
            step()
    torch.save({"losses": torch.stack(losses)}, f"{out}/{name}-losses.pth")
    torch.save(model.state_dict(), f"{out}/{name}-final.pth")


train("plain", cross_entropy)
train("smoothed", smoothed, accumulate=2, clip=0.5)
train("multilabel", multilabel)
train("frozen", cross_entropy, frozen=("features.",))
train("partly", cross_entropy, frozen=("features.conv0", "features.norm0", "features.denseblock1", "features.transition1"))
