"""found_checkpoints.py OUT: one network as projects in the wild save it, with its logits and features; and what is no such network.

The classes stand in for those projects' own, with their names of modules and their ways through them.
"""
import collections
import copy
import gzip
import os
import pickle
import re
import sys
import types
import zipfile

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.nn.utils.prune
from torchvision import transforms
from torchvision.models.densenet import DenseNet

out = sys.argv[1]
torch.manual_seed(5)


def network(classes=5, channels=3):
    model = DenseNet(growth_rate=8, block_config=(2, 3, 2), num_init_features=16, bn_size=2, num_classes=classes)
    if channels != 3:
        model.features.conv0 = nn.Conv2d(channels, 16, 7, stride=2, padding=3, bias=False)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
            nn.init.uniform_(module.weight, 0.6, 1.4)
            nn.init.normal_(module.bias, 0, 0.2)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.bias, 0, 0.2)
    with torch.no_grad():
        model.train()(torch.randn(8, channels, 40, 40))
    return model.eval()


def expect(name, model, images):
    with torch.no_grad():
        maps = model.features(images)
        torch.save(
            {"images": images, "features": F.adaptive_avg_pool2d(F.relu(maps), 1).flatten(1), "logits": model(images)},
            f"{out}/{name}.expected.pth")


def save(name, value):
    torch.save(value, f"{out}/{name}.pth")


model = network()
state = model.state_dict()
expect("three", model, torch.randn(2, 3, 40, 33))
one_channel = network(channels=1)
expect("one", one_channel, torch.randn(2, 1, 40, 33))
without_bias = network()
without_bias.classifier.bias.data.zero_()
expect("no-bias", without_bias, torch.randn(2, 3, 40, 33))


def renamed(state, *pairs):
    result = collections.OrderedDict()
    for key, value in state.items():
        for old, new in pairs:
            key = key.replace(old, new)
        result[key] = value
    return result


def monai(state):
    return renamed(
        state, (".norm1.", ".layers.norm1."), (".conv1.", ".layers.conv1."), (".norm2.", ".layers.norm2."), (".conv2.", ".layers.conv2."),
        ("classifier.", "class_layers.out."))


def prefixed(state, prefix):
    return {prefix + key: value for key, value in state.items()}


def headed(head, features=state):
    return {**{k: v for k, v in features.items() if not k.startswith("classifier.")}, **head}


classifier = {"weight": state["classifier.weight"], "bias": state["classifier.bias"]}

# MONAI.
save("monai", monai(state))
save("monai-one-channel", monai(one_channel.state_dict()))
save("monai-ignite", {"model": monai(state), "optimizer": {"state": {}, "param_groups": []}, "trainer": {"epoch_length": 3, "max_epochs": 2}})
save("monai-lightning", {"epoch": 1, "state_dict": prefixed(monai(state), "_model."), "hyper_parameters": {"lr": 0.1}})


class MonaiLayer(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layers = nn.Sequential(collections.OrderedDict(
            (name, getattr(layer, name)) for name in ("norm1", "relu1", "conv1", "norm2", "relu2", "conv2")))

    def forward(self, x):
        return torch.cat([x, self.layers(x)], 1)


class MonaiDenseNet(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.features = nn.Sequential()
        for name, module in model.features.named_children():
            if name.startswith("denseblock"):
                module = nn.Sequential(collections.OrderedDict((key, MonaiLayer(layer)) for key, layer in module.named_children()))
            self.features.add_module(name, module)
        self.class_layers = nn.Sequential(collections.OrderedDict([
            ("relu", nn.ReLU()), ("pool", nn.AdaptiveAvgPool2d(1)), ("flatten", nn.Flatten(1)), ("out", model.classifier)]))

    def forward(self, x):
        return self.class_layers(self.features(x))


whole = MonaiDenseNet(model).eval()
check = torch.randn(1, 3, 40, 40)
assert torch.equal(whole(check), model(check))
save("monai-whole", whole)
torch.jit.script(whole).save(f"{out}/monai-script.pth")

# gpleiss.
save("gpleiss", renamed(state, ("norm5", "norm_final")))

# CheXNet's: DataParallel, dotted names, a Linear and its Sigmoid, as PyTorch 0.3 wrote it.
dotted = {re.sub(r"(denselayer\d+\.(?:norm|relu|conv))(\d)", r"\1.\2", k).replace("classifier.", "classifier.0."): v for k, v in state.items()}
torch.save(
    {"epoch": 7, "state_dict": prefixed(dotted, "module.densenet121."), "best_loss": 0.03, "optimizer": {"state": {}, "param_groups": []}},
    f"{out}/chexnet.pth", _use_new_zipfile_serialization=False)

# Heads.
save("head-output", headed(prefixed(classifier, "output.")))
save("head-deep", headed(prefixed(classifier, "my_head.block.1.proj.")))
save("head-dropout", headed(prefixed(classifier, "classifier.1.")))
save("head-outside", {**prefixed(headed({}), "net."), **prefixed(classifier, "cls.")})
save("head-no-bias", {k: v for k, v in without_bias.state_dict().items() if k != "classifier.bias"})


class WithSigmoid(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.densenet121 = model
        self.densenet121.classifier = nn.Sequential(nn.Linear(model.classifier.in_features, model.classifier.out_features), nn.Sigmoid())

    def forward(self, x):
        return self.densenet121(x)


sigmoid_base = network()
sigmoid_base.load_state_dict(state)
with_sigmoid = WithSigmoid(sigmoid_base).eval()
with_sigmoid.densenet121.classifier[0].load_state_dict(classifier)
save("sigmoid-whole", with_sigmoid)
torch.jit.trace(with_sigmoid, check).save(f"{out}/sigmoid-script.pth")
save("sigmoid-sequential", nn.Sequential(network(), nn.Sigmoid()))
save("softmax-whole", nn.Sequential(network(), nn.Softmax(1)))

# Company.
counted = dict(state)
for name, _ in model.named_modules():
    prefix = name + "." if name else ""
    counted[f"{prefix}total_ops"] = torch.zeros(1, dtype=torch.float64)
    counted[f"{prefix}total_params"] = torch.zeros(1, dtype=torch.float64)
save("profiled", counted)
save("lightning-loss", {"state_dict": {
    **prefixed(state, "model."), "criterion.pos_weight": torch.ones(5), "loss_fn.weight": torch.ones(5),
    "val_auroc.preds": torch.rand(7, 5), "train_acc.tp": torch.zeros(5, dtype=torch.long), "metrics.f1.fn": torch.zeros(5)}})
save("averaged", {"n_averaged": torch.tensor(4), **prefixed(state, "module.")})
save("moco", {"arch": "densenet121", "state_dict": {
    **prefixed(state, "module.encoder_q."), **prefixed(network().state_dict(), "module.encoder_k."),
    "module.queue": torch.randn(128, 64), "module.queue_ptr": torch.zeros(1, dtype=torch.long)}})

# Features alone.
save("headless", headed({}))
# Names and tasks.
names = [f"class {i}" for i in range(5)]
save("names-list", {"state_dict": state, "class_names": names})
save("names-tuple", {"state_dict": state, "classes": tuple(names)})
save("names-to-index", {"state_dict": state, "class_to_idx": {name: i for i, name in reversed(list(enumerate(names)))}})
save("names-by-index", {"state_dict": state, "idx_to_class": dict(enumerate(names))})
save("names-hyper", {"state_dict": prefixed(state, "model."), "hyper_parameters": {"lr": 0.1, "classes": names}})
save("names-too-few", {"state_dict": state, "classes": names[:3]})
save("one-output", network(classes=1).state_dict())
xrv = network()
xrv.load_state_dict(state)
xrv.register_buffer("op_threshs", torch.tensor([0.1, 0.9, 0.5, float("nan"), 0.3]))
xrv.pathologies = names
save("xrv-whole", xrv)
save("xrv-state", xrv.state_dict())
listed = network()
listed.load_state_dict(state)
listed.op_threshs, listed.pathologies = [0.1, 0.9, 0.5, float("nan"), 0.3], names
save("xrv-list", listed)
tensor = network()
tensor.load_state_dict(state)
tensor.op_threshs = torch.tensor([0.1, 0.9, 0.5, float("nan"), 0.3])
save("xrv-attribute", tensor)

# What is refused.
save("mean-std", {**prefixed(state, "model."), "mean": torch.zeros(1, 3, 1, 1), "std": torch.ones(1, 3, 1, 1)})
save("temperature", {**prefixed(state, "model."), "temperature": torch.ones(1)})
save("siamese", {**prefixed(state, "left."), **prefixed(network().state_dict(), "right.")})
save("teacher-student", {"teacher": state, "student": network().state_dict()})
conv3d = headed({})
conv3d["features.conv0.weight"] = torch.randn(16, 1, 7, 7, 7)
save("three-dimensions", conv3d)


def cifar(norm, convolution, last, classifier):
    tensors = {"conv1.weight": torch.randn(16, 3, 3, 3)}
    for block in (1, 2):
        for layer in (0, 1):
            for n in ("bn1", "bn2"):
                tensors[f"dense{block}.{layer}.{n}.weight"] = torch.ones(16)
            tensors[f"dense{block}.{layer}.conv1.weight"] = torch.randn(16, 16, 1, 1)
            tensors[f"dense{block}.{layer}.conv2.weight"] = torch.randn(8, 16, 3, 3)
    tensors[f"trans1.{norm}.weight"], tensors[f"trans1.{convolution}.weight"] = torch.ones(32), torch.randn(16, 32, 1, 1)
    tensors[f"{last}.weight"], tensors[f"{classifier}.weight"], tensors[f"{classifier}.bias"] = torch.ones(32), torch.randn(10, 32), torch.ones(10)
    return tensors


save("cifar-unknown", cifar("norm", "conv", "norm", "out"))
save("quantized-state", torch.quantization.quantize_dynamic(network(), {nn.Linear}, dtype=torch.qint8).state_dict())
save("quantized-whole", torch.quantization.quantize_dynamic(network(), {nn.Linear}, dtype=torch.qint8))

# Whole modules that compute otherwise with the same tensors, and those that only look so.
def changed(change):
    other = copy.deepcopy(model)
    change(other)
    return other


def in_a_row(*between):
    return nn.Sequential(model.features, *between, nn.Flatten(), model.classifier).eval()


class Around(nn.Module):
    def __init__(self, before=None, after=None):
        super().__init__()
        self.net = model
        self.before, self.after = before or nn.Identity(), after or nn.Identity()

    def forward(self, x):
        return self.after(self.net(self.before(x)))


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = model

    def forward(self, x):
        return self.net((x - 0.5) / 0.25) * 2


class Called(nn.Module):
    def __init__(self, way):
        super().__init__()
        self.net = model
        self.way = way

    def forward(self, x):
        return self.way(self.net(x))


class Reordered(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = model

    def forward(self, x):
        return self.net(x)[:, [4, 3, 2, 1, 0]]


class Bgr(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = model

    def forward(self, x):
        return self.net(F.interpolate(x[:, [2, 1, 0]], size=[40, 40]))


class Unsaved(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = model
        self.register_buffer("mean", torch.full((1, 3, 1, 1), 0.5), persistent=False)

    def forward(self, x):
        return self.net(x - self.mean)


class FunctionalSigmoid(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = model

    def forward(self, x):
        return torch.sigmoid(self.net(x))


def leaky(net):
    net.features.denseblock1.denselayer2.relu2 = nn.LeakyReLU(0.3)


def epsilon(net):
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = 0.01


def softmin(net):
    net.classifier = nn.Sequential(net.classifier, nn.Softmin(1))


save("otherwise-no-relu", in_a_row(nn.AdaptiveAvgPool2d(1)))
save("otherwise-max", in_a_row(nn.ReLU(), nn.AdaptiveMaxPool2d(1)))
save("otherwise-no-pool", changed(lambda net: setattr(net.features, "pool0", nn.Identity())))
save("otherwise-stride", changed(lambda net: setattr(net.features.conv0, "stride", (1, 1))))
save("otherwise-leaky", changed(leaky))
save("otherwise-softmin", changed(softmin))
save("otherwise-relu", Around(after=nn.ReLU()))
save("otherwise-unsaved", Unsaved())
save("otherwise-normalize", nn.Sequential(transforms.Normalize([0.5] * 3, [0.2] * 3), model))
save("otherwise-pool-first", nn.Sequential(nn.AvgPool2d(2), model))
save("otherwise-sigmoid-first", changed(lambda net: setattr(net, "classifier", nn.Sequential(nn.Sigmoid(), net.classifier))))
save("otherwise-sigmoid-twice", nn.Sequential(changed(lambda net: setattr(net, "classifier", nn.Sequential(net.classifier, nn.Sigmoid()))), nn.Sigmoid()))
save("otherwise-softmax-rows", nn.Sequential(model, nn.Softmax(0)))
save("otherwise-reflect", changed(lambda net: setattr(net.features.denseblock1.denselayer1.conv2, "padding_mode", "reflect")))
save("otherwise-ceil", changed(lambda net: setattr(net.features.pool0, "ceil_mode", True)))
save("otherwise-tanh", changed(lambda net: setattr(net, "classifier", nn.Sequential(net.classifier, nn.Tanh()))))
for name, module in (("normalize", transforms.Normalize([0.5] * 3, [0.2] * 3)), ("resize", transforms.Resize([48, 48]))):
    torch.jit.script(nn.Sequential(module, model)).save(f"{out}/otherwise-script-{name}.pth")
for name, way in (("order", lambda y: y[:, [4, 3, 2, 1, 0]]), ("cut", lambda y: y[:, 1:]), ("flip", lambda y: y.flip(1))):
    torch.jit.trace(Called(way).eval(), check).save(f"{out}/otherwise-trace-{name}.pth")
torch.jit.script(Reordered().eval()).save(f"{out}/otherwise-script-order.pth")
torch.jit.script(Bgr().eval()).save(f"{out}/otherwise-script-bgr.pth")
torch.jit.script(model).save(f"{out}/same-script.pth")
torch.jit.script(Scaled().eval()).save(f"{out}/otherwise-script.pth")
torch.jit.trace(Scaled().eval(), check).save(f"{out}/otherwise-trace.pth")
save("same-in-a-row", in_a_row(nn.ReLU(), nn.AdaptiveAvgPool2d(1)))
save("same-around", Around())
torch.jit.trace(Around().eval(), check).save(f"{out}/same-trace.pth")
other = changed(epsilon)
save("same-epsilon", other)
expect("epsilon", other, torch.randn(2, 3, 40, 33))
torch.jit.script(FunctionalSigmoid().eval()).save(f"{out}/code-script.pth")
torch.jit.trace(FunctionalSigmoid().eval(), check).save(f"{out}/code-trace.pth")

# The same in other types of Python's.
numbers = [0.1, 0.9, 0.5, float("nan"), 0.3]
save("xrv-numpy", {"state_dict": state, "op_threshs": np.array(numbers)})
save("xrv-tensor", {"state_dict": state, "op_threshs": torch.tensor(numbers)})
save("xrv-none", {"state_dict": state, "op_threshs": (0.1, 0.9, 0.5, None, 0.3)})
save("xrv-settings", {"state_dict": state, "hyper_parameters": {"op_threshs": numbers, "lr": 0.1}})
save("xrv-too-few", {"state_dict": state, "op_threshs": numbers[:2]})
save("names-numpy", {"state_dict": state, "classes": np.array(names)})
save("names-objects", {"state_dict": state, "classes": np.array(names, dtype=object)})
save("names-by-text", {"state_dict": state, "idx_to_class": {str(i): name for i, name in reversed(list(enumerate(names)))}})
save("names-gap", {"state_dict": state, "class_to_idx": {name: i + 1 for i, name in enumerate(names)}})
save("names-two-orders", {"state_dict": state, "classes": names, "class_to_idx": {name: 4 - i for i, name in enumerate(names)}})

# Whether classes exclude each other, as scripts write it down.
save("task-text", {"state_dict": state, "task": "multilabel"})
save("task-settings", {"state_dict": state, "hyper_parameters": {"task": "multi-label", "lr": 0.1}})
save("task-thresholds", {"state_dict": state, "thresholds": [0.1, 0.9, 0.5, 0.2, 0.3]})

# What is beside the network and not used.
save("beside-loss", {"state_dict": state, "loss_fn": nn.BCEWithLogitsLoss()})
save("beside-average", {"state_dict": state, "state_dict_ema": network().state_dict(), "optimizer": torch.optim.Adam(model.parameters()).state_dict()})
save("beside-temperature", {"state_dict": state, "temperature": 1.5, "std": torch.ones(3), "best_acc": torch.ones(1)})
save("counters", {**prefixed(state, "model."), "epoch": torch.tensor(3), "class_weights": torch.ones(5), "dummy": torch.zeros(0)})

# Weights that are computed of others.
for name, keep in (("weight-norm", torch.nn.utils.weight_norm), ("spectral-norm", torch.nn.utils.spectral_norm),
                   ("parametrized", torch.nn.utils.parametrizations.spectral_norm),
                   ("pruned", lambda layer: torch.nn.utils.prune.l1_unstructured(layer, "weight", 0.3))):
    other = copy.deepcopy(model)
    keep(other.classifier)
    save(name, other.state_dict())
other = copy.deepcopy(model)
torch.nn.utils.prune.l1_unstructured(other.features.conv0, "weight", 0.3)
save("pruned-convolution", other.state_dict())
save("convolution", headed({"classifier.weight": classifier["weight"][:, :, None, None], "classifier.bias": classifier["bias"]}))
save("arcface", {**headed({}), "metric_fc.weight": torch.randn(9, classifier["weight"].shape[1])})
save("small-stem", changed(lambda net: setattr(net.features, "conv0", nn.Conv2d(3, 16, 3, padding=1, bias=False))).state_dict())
save("two-prefixes", {**prefixed(state, "model."), **prefixed(network().state_dict(), "model_ema.")})
torch.jit.script(torch.quantization.quantize_dynamic(copy.deepcopy(model), {nn.Linear}, dtype=torch.qint8)).save(f"{out}/quantized-script.pth")

torch.jit.freeze(torch.jit.script(whole)).save(f"{out}/frozen.pth")
with open(f"{out}/head-dropout.pth", "rb") as file, gzip.open(f"{out}/gzip.pth", "wb") as packed:
    packed.write(file.read())
with zipfile.ZipFile(f"{out}/head-dropout.pth") as archive:
    with open(f"{out}/loose.pth", "wb") as file:
        file.write(archive.read(next(name for name in archive.namelist() if name.endswith("data.pkl"))))
    for name, rename, method in (
        ("rezipped", lambda entry: entry, zipfile.ZIP_DEFLATED), ("rezipped-stored", lambda entry: entry, zipfile.ZIP_STORED),
        ("rezipped-flat", lambda entry: entry.split("/", 1)[1], zipfile.ZIP_STORED),
        ("rezipped-deep", lambda entry: "a/b/" + entry, zipfile.ZIP_STORED)):
        with zipfile.ZipFile(f"{out}/{name}.pth", "w", method) as again:
            for entry in archive.namelist():
                again.writestr(rename(entry), archive.read(entry))
with zipfile.ZipFile(f"{out}/in-zip.pth", "w") as archive:
    archive.write(f"{out}/head-dropout.pth", "model/best.pth")
with zipfile.ZipFile(f"{out}/keras.pth", "w") as archive:
    for entry in ("metadata.json", "config.json", "model.weights.h5"):
        archive.writestr(entry, b"{}")
with open(f"{out}/h5.pth", "wb") as file:
    file.write(b"\x89HDF\r\n\x1a\n" + bytes(100))
with open(f"{out}/t7.pth", "wb") as file:
    file.write(bytes([4, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0]) + b"V 1" + bytes(50))
torch.onnx.export(model, check, f"{out}/onnx.pth")
with open(f"{out}/dumped.pth", "wb") as file:
    pickle.dump({k: v.numpy() for k, v in state.items()}, file)
