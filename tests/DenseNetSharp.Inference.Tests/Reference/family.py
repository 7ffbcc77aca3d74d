"""family.py OUT: DenseNets of every kind with random weights, images, and their last maps, pooled features and logits in double
precision.

Written from the papers' and libraries' own descriptions: Huang et al., arXiv 1608.06993, for ImageNet and CIFAR; timm's deep stem and
blurred pooling (Zhang, arXiv 1904.11486); Keras's padding; fast.ai's head. Batch norms have the statistics of the network's own
activations, as in networks.py.
"""
import sys
from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn


class SamePad(nn.Module):
    """TensorFlow's padding='same': ceil(n / stride) outputs, the odd pixel after the last."""

    def __init__(self, kernel, stride, value):
        super().__init__()
        self.kernel, self.stride, self.value = kernel, stride, value

    def forward(self, x):
        (top, bottom), (left, right) = (self.beside(n) for n in x.shape[-2:])
        return F.pad(x, (left, right, top, bottom), value=self.value)

    def beside(self, n):
        total = max((-(-n // self.stride) - 1) * self.stride + self.kernel - n, 0)
        return total // 2, total - total // 2


class BlurPool(nn.Module):
    """timm's BlurPool2d with its defaults: [1, 2, 1] each way, stride 2, reflected by one pixel."""

    def __init__(self, channels):
        super().__init__()
        line = torch.tensor([1.0, 2.0, 1.0]) / 4
        self.register_buffer("weight", (line[:, None] * line[None, :]).repeat(channels, 1, 1, 1), persistent=False)

    def forward(self, x):
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), self.weight, stride=2, groups=self.weight.shape[0])


class Layer(nn.Module):
    def __init__(self, channels, growth, bottleneck, bias, eps):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels, eps=eps)
        if bottleneck:
            self.conv1 = nn.Conv2d(channels, bottleneck * growth, 1, bias=bias)
            self.norm2 = nn.BatchNorm2d(bottleneck * growth, eps=eps)
            self.conv2 = nn.Conv2d(bottleneck * growth, growth, 3, padding=1, bias=bias)
        else:
            self.conv1 = nn.Conv2d(channels, growth, 3, padding=1, bias=bias)
        self.has_bottleneck = bottleneck > 0

    def forward(self, x):
        y = self.conv1(F.relu(self.norm1(x)))
        if self.has_bottleneck:
            y = self.conv2(F.relu(self.norm2(y)))
        return torch.cat([x, y], 1)


class Family(nn.Module):
    def __init__(self, growth=32, blocks=(6, 12, 24, 16), init=64, bottleneck=4, compression=0.5, stem="7x7", blur=False, bias=False,
                 same=False, last_norm=True, pooling="avg", classes=1000, channels=3, eps=1e-5, head=()):
        super().__init__()
        self.pooling, self.activates = pooling, last_norm
        modules = OrderedDict()

        def norm(name, width):
            modules["norm" + name] = nn.BatchNorm2d(width, eps=eps)
            modules["relu" + name] = nn.ReLU()

        def convolution(name, inputs, outputs, kernel, stride):
            if same and stride == 2:
                modules["conv" + name + "_pad"] = SamePad(kernel, 2, 0.0)
            padding = 0 if same and stride == 2 else kernel // 2
            modules["conv" + name] = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=padding, bias=bias)

        if stem == "3x3":
            convolution("0", channels, init, 3, 1)
        else:
            if stem == "deep":
                convolution("0", channels, growth, 3, 2)
                norm("0", growth)
                convolution("1", growth, growth, 3, 1)
                norm("1", growth)
                convolution("2", growth, init, 3, 1)
                norm("2", init)
            else:
                convolution("0", channels, init, 7, 2)
                norm("0", init)
            if blur:
                modules["pool0"] = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), BlurPool(init))
            elif same:
                modules["pool0"] = nn.Sequential(SamePad(3, 2, float("-inf")), nn.MaxPool2d(3, stride=2))
            else:
                modules["pool0"] = nn.MaxPool2d(3, stride=2, padding=1)

        width = init
        for block, layers in enumerate(blocks, 1):
            added = OrderedDict()
            for layer in range(1, layers + 1):
                added[f"denselayer{layer}"] = Layer(width, growth, bottleneck, bias, eps)
                width += growth
            modules[f"denseblock{block}"] = nn.Sequential(added)
            if block < len(blocks):
                kept = int(width * compression)
                modules[f"transition{block}"] = nn.Sequential(OrderedDict(
                    norm=nn.BatchNorm2d(width, eps=eps), relu=nn.ReLU(), conv=nn.Conv2d(width, kept, 1, bias=bias), pool=nn.AvgPool2d(2)))
                width = kept
        if last_norm:
            modules["norm5"] = nn.BatchNorm2d(width, eps=eps)
        self.features = nn.Sequential(modules)

        width = 2 * width if pooling == "catavgmax" else width
        if not head:
            self.classifier = nn.Linear(width, classes) if classes else nn.Identity()
        else:
            self.classifier = nn.Sequential()
            for index, kind in enumerate(head):
                if isinstance(kind, int):
                    # Below nothing: a linear layer of so many outputs without bias.
                    module, width = nn.Linear(width, abs(kind), bias=kind > 0), abs(kind)
                else:
                    module = dict(
                        bn=lambda: nn.BatchNorm1d(width, eps=1e-3), drop=lambda: nn.Dropout(0.4), relu=nn.ReLU, gelu=nn.GELU, silu=nn.SiLU,
                        tanh=nn.Tanh, sigmoid=nn.Sigmoid, leaky=nn.LeakyReLU, elu=nn.ELU)[kind]()
                self.classifier.add_module(str(index), module)

    def maps(self, x):
        x = self.features(x)
        return F.relu(x) if self.activates else x

    def pool(self, maps):
        mean, most = maps.mean((2, 3)), maps.amax((2, 3))
        return dict(avg=mean, max=most, avgmax=0.5 * (mean + most), catavgmax=torch.cat([mean, most], 1))[self.pooling]

    def forward(self, x):
        return self.classifier(self.pool(self.maps(x)))


def cifar(depth, growth, bc, **others):
    layers = (depth - 4) // (6 if bc else 3)
    return dict(
        growth=growth, blocks=(layers,) * 3, init=2 * growth if bc else 16, bottleneck=4 if bc else 0, compression=0.5 if bc else 1,
        stem="3x3", classes=10, **others)


PUBLISHED = {
    "densenet121": dict(),
    "densenet161": dict(growth=48, blocks=(6, 12, 36, 24), init=96),
    "densenet169": dict(blocks=(6, 12, 32, 32)),
    "densenet201": dict(blocks=(6, 12, 48, 32)),
    "densenet264": dict(blocks=(6, 12, 64, 48)),
    "densenetblur121d": dict(stem="deep", blur=True),
    "densenet264d": dict(growth=48, blocks=(6, 12, 64, 48), init=96, stem="deep"),
    "densenet-40-12": cifar(40, 12, bc=False),
    "densenet-100-12": cifar(100, 12, bc=False),
    "densenet-100-24": cifar(100, 24, bc=False),
    "densenet-bc-100-12": cifar(100, 12, bc=True),
    "densenet-bc-250-24": cifar(250, 24, bc=True),
    "densenet-bc-190-40": cifar(190, 40, bc=True),
    "keras-densenet121": dict(eps=1.001e-5),
    "keras-densenet169": dict(blocks=(6, 12, 32, 32), eps=1.001e-5),
    "keras-densenet201": dict(blocks=(6, 12, 48, 32), eps=1.001e-5),
    "densenet-notebook": dict(bottleneck=0, bias=True, same=True, last_norm=False, eps=1e-3),
}

# name: constructor arguments, and (batch, height, width) of images.
NETWORKS = {
    "densenetblur121d": (PUBLISHED["densenetblur121d"], [(1, 224, 224), (3, 65, 47)]),
    "densenet-40-12": (PUBLISHED["densenet-40-12"], [(1, 32, 32), (5, 32, 32), (3, 19, 30)]),
    "densenet-bc-100-12": (PUBLISHED["densenet-bc-100-12"], [(1, 32, 32), (3, 32, 32)]),
    "densenet-notebook": (PUBLISHED["densenet-notebook"], [(1, 96, 96), (3, 65, 47)]),
    "bc 40": (dict(cifar(22, 40, bc=True), classes=100), [(1, 32, 32), (3, 25, 32)]),
    "deep": (dict(growth=12, blocks=(2, 2, 2), init=24, stem="deep", classes=7), [(1, 65, 47), (5, 32, 32), (3, 224, 31)]),
    "deep wide": (dict(growth=136, blocks=(1, 1), init=140, bottleneck=1, stem="deep", classes=5, channels=1), [(1, 33, 29), (3, 16, 47)]),
    "deep blur": (dict(growth=40, blocks=(1, 2), init=70, stem="deep", blur=True, classes=3, bias=True), [(1, 65, 47), (3, 34, 64), (5, 7, 8)]),
    "deep same": (dict(growth=20, blocks=(2, 1), init=33, stem="deep", same=True, classes=3), [(1, 65, 47), (3, 34, 31), (5, 22, 16)]),
    "blur": (dict(growth=16, blocks=(1, 1, 2, 1), init=36, blur=True, classes=11), [(1, 65, 47), (3, 64, 30), (5, 29, 29)]),
    "blur least": (dict(growth=8, blocks=(2,), init=12, blur=True, classes=4), [(1, 3, 3), (3, 4, 5), (5, 8, 3)]),
    "same": (dict(growth=8, blocks=(2, 1), init=16, same=True, classes=4), [(1, 65, 47), (3, 32, 34), (5, 5, 8)]),
    "same least": (dict(growth=8, blocks=(2,), init=16, same=True, channels=2, classes=4), [(1, 1, 1), (3, 2, 3), (1, 1, 40), (2, 6, 9)]),
    "plain": (dict(growth=24, blocks=(3, 3), init=30, bottleneck=0, compression=0.7, classes=4), [(1, 65, 47), (3, 40, 40)]),
    "plain 3x3": (dict(growth=9, blocks=(4, 3, 4), init=131, bottleneck=0, compression=1, stem="3x3", classes=6, channels=1), [(1, 13, 22), (3, 4, 4), (5, 9, 16)]),
    "bias": (dict(growth=12, blocks=(2, 3, 2), init=21, bias=True, classes=5), [(1, 65, 47), (3, 32, 32)]),
    "bias 3x3": (dict(growth=17, blocks=(2, 2), init=19, bias=True, compression=0.33, stem="3x3", classes=5, last_norm=False), [(1, 17, 23), (5, 8, 8)]),
    "max": (dict(growth=12, blocks=(2, 2), init=21, pooling="max", classes=5), [(1, 65, 47), (3, 32, 32)]),
    "max without norm": (dict(growth=12, blocks=(2, 2), init=21, pooling="max", last_norm=False, classes=5), [(1, 65, 47), (3, 32, 32)]),
    "avgmax": (dict(growth=60, blocks=(2, 2), init=41, pooling="avgmax", classes=5), [(1, 65, 47), (3, 32, 32)]),
    "catavgmax": (dict(growth=60, blocks=(2, 2), init=43, pooling="catavgmax", classes=130), [(1, 65, 47), (5, 32, 32)]),
    "maps": (dict(growth=12, blocks=(2, 2), init=21, pooling="", classes=0), [(1, 65, 47), (3, 32, 32), (5, 47, 65)]),
    "maps without norm": (dict(growth=12, blocks=(2, 2), init=21, pooling="", classes=0, last_norm=False), [(1, 65, 47), (3, 32, 32)]),
    "features": (dict(growth=12, blocks=(2, 2), init=21, classes=0), [(1, 65, 47), (3, 32, 32)]),
    "fast.ai": (dict(
        growth=16, blocks=(3, 3), init=32, pooling="catavgmax", classes=10, head=("bn", "drop", -150, "relu", "bn", "drop", 10)),
        [(1, 65, 47), (5, 32, 32), (20, 8, 8)]),
    "activations": (dict(
        growth=16, blocks=(2, 2), init=32, classes=3,
        head=("bn", "elu", 140, "bn", "gelu", -20, "silu", "bn", "tanh", 20, "sigmoid", 20, 30, "leaky", "bn", "relu", "bn", "relu", 3)),
        [(1, 65, 47), (5, 32, 32)]),
}


def random_network(options, size, seed):
    torch.manual_seed(seed)
    model = Family(**options)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm1d)):
                module.momentum = None  # The statistics of all batches alike: here of one.
                module.weight.uniform_(0.6, 1.4)
                module.bias.normal_(0, 0.2)
            elif isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
            if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
                module.bias.normal_(0, 0.2)
        images = torch.randn(8, options.get("channels", 3), *size)
        model.train()
        if model.pooling:
            model(images)
        else:
            model.maps(images)
    return model.eval()


def write(out):
    for index, (name, (options, sizes)) in enumerate(NETWORKS.items()):
        model = random_network(options, sizes[0][1:], index)
        torch.save(model.state_dict(), f"{out}/{name}.pth")
        exact = model.double()
        with torch.no_grad():
            for n, height, width in sizes:
                images = torch.randn(n, options.get("channels", 3), height, width)
                results = {"images": images, "maps": exact.maps(images.double()).float()}
                if options.get("pooling") != "":
                    features = exact.pool(exact.maps(images.double()))
                    results["features"] = features.float()
                    results["logits"] = exact.classifier(features).float()
                torch.save(results, f"{out}/{name}-{n}x{height}x{width}.pth")


if __name__ == "__main__":
    write(sys.argv[1])
