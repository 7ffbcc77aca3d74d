"""family.py OUT: the whole family of DenseNets in PyTorch, from the published descriptions, small and with random weights.

For each network NAME: NAME-initial.pth (weights as drawn after manual_seed), NAME.pth (randomised), NAME.txt (print),
NAME-modules.txt, NAME-expected.pth (inputs, outputs, levels) and NAME-trained.pth (a training step in float64). For each
published network in its full size: NAME-keys.txt.
"""
import math
import sys

import torch
import torch.nn.functional as F
from torch import nn

OUT = sys.argv[1]
SHORT = (2, 3, 2, 1)


class BlurPool2d(nn.Module):
    """timm 1.0.29, timm/layers/blur_pool.py: filt_size 3, stride 2, reflect padding, a buffer that is not persistent."""

    def __init__(self, channels):
        super().__init__()
        coeffs = torch.tensor([0.25, 0.5, 0.25])
        filt = (coeffs[:, None] * coeffs[None, :])[None, None].repeat(channels, 1, 1, 1)
        self.register_buffer("filt", filt, persistent=False)

    def forward(self, x):
        x = F.pad(x, [1, 1, 1, 1], mode="reflect")
        return F.conv2d(x, self.filt, stride=2, groups=x.shape[1])


class SamePad2d(nn.Module):
    """padding='same' of tf.nn: https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2"""

    def __init__(self, kernel_size, stride, value):
        super().__init__()
        self.kernel_size, self.stride, self.value = kernel_size, stride, value

    def pads(self, size):
        if size % self.stride == 0:
            along = max(self.kernel_size - self.stride, 0)
        else:
            along = max(self.kernel_size - size % self.stride, 0)
        return along // 2, along - along // 2

    def forward(self, x):
        return F.pad(x, [*self.pads(x.shape[3]), *self.pads(x.shape[2])], value=self.value)

    def extra_repr(self):
        return f"kernel_size={self.kernel_size}, stride={self.stride}, value={self.value}"


class _DenseLayer(nn.Module):
    """With a bottleneck torchvision's; without, H_l of the paper's section 3: norm, ReLU, 3x3 convolution."""

    def __init__(self, channels, growth_rate, bn_size, bias, norm):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels, **norm)
        self.relu1 = nn.ReLU(inplace=True)
        if bn_size:
            self.conv1 = nn.Conv2d(channels, bn_size * growth_rate, kernel_size=1, stride=1, bias=bias)
            self.norm2 = nn.BatchNorm2d(bn_size * growth_rate, **norm)
            self.relu2 = nn.ReLU(inplace=True)
            self.conv2 = nn.Conv2d(bn_size * growth_rate, growth_rate, kernel_size=3, stride=1, padding=1, bias=bias)
        else:
            self.conv1 = nn.Conv2d(channels, growth_rate, kernel_size=3, stride=1, padding=1, bias=bias)

    def forward(self, features):
        x = self.conv1(self.relu1(self.norm1(torch.cat(features, 1))))
        return self.conv2(self.relu2(self.norm2(x))) if hasattr(self, "conv2") else x


class _DenseBlock(nn.ModuleDict):
    def forward(self, x):
        features = [x]
        for layer in self.values():
            features.append(layer(features))
        return torch.cat(features, 1)


class _Transition(nn.Sequential):
    pass


class DenseNet(nn.Module):
    def __init__(self, growth_rate=32, block_config=(6, 12, 24, 16), num_init_features=64, bn_size=4, num_classes=7, in_chans=3,
                 compression=0.5, stem="7x7", blur=False, bias=False, same=False, last_norm=True, relu5=False, pool="avg",
                 head=None, eps=1e-5, momentum=0.1, init="fan_in"):
        super().__init__()
        norm = dict(eps=eps, momentum=momentum)
        self.features = f = nn.Sequential()
        self.pool, self.relu_outside = pool, last_norm and not relu5

        def conv(name, i, o, **options):
            f.add_module(name, nn.Conv2d(i, o, bias=bias, **options))

        def activated(number, channels):
            f.add_module(f"norm{number}", nn.BatchNorm2d(channels, **norm))
            f.add_module(f"relu{number}", nn.ReLU(inplace=True))

        if stem == "3x3":
            conv("conv0", in_chans, num_init_features, kernel_size=3, stride=1, padding=1)
            self.taps = ["conv0"]
        else:
            size = 3 if stem == "deep" else 7
            if same:
                f.add_module("conv0_pad", SamePad2d(size, 2, 0.0))
            width = growth_rate if stem == "deep" else num_init_features
            conv("conv0", in_chans, width, kernel_size=size, stride=2, padding=0 if same else size // 2)
            activated(0, width)
            if stem == "deep":
                conv("conv1", growth_rate, growth_rate, kernel_size=3, stride=1, padding=1)
                activated(1, growth_rate)
                conv("conv2", growth_rate, num_init_features, kernel_size=3, stride=1, padding=1)
                activated(2, num_init_features)
            self.taps = ["relu2" if stem == "deep" else "relu0"]
            if blur:
                f.add_module("pool0", nn.Sequential(nn.MaxPool2d(kernel_size=3, stride=1, padding=1), BlurPool2d(num_init_features)))
            else:
                if same:
                    f.add_module("pool0_pad", SamePad2d(3, 2, -math.inf))
                f.add_module("pool0", nn.MaxPool2d(kernel_size=3, stride=2, padding=0 if same else 1))

        channels = num_init_features
        for i, layers in enumerate(block_config):
            f.add_module(f"denseblock{i + 1}", _DenseBlock({
                f"denselayer{j + 1}": _DenseLayer(channels + j * growth_rate, growth_rate, bn_size, bias, norm) for j in range(layers)}))
            self.taps.append(f"denseblock{i + 1}")
            channels += layers * growth_rate
            if i + 1 < len(block_config):
                kept = math.floor(channels * compression)
                transition = _Transition()
                transition.add_module("norm", nn.BatchNorm2d(channels, **norm))
                transition.add_module("relu", nn.ReLU(inplace=True))
                transition.add_module("conv", nn.Conv2d(channels, kept, kernel_size=1, stride=1, bias=bias))
                transition.add_module("pool", nn.AvgPool2d(kernel_size=2, stride=2))
                f.add_module(f"transition{i + 1}", transition)
                channels = kept
        if last_norm:
            f.add_module("norm5", nn.BatchNorm2d(channels, **norm))
        if relu5:
            f.add_module("relu5", nn.ReLU())
        self.num_features = channels * (2 if pool == "catavgmax" else 1)
        if head is not None:
            for name, module in head(self.num_features):
                self.add_module(name, module)
        elif num_classes:
            self.classifier = nn.Linear(self.num_features, num_classes)
        self.initialise(init)

    def initialise(self, init):
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                if init == "glorot":
                    nn.init.xavier_uniform_(module.weight)
                else:
                    nn.init.kaiming_normal_(module.weight, mode=init)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                if init == "glorot":
                    nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward_features(self, x):
        x = self.features(x)
        return F.relu(x) if self.relu_outside else x

    def levels(self, x):
        found = {}
        for name, module in self.features.named_children():
            x = module(x)
            # A clone: some of what follows works in place.
            found[name] = x.clone()
        last = F.relu(x) if self.relu_outside else x
        return [found[name] for name in self.taps[:-1]] + [last]

    def pooled(self, x):
        """timm 1.0.29, timm/layers/adaptive_avgmax_pool.py."""
        if self.pool == "":
            return x
        average, largest = F.adaptive_avg_pool2d(x, 1).flatten(1), F.adaptive_max_pool2d(x, 1).flatten(1)
        return {"avg": average, "max": largest, "avgmax": 0.5 * (average + largest),
                "catavgmax": torch.cat((average, largest), 1)}[self.pool]

    def forward(self, x):
        x = self.pooled(self.forward_features(x))
        for name, module in self.named_children():
            if name != "features":
                x = module(x)
        return x


def timm(growth_rate=32, block_config=(6, 12, 24, 16), stem_type="", aa_layer=False, **options):
    """timm 1.0.29, timm/models/densenet.py: the stem is twice the growth rate wide, and norms contain their ReLU."""
    return dict(growth_rate=growth_rate, block_config=block_config, num_init_features=2 * growth_rate,
                stem="deep" if "deep" in stem_type else "7x7", blur=aa_layer, relu5=True, **options)


def cifar(depth, growth_rate, bottlenecks):
    """The paper's section 4.2 and its code: 16 first channels, or twice the growth rate where there is compression."""
    layers = (depth - 4) // (6 if bottlenecks else 3)
    return dict(growth_rate=growth_rate, block_config=(layers,) * 3, stem="3x3", num_init_features=2 * growth_rate if bottlenecks else 16,
                bn_size=4 if bottlenecks else 0, compression=0.5 if bottlenecks else 1, init="fan_out")


def keras(*block_config):
    """keras/src/applications/densenet.py: torchvision's windows (zeros around, which ReLU makes harmless), epsilon 1.001e-5."""
    return dict(block_config=block_config, eps=1.001e-5, momentum=0.01, init="glorot")


NOTEBOOK = dict(bn_size=0, bias=True, same=True, last_norm=False, eps=1e-3, momentum=0.01, init="glorot")

PUBLISHED = {
    "densenet121": dict(),
    "densenet161": dict(growth_rate=48, block_config=(6, 12, 36, 24), num_init_features=96),
    "densenet169": dict(block_config=(6, 12, 32, 32)),
    "densenet201": dict(block_config=(6, 12, 48, 32)),
    # MONAI's DenseNet264: init_features 64, growth_rate 32.
    "densenet264": dict(block_config=(6, 12, 64, 48)),
    "densenetblur121d": timm(stem_type="deep", aa_layer=True),
    "densenet264d": timm(48, (6, 12, 64, 48), stem_type="deep"),
    "densenet-40-12": cifar(40, 12, False),
    "densenet-100-12": cifar(100, 12, False),
    "densenet-100-24": cifar(100, 24, False),
    "densenet-bc-100-12": cifar(100, 12, True),
    "densenet-bc-250-24": cifar(250, 24, True),
    "densenet-bc-190-40": cifar(190, 40, True),
    "keras-densenet121": keras(6, 12, 24, 16),
    "keras-densenet169": keras(6, 12, 32, 32),
    "keras-densenet201": keras(6, 12, 48, 32),
    "densenet-notebook": NOTEBOOK,
}

TINY = dict(growth_rate=6, block_config=SHORT, num_init_features=10, bn_size=3)


def flat_head(features):
    return [("fc1", nn.Linear(features, 9, bias=False)), ("bn1", nn.BatchNorm1d(9, eps=1e-3)), ("act1", nn.LeakyReLU()),
            ("fc2", nn.Linear(9, 5))]


def deep_head(features):
    layers = [nn.Dropout(0.3), nn.Linear(features, 12), nn.ReLU(), nn.BatchNorm1d(12), nn.Linear(12, 11), nn.GELU(), nn.Linear(11, 10),
              nn.SiLU(), nn.Linear(10, 9), nn.Tanh(), nn.Linear(9, 8), nn.Sigmoid(), nn.Linear(8, 8), nn.ELU(), nn.Linear(8, 4)]
    return [("classifier", nn.Sequential(*layers))]


def nested_head(features):
    inner = nn.Sequential()
    inner.add_module("fc", nn.Linear(features, 6))
    inner.add_module("act", nn.ReLU())
    outer = nn.Sequential()
    outer.add_module("body", inner)
    outer.add_module("out", nn.Linear(6, 3))
    return [("head", outer), ("last", nn.Linear(3, 2))]


SMALL = {
    **{name: {**options, "block_config": SHORT[:len(options.get("block_config", SHORT))]} for name, options in PUBLISHED.items()},
    "max": dict(TINY, pool="max"),
    "avgmax": dict(TINY, pool="avgmax"),
    "catavgmax": dict(TINY, pool="catavgmax"),
    "maps": dict(TINY, pool="", num_classes=0),
    "features": dict(TINY, num_classes=0),
    "blur": dict(TINY, blur=True),
    "deep-same": dict(TINY, stem="deep", same=True, in_chans=1),
    "unactivated-blur": dict(TINY, blur=True, last_norm=False, bn_size=0, compression=0.7, in_chans=4),
    "two-blocks": dict(TINY, block_config=(2, 2), bias=True),
    "flat-head": dict(TINY, head=flat_head),
    "deep-head": dict(TINY, head=deep_head, bias=True, bn_size=0),
    "nested-head": dict(TINY, head=nested_head, pool="catavgmax", stem="3x3", init="glorot"),
}


def randomise(model):
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm1d)):
                module.running_mean.normal_(0, 0.2, generator=generator)
                module.running_var.uniform_(0.5, 1.5, generator=generator)
                module.weight.uniform_(0.6, 1.4, generator=generator)
                module.bias.normal_(0, 0.2, generator=generator)
                module.num_batches_tracked.fill_(17)
            elif isinstance(module, (nn.Linear, nn.Conv2d)) and module.bias is not None:
                module.bias.normal_(0, 0.2, generator=generator)


def lines(path, values):
    with open(path, "w") as file:
        file.writelines(f"{value}\n" for value in values)


torch.set_num_threads(1)
for name, options in SMALL.items():
    torch.manual_seed(1234)
    model = DenseNet(**options)
    torch.save(model.state_dict(), f"{OUT}/{name}-initial.pth")
    randomise(model)
    torch.save(model.state_dict(), f"{OUT}/{name}.pth")
    with open(f"{OUT}/{name}.txt", "w") as file:
        file.write(str(model))
    lines(f"{OUT}/{name}-modules.txt", (f"{module} {type(value).__name__}" for module, value in model.named_modules()))
    expected = {}
    channels = options.get("in_chans", 3)
    sizes = ((3, 33, 30), (1, 32, 32)) if options.get("stem") == "3x3" else ((3, 65, 47), (1, 64, 64))
    model.eval()
    with torch.no_grad():
        for i, (n, height, width) in enumerate(sizes):
            x = torch.randn(n, channels, height, width)
            maps = model.forward_features(x)
            expected.update({f"x{i}": x, f"output{i}": model(x), f"features{i}": maps, f"pooled{i}": model.pooled(maps)})
            expected.update({f"level{i}-{k}": level for k, level in enumerate(model.levels(x))})
    torch.save(expected, f"{OUT}/{name}-expected.pth")

    model.double().train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    x = expected["x0"].double().requires_grad_()
    model(x).square().mean().backward()
    torch.save({
        "x": x.grad, **{f"{key}:gradient": value.grad for key, value in model.named_parameters()},
        **{key: value for key, value in model.named_buffers() if not key.endswith("filt")}}, f"{OUT}/{name}-trained.pth")

for name, options in PUBLISHED.items():
    classes = 10 if options.get("stem") == "3x3" else 1000
    state = DenseNet(**options, num_classes=classes).state_dict()
    lines(f"{OUT}/{name}-keys.txt", (f"{key} {list(value.shape)}" for key, value in state.items()))
