"""fashion_mnist.py OUT IMAGES: torchvision's DenseNet for Fashion-MNIST, and its batches out of ImageFolder and DataLoader."""
import sys

import torch
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
