"""found_family.py OUT: networks of the DenseNet family as their own projects save them, each with its logits.

Every class has the modules, names and ways of the project it stands for; only sizes are smaller.
"""
import sys
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models.densenet import DenseNet

out = sys.argv[1]
torch.manual_seed(17)


def settle(model, size):
    """Statistics as after some training."""
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm1d)):
            module.momentum = None
            nn.init.uniform_(module.weight, 0.6, 1.4)
            nn.init.normal_(module.bias, 0, 0.2)
        elif isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.normal_(module.bias, 0, 0.2)
    with torch.no_grad():
        model.train()(torch.randn(8, 3, size, size))
    return model.eval()


def save(name, value):
    torch.save(value, f"{out}/{name}.pth")


def expect(name, model, height=32, width=32):
    images = torch.randn(2, 3, height, width)
    with torch.no_grad():
        torch.save({"images": images, "logits": model(images)}, f"{out}/{name}.expected.pth")


# kuangliu's pytorch-cifar: models/densenet.py.
class Kuangliu(nn.Module):
    class Bottleneck(nn.Module):
        def __init__(self, in_planes, growth_rate):
            super().__init__()
            self.bn1 = nn.BatchNorm2d(in_planes)
            self.conv1 = nn.Conv2d(in_planes, 4 * growth_rate, kernel_size=1, bias=False)
            self.bn2 = nn.BatchNorm2d(4 * growth_rate)
            self.conv2 = nn.Conv2d(4 * growth_rate, growth_rate, kernel_size=3, padding=1, bias=False)

        def forward(self, x):
            new = self.conv1(F.relu(self.bn1(x)))
            new = self.conv2(F.relu(self.bn2(new)))
            return torch.cat([new, x], 1)

    class Transition(nn.Module):
        def __init__(self, in_planes, out_planes):
            super().__init__()
            self.bn = nn.BatchNorm2d(in_planes)
            self.conv = nn.Conv2d(in_planes, out_planes, kernel_size=1, bias=False)

        def forward(self, x):
            return F.avg_pool2d(self.conv(F.relu(self.bn(x))), 2)

    def __init__(self, nblocks, growth_rate, num_classes=10):
        super().__init__()
        planes = 2 * growth_rate
        self.conv1 = nn.Conv2d(3, planes, kernel_size=3, padding=1, bias=False)
        for i, count in enumerate(nblocks):
            layers = []
            for _ in range(count):
                layers.append(self.Bottleneck(planes, growth_rate))
                planes += growth_rate
            setattr(self, f"dense{i + 1}", nn.Sequential(*layers))
            if i < 3:
                setattr(self, f"trans{i + 1}", self.Transition(planes, planes // 2))
                planes //= 2
        self.bn = nn.BatchNorm2d(planes)
        self.linear = nn.Linear(planes, num_classes)

    def forward(self, x):
        x = self.conv1(x)
        x = self.trans1(self.dense1(x))
        x = self.trans2(self.dense2(x))
        x = self.trans3(self.dense3(x))
        x = F.avg_pool2d(F.relu(self.bn(self.dense4(x))), 4)
        return self.linear(x.view(x.size(0), -1))


kuangliu = settle(Kuangliu((2, 3, 1, 2), 6), 32)
expect("kuangliu", kuangliu)
save("kuangliu", {"net": OrderedDict((f"module.{k}", v) for k, v in kuangliu.state_dict().items()), "acc": 95.0, "epoch": 3})
save("kuangliu-half", {k: v.half() if v.is_floating_point() else v for k, v in kuangliu.state_dict().items()})


# bamos' densenet.pytorch, bearpaw's pytorch-classification and andreasveit's densenet-pytorch.
class Cifar(nn.Module):
    class Bottleneck(nn.Module):
        def __init__(self, channels, growth):
            super().__init__()
            self.bn1 = nn.BatchNorm2d(channels)
            self.conv1 = nn.Conv2d(channels, 4 * growth, kernel_size=1, bias=False)
            self.bn2 = nn.BatchNorm2d(4 * growth)
            self.conv2 = nn.Conv2d(4 * growth, growth, kernel_size=3, padding=1, bias=False)

        def forward(self, x):
            new = self.conv1(F.relu(self.bn1(x)))
            return torch.cat((x, self.conv2(F.relu(self.bn2(new)))), 1)

    class Single(nn.Module):
        def __init__(self, channels, growth):
            super().__init__()
            self.bn1 = nn.BatchNorm2d(channels)
            self.conv1 = nn.Conv2d(channels, growth, kernel_size=3, padding=1, bias=False)

        def forward(self, x):
            return torch.cat((x, self.conv1(F.relu(self.bn1(x)))), 1)

    class Transition(nn.Module):
        def __init__(self, channels, kept):
            super().__init__()
            self.bn1 = nn.BatchNorm2d(channels)
            self.conv1 = nn.Conv2d(channels, kept, kernel_size=1, bias=False)

        def forward(self, x):
            return F.avg_pool2d(self.conv1(F.relu(self.bn1(x))), 2)

    class Block(nn.Module):
        def __init__(self, layers):
            super().__init__()
            self.layer = nn.Sequential(*layers)

        def forward(self, x):
            return self.layer(x)

    def __init__(self, layers, growth, reduction, bottleneck, block, last):
        super().__init__()
        channels = 2 * growth
        self.conv1 = nn.Conv2d(3, channels, kernel_size=3, padding=1, bias=False)
        self.names = []
        for i in range(3):
            items = []
            for _ in range(layers):
                items.append((self.Bottleneck if bottleneck else self.Single)(channels, growth))
                channels += growth
            self.add_module(f"{block}{i + 1}", self.Block(items) if block == "block" else nn.Sequential(*items))
            self.names.append(f"{block}{i + 1}")
            if i < 2:
                kept = int(channels * reduction)
                self.add_module(f"trans{i + 1}", self.Transition(channels, kept))
                self.names.append(f"trans{i + 1}")
                channels = kept
        self.add_module(last, nn.BatchNorm2d(channels))
        self.last = last
        self.fc = nn.Linear(channels, 10)

    def forward(self, x):
        x = self.conv1(x)
        for name in self.names:
            x = getattr(self, name)(x)
        x = F.avg_pool2d(F.relu(getattr(self, self.last)(x)), 8)
        return self.fc(torch.flatten(x, 1))


for name, arguments in {
        "bamos": (3, 12, 0.5, True, "dense", "bn1"),
        "bamos-plain": (3, 12, 1, False, "dense", "bn1"),
        "bearpaw": (2, 8, 0.4, True, "dense", "bn"),
        "andreasveit": (3, 5, 0.7, True, "block", "bn1"),
        "andreasveit-plain": (2, 5, 1, False, "block", "bn1")}.items():
    model = settle(Cifar(*arguments), 32)
    expect(name, model)
    save(name, {"state_dict": OrderedDict((f"module.{k}", v) for k, v in model.state_dict().items())} if name == "bearpaw" else model.state_dict())


# gpleiss' efficient_densenet_pytorch with small_inputs.
def gpleiss():
    model = DenseNet(growth_rate=6, block_config=(2, 3, 2), num_init_features=12, bn_size=2, num_classes=10)
    features = OrderedDict(conv0=nn.Conv2d(3, 12, kernel_size=3, stride=1, padding=1, bias=False))
    for name, module in model.features.named_children():
        if name.startswith(("dense", "trans")):
            features[name] = module
    features["norm_final"] = model.features.norm5
    model.features = nn.Sequential(features)
    return settle(model, 32)


small = gpleiss()
expect("gpleiss", small)
save("gpleiss", small.state_dict())


# timm: the deep stem, pooling with and without a blur.
class BlurPool2d(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.channels = channels
        taps = torch.tensor([1.0, 2.0, 1.0]) / 4
        self.register_buffer("filt", (taps[:, None] * taps[None, :])[None, None].repeat(channels, 1, 1, 1), persistent=False)

    def forward(self, x):
        return F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), self.filt, stride=2, groups=self.channels)


def timm(blur, growth=8):
    width = 2 * growth
    model = DenseNet(growth_rate=growth, block_config=(2, 3), num_init_features=width, bn_size=4, num_classes=5)
    pool = nn.MaxPool2d(3, 2, 1) if not blur else nn.Sequential(nn.MaxPool2d(3, 1, 1), BlurPool2d(width))
    stem = OrderedDict()
    for i, (before, after, stride) in enumerate(((3, growth, 2), (growth, growth, 1), (growth, width, 1))):
        stem[f"conv{i}"] = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
        stem[f"norm{i}"] = nn.BatchNorm2d(after)
        stem[f"relu{i}"] = nn.ReLU()
    stem["pool0"] = pool
    for name, module in model.features.named_children():
        if name.startswith(("dense", "trans", "norm5")):
            stem[name] = module
    model.features = nn.Sequential(stem)
    return settle(model, 40)


for blur, name in ((True, "timm-blur"), (False, "timm-deep")):
    model = timm(blur)
    expect(name, model, 41, 34)
    save(name, model.state_dict())
    bare = OrderedDict(model.state_dict())
    save(f"{name}-bare", bare)
    save(f"my_{'densenetblur121d' if blur else 'densenet264d'}_best", bare)
    save(f"{name}-arch", {"arch": "densenetblur121d" if blur else "densenet264d", "state_dict": bare})
    save(f"{name}-flattened", OrderedDict((k.replace("features.", "features_", 1), v) for k, v in bare.items()))
    save(f"{name}-whole", model)


# Heads of several layers.
def features_of(seed=3):
    torch.manual_seed(seed)
    return DenseNet(growth_rate=8, block_config=(2, 3, 2), num_init_features=16, bn_size=2, num_classes=5)


def with_head(head, name="classifier"):
    model = features_of()
    model.classifier = nn.Identity()
    setattr(model, name, head)
    if name != "classifier":
        delattr(model, "classifier")
        model.forward = lambda x: head(torch.flatten(F.adaptive_avg_pool2d(F.relu(model.features(x)), 1), 1))
    return model


count = features_of().classifier.in_features
heads = {
    "mlp": nn.Sequential(nn.Linear(count, 12), nn.ReLU(), nn.Dropout(0.3), nn.Linear(12, 5)),
    "mlp-three": nn.Sequential(nn.Dropout(0.2), nn.Linear(count, 12), nn.ReLU(), nn.Linear(12, 7), nn.ReLU(), nn.Linear(7, 5)),
    "mlp-norm-first": nn.Sequential(nn.Linear(count, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 5)),
    "mlp-norm-last": nn.Sequential(nn.Linear(count, 12, bias=False), nn.ReLU(), nn.BatchNorm1d(12), nn.Dropout(0.1), nn.Linear(12, 5)),
    "mlp-no-room": nn.Sequential(nn.Linear(count, 12), nn.Linear(12, 5)),
    "mlp-tanh": nn.Sequential(nn.Linear(count, 12), nn.Tanh(), nn.Linear(12, 5)),
    "mlp-silu": nn.Sequential(nn.Linear(count, 12), nn.SiLU(), nn.Dropout(0.2), nn.Linear(12, 5), nn.Sigmoid()),
    "mlp-gelu": nn.Sequential(nn.Linear(count, 12), nn.GELU(), nn.Linear(12, 5)),
}
for name, head in heads.items():
    model = settle(with_head(head), 40)
    if name == "mlp-silu":
        bare = nn.Sequential(*list(head)[:-1])
        without = with_head(bare)
        without.load_state_dict(model.state_dict())
        expect(name, without.eval(), 40, 33)
        save(name, model)
    else:
        expect(name, model, 40, 33)
        save(name, model.state_dict())
        save(f"{name}-whole", model)
fc = nn.Sequential(OrderedDict(fc1=nn.Linear(count, 12), act=nn.ReLU(), fc2=nn.Linear(12, 5)))
model = settle(with_head(fc, "head"), 40)
expect("mlp-named", model, 40, 33)
save("mlp-named", model.state_dict())
eps = nn.Sequential(nn.Linear(count, 12), nn.BatchNorm1d(12, eps=1e-2), nn.ReLU(), nn.Linear(12, 5))
model = settle(with_head(eps), 40)
expect("head-epsilon", model, 40, 33)
save("head-epsilon", model)
out_of_order = nn.Sequential(OrderedDict(fc2=nn.Linear(count, count), fc1=nn.Linear(count, count), fc3=nn.Linear(count, 5)))
save("out-of-order", with_head(out_of_order, "head").state_dict())
branches = with_head(nn.ModuleDict({"age": nn.Linear(count, 3), "sex": nn.Linear(count, 2)}))
save("branches", branches.state_dict())
layer_norm = with_head(nn.Sequential(nn.Linear(count, 12), nn.LayerNorm(12), nn.ReLU(), nn.Linear(12, 5)))
save("layer-norm", layer_norm.state_dict())
save("twice-as-wide", with_head(nn.Sequential(nn.Linear(2 * count, 12), nn.ReLU(), nn.Linear(12, 5))).state_dict())


# fastai's cnn_learner over densenet: the body ends at norm5, the head begins with AdaptiveConcatPool2d.
class AdaptiveConcatPool2d(nn.Module):
    def __init__(self):
        super().__init__()
        self.ap = nn.AdaptiveAvgPool2d(1)
        self.mp = nn.AdaptiveMaxPool2d(1)

    def forward(self, x):
        return torch.cat([self.mp(x), self.ap(x)], 1)


single = settle(nn.Sequential(
    nn.Sequential(features_of().features),
    nn.Sequential(
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(count), nn.Dropout(0.25), nn.Linear(count, 12, bias=False), nn.ReLU(inplace=True),
        nn.BatchNorm1d(12), nn.Dropout(0.5), nn.Linear(12, 5, bias=False))), 40)
expect("fastai-single", single, 40, 33)
save("fastai-single", single.state_dict())
fastai = settle(nn.Sequential(
    nn.Sequential(features_of().features),
    nn.Sequential(
        AdaptiveConcatPool2d(), nn.Flatten(), nn.BatchNorm1d(2 * count), nn.Dropout(0.25), nn.Linear(2 * count, 12, bias=False), nn.ReLU(inplace=True),
        nn.BatchNorm1d(12), nn.Dropout(0.5), nn.Linear(12, 5, bias=False))), 40)
expect("fastai", fastai, 40, 33)
save("fastai", {"model": fastai.state_dict(), "opt": {"state": [], "hypers": []}})
