"""What the reference scripts share: randomised torchvision DenseNets."""
import os

import torch
import torchvision
from PIL import Image
from torchvision import transforms
from torchvision.datasets import ImageFolder
from torchvision.models.densenet import DenseNet

NETWORKS = {
    "densenet121": dict(growth_rate=32, block_config=(6, 12, 24, 16), num_init_features=64),
    "densenet169": dict(growth_rate=32, block_config=(6, 12, 32, 32), num_init_features=64),
    "densenet201": dict(growth_rate=32, block_config=(6, 12, 48, 32), num_init_features=64),
    "densenet161": dict(growth_rate=48, block_config=(6, 12, 36, 24), num_init_features=96),
    # Small enough to train in a test, and not a multiple of anything.
    "tiny": dict(growth_rate=6, block_config=(2, 3, 2, 1), num_init_features=10, bn_size=3, num_classes=7),
}


def network(name, **options):
    return DenseNet(**{**NETWORKS[name], **options})


def randomise(model, seed=0):
    """Weights as initialised; batch norms with statistics, scales and shifts that are not the trivial ones."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.2, generator=generator)
                module.running_var.uniform_(0.5, 1.5, generator=generator)
                module.weight.uniform_(0.6, 1.4, generator=generator)
                module.bias.normal_(0, 0.2, generator=generator)
                module.num_batches_tracked.fill_(17)
            elif isinstance(module, torch.nn.Linear):
                module.bias.normal_(0, 0.2, generator=generator)
    return model


def script(model, path):
    """Saves torchvision's network for another libtorch to run."""
    torch.jit.script(model).save(path)


def images(count, height, width, seed=1):
    return torch.randn(count, 3, height, width, generator=torch.Generator().manual_seed(seed))


def small_folder(folder):
    """24 images of noise in folders of three classes, as a data set that is resized to 52 and cropped to 48."""
    generator = torch.Generator().manual_seed(4)
    for name, count in (("cat", 9), ("dog", 8), ("owl", 7)):
        os.makedirs(f"{folder}/{name}")
        for i in range(count):
            pixels = torch.randint(0, 256, (50, 60, 3), generator=generator).to(torch.uint8).numpy()
            Image.fromarray(pixels).save(f"{folder}/{name}/{i}.png")
    return ImageFolder(folder, transforms.Compose([
        transforms.Resize(52), transforms.CenterCrop(48), transforms.ToTensor(),
        transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))]))


def save_batches(data, batch_size, seeds, path):
    """The batches of a shuffling DataLoader, an epoch for each seed: `images0-1` is the second of the first epoch."""
    tensors = {}
    for epoch, seed in enumerate(seeds):
        loader = torch.utils.data.DataLoader(
            data, batch_size=batch_size, shuffle=True, generator=torch.Generator().manual_seed(seed))
        for i, (x, y) in enumerate(loader):
            tensors[f"images{epoch}-{i}"], tensors[f"labels{epoch}-{i}"] = x, y
    torch.save(tensors, path)
