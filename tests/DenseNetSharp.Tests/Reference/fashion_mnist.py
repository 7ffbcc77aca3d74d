"""fashion_mnist.py OUT IMAGES: torchvision's DenseNet for Fashion-MNIST, its batches out of ImageFolder and DataLoader, and the losses
that PyTorch's autocast trains to in bfloat16 on them."""
import sys

import torch
import torch.nn.functional as F
from torchvision import transforms
from torchvision.datasets import ImageFolder
from torchvision.models.densenet import DenseNet

from common import save_batches, script

out, images = sys.argv[1:]
data = ImageFolder(images, transforms.Compose([
    transforms.Resize((40, 40)), transforms.ToTensor(), transforms.Normalize((0.286,) * 3, (0.353,) * 3)]))
torch.manual_seed(3)
model = DenseNet(12, (2, 2, 2), 16, num_classes=10)
torch.save(model.state_dict(), f"{out}/initial.pth")
script(model, f"{out}/network.pt")
save_batches(data, 32, (5, 6), f"{out}/batches.pth")

batches, losses = torch.load(f"{out}/batches.pth"), []
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
for epoch in range(2):
    for i in range(sum(key.startswith(f"images{epoch}-") for key in batches)):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = F.cross_entropy(model(batches[f"images{epoch}-{i}"]).float(), batches[f"labels{epoch}-{i}"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
torch.save({"losses": torch.tensor(losses)}, f"{out}/autocast.pth")
