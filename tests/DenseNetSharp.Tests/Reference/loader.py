"""loader.py OUT: a folder of images, and what torchvision's ImageFolder and PyTorch's DataLoader make of it."""
import os
import sys

import torch
from PIL import Image
from torchvision import transforms
from torchvision.datasets import ImageFolder

out = sys.argv[1]
generator = torch.Generator().manual_seed(4)
for name, count in (("cat", 7), ("dog", 9), ("owl", 4)):
    os.makedirs(f"{out}/images/{name}")
    for i in range(count):
        size = [int(s) for s in torch.randint(30, 60, (2,), generator=generator)]
        pixels = torch.randint(0, 256, (*size, 3), generator=generator).to(torch.uint8).numpy()
        Image.fromarray(pixels).save(f"{out}/images/{name}/{i}.png")

preset = transforms.Compose([
    transforms.Resize(40), transforms.CenterCrop(32), transforms.ToTensor(),
    transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))])
data = ImageFolder(f"{out}/images", preset)
for epoch in (0, 1):
    loader = torch.utils.data.DataLoader(
        data, batch_size=6, shuffle=True, generator=torch.Generator().manual_seed(10 + epoch))
    batches = list(loader)
    torch.save({**{f"images{i}": x for i, (x, _) in enumerate(batches)}, **{f"labels{i}": y for i, (_, y) in enumerate(batches)}},
               f"{out}/epoch{epoch}.pth")
