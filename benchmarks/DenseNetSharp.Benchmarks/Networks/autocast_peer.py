"""autocast_peer.py OUT IMAGES EPOCHS THREADS: torchvision's network for small images, trained in float32 and by PyTorch's autocast in
bfloat16, from the same weights on the same batches. Leaves OUT/initial.pth and prints the two mean losses of each epoch."""
import sys

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder
from torchvision.models.densenet import DenseNet

out, images, epochs, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)
data = ImageFolder(images, transforms.Compose([
    transforms.Resize((40, 40)), transforms.ToTensor(), transforms.Normalize((0.286,) * 3, (0.353,) * 3)]))


def network():
    torch.manual_seed(3)
    return DenseNet(12, (2, 2, 2), 16, num_classes=len(data.classes))


def train(model, optimizer, epoch, is_autocast):
    total = 0.0
    for x, y in DataLoader(data, batch_size=32, shuffle=True, generator=torch.Generator().manual_seed(5 + epoch)):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_autocast):
            loss = F.cross_entropy(model(x).float(), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
    return total / len(data)


torch.save(network().state_dict(), f"{out}/initial.pth")
models = network(), network()
optimizers = [torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4) for model in models]
for epoch in range(epochs):
    print(*(train(model, optimizer, epoch, is_autocast) for model, optimizer, is_autocast in zip(models, optimizers, (False, True))), flush=True)
