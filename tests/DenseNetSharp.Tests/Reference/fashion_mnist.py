"""fashion_mnist.py OUT THREADS IMAGES: torchvision's DenseNet trained on Fashion-MNIST images in folders."""
import json
import sys

import torch
import torch.nn.functional as F
from torchvision import transforms
from torchvision.datasets import ImageFolder
from torchvision.models.densenet import DenseNet

out, threads, images = sys.argv[1], int(sys.argv[2]), sys.argv[3]
torch.set_num_threads(threads)
data = ImageFolder(images, transforms.Compose([
    transforms.Resize((40, 40)), transforms.ToTensor(), transforms.Normalize((0.286,) * 3, (0.353,) * 3)]))
torch.manual_seed(3)
model = DenseNet(12, (2, 2, 2), 16, num_classes=10)
torch.save(model.state_dict(), f"{out}/initial.pth")
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
losses = []
for epoch in range(2):
    model.train()
    loader = torch.utils.data.DataLoader(data, batch_size=32, shuffle=True, generator=torch.Generator().manual_seed(5 + epoch))
    for x, y in loader:
        loss = F.cross_entropy(model(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
torch.save(model.state_dict(), f"{out}/final.pth")
# A float as text with all its digits.
with open(f"{out}/losses.json", "w") as file:
    json.dump(losses, file)
