"""Writes checkpoints of every kind that the tests read, and manifest.json, which says what is in them."""

import argparse
import array
import collections
import copy
import ctypes
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import json
import os
import pathlib
import pickle
import re
import subprocess
import sys
import types
import uuid
import warnings
import zipfile

import numpy
import torch
import torchvision

folder = sys.argv[1]
manifest = {}


def path(name):
    return os.path.join(folder, name)


def digest(tensor):
    tensor = tensor.detach().contiguous().reshape(-1)
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.view(torch.int16)
    return hashlib.sha256(tensor.numpy().tobytes()).hexdigest()


def describe(name, tensors):
    """Notes what a file holds, by names as they are in the file."""
    manifest[name] = [
        {
            "name": key,
            "dtype": str(value.dtype).replace("torch.", ""),
            "shape": list(value.shape),
            "sha256": digest(value),
            "floatSha256": digest(value.float()) if value.is_floating_point() else None,
        }
        for key, value in tensors.items()
    ]


def save(stem, value, tensors, **options):
    for kind, zipped in (("zip", True), ("legacy", False)):
        name = f"{stem}.{kind}.pth"
        torch.save(value, path(name), _use_new_zipfile_serialization=zipped, **options)
        describe(name, tensors)


def randomize(model):
    torch.manual_seed(1)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.running_mean)
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
            torch.nn.init.normal_(module.weight)
            module.num_batches_tracked.fill_(7)
    return model


def old_names(state_dict):
    """The state dict of an official file: dotted names, no counters, no metadata."""
    new_name = re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))([12]\..*)$")
    old = collections.OrderedDict()
    for key, value in state_dict.items():
        if not key.endswith("num_batches_tracked"):
            old[new_name.sub(r"\1.\2", key)] = value
    return old


class FourArgumentPickler(pickle.Pickler):
    """Writes tensors as PyTorch 0.1 did."""

    def reducer_override(self, value):
        if isinstance(value, torch.Tensor):
            return torch._utils._rebuild_tensor, (
                value.storage(), value.storage_offset(), tuple(value.size()), value.stride())
        return NotImplemented


class Python2Pickler(pickle._Pickler):
    """Writes what Python 2 wrote: byte strings, and OrderedDicts made of a list of lists."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_str(self, value):
        data = value.encode("ascii")
        self.write(b"U" + bytes([len(data)]) + data)
        self.memoize(value)

    dispatch[str] = save_str

    def reducer_override(self, value):
        if type(value) is collections.OrderedDict:
            return collections.OrderedDict, ([[key, item] for key, item in value.items()],)
        return FourArgumentPickler.reducer_override(self, value)


def module_with(pickler):
    return types.SimpleNamespace(
        __name__="pickle", Pickler=pickler, dump=lambda value, f, protocol: pickler(f, protocol).dump(value))


def save_old(name, state_dict, pickler):
    torch.save(
        state_dict, path(name), pickle_module=module_with(pickler), _use_new_zipfile_serialization=False)
    describe(name, state_dict)
    loaded = torch.load(path(name))
    assert list(loaded) == list(state_dict) and all(torch.equal(loaded[k], state_dict[k]) for k in loaded)


full = randomize(torchvision.models.densenet121())
save("densenet121", full.state_dict(), full.state_dict())
save_old("densenet121.official.pth", old_names(full.state_dict()), FourArgumentPickler)
for depth in (161, 169, 201):
    model = getattr(torchvision.models, f"densenet{depth}")(memory_efficient=False)
    save_old(f"densenet{depth}.official.pth", old_names(model.state_dict()), FourArgumentPickler)

small = randomize(torchvision.models.DenseNet(
    growth_rate=4, block_config=(2, 3), num_init_features=6, bn_size=2, num_classes=5))
state = small.state_dict()
save("small", state, state)
save_old("small.python2.pth", old_names(state), Python2Pickler)

parameters = collections.OrderedDict(small.named_parameters())
save("parameters", parameters, parameters)

training = {
    "epoch": 3, "arch": "densenet", "best": 0.5, "state_dict": state,
    "optimizer": torch.optim.SGD(small.parameters(), lr=0.1).state_dict(),
}
save("wrapped", training, state)
save("wrapped-model", {"model": dict(state)}, state)
parallel = {f"module.densenet121.{key}": value for key, value in old_names(state).items()}
save("prefixed", {"model_state_dict": parallel}, parallel)

torch.manual_seed(2)
dtypes = {
    str(dtype).replace("torch.", ""): (torch.randn(3, 5) * 50).to(dtype)
    for dtype in (
        torch.float32, torch.float64, torch.float16, torch.bfloat16,
        torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)
}
dtypes["bool"] = torch.randn(7) > 0
dtypes["scalar"] = torch.tensor(2.5)
dtypes["empty"] = torch.empty(0, 4)
dtypes["not finite"] = torch.tensor([float("nan"), float("inf"), -0.0, 1e-45])
dtypes["größe"] = torch.arange(3)
save("dtypes", dtypes, dtypes)


def leb128(number):
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(encoded) + bytes([number])


def save_torchsharp(name, tensors):
    """As TorchSharp's Module.save and its exportsd.py write."""
    numbers = {
        torch.uint8: 0, torch.int8: 1, torch.int16: 2, torch.int32: 3, torch.int64: 4, torch.float16: 5, torch.float32: 6,
        torch.float64: 7, torch.bool: 11, torch.bfloat16: 15,
    }
    with open(path(name), "wb") as file:
        file.write(leb128(len(tensors)))
        for key, value in tensors.items():
            file.write(leb128(len(key.encode())) + key.encode())
            file.write(leb128(numbers[value.dtype]) + leb128(value.dim()) + b"".join(map(leb128, value.shape)))
            file.write((value.view(torch.int16) if value.dtype == torch.bfloat16 else value).numpy().tobytes())


save_torchsharp("dtypes.dat", dtypes)
describe("dtypes.dat", dtypes)
save_torchsharp("small.dat", state)
describe("small.dat", state)

base = torch.randn(6, 8, 4)
views = {
    "whole": base,
    "transposed": base.transpose(0, 2),
    "offset": base[2:4, 1:3],
    "stepped": base[::2, 1::3, ::2],
    "row": base[3, 2],
    "element": base[5, 7, 3],
    "expanded": torch.tensor([1.5, 2.5]).reshape(1, 2, 1).expand(3, 2, 4),
    "channels last": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last),
    "permuted": torch.randn(2, 3, 4, 5).permute(3, 1, 0, 2)[1:, :, 1:],
    "empty view": base[6:, :2],
}
save("views", views, views)

save("protocol4", state, state, pickle_protocol=4)

# What a training script keeps beside the model.
trained = copy.deepcopy(small)
optimizer = torch.optim.Adam(trained.parameters(), lr=0.01)
trained(torch.randn(2, 3, 32, 32)).sum().backward()
optimizer.step()
trained_state = trained.state_dict()
schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [30, 60])


class Callback:
    pass


training = {
    "epoch": numpy.int64(12),
    "best": numpy.float64(0.75),
    "loss": numpy.float32(0.5),
    "improved": numpy.bool_(True),
    "history": numpy.arange(6.0).reshape(2, 3),
    "classes": ["cat", "dog"],
    "args": argparse.Namespace(
        lr=0.1, data=pathlib.Path("/data"), device=torch.device("cuda", 0), dtype=torch.float16, milestones={30, 60}),
    "optimizer": optimizer.state_dict(),
    "schedule": schedule.state_dict(),
    "counts": collections.defaultdict(list, a=[1, 2]),
    "frozen": frozenset(["a", "b"]),
    "bytes": [b"\x00\xff", b"", bytearray(b"ab"), bytearray()],
    "various": [datetime.datetime(2020, 1, 2), datetime.timedelta(1), range(3), slice(1, 2), 1 + 2j, 1.5],
    "large": 2 ** 3000,
    "callbacks": {Callback: {"best": torch.tensor(1.0)}},
    "random": torch.get_rng_state(),
    "state_dict_ema": {key: value * 0 for key, value in trained_state.items()},
    "model": "densenet",
    "net": trained_state,
}
save("training", training, trained_state)
save("training4", training, trained_state, pickle_protocol=4)
save("training5", training, trained_state, pickle_protocol=5)
save("wrapped-ema", {"ema": state, "epoch": 1}, state)
save("wrapped-model-ema", {"model_ema": {"state_dict": state}}, state)

# Whole modules.
save("module", small, state)
save("module4", small, state, pickle_protocol=4)
save("wrapped-module", {"model": small, "epoch": 2}, state)
parallel = torch.nn.DataParallel(small)
save("module-parallel", parallel, parallel.state_dict())


class XRayDenseNet(torchvision.models.DenseNet):
    """As in a model zoo for chest X-rays: one channel, findings with thresholds."""

    def __init__(self):
        super().__init__(growth_rate=4, block_config=(2, 3), num_init_features=6, bn_size=2, num_classes=3)
        self.features.conv0 = torch.nn.Conv2d(1, 6, 7, stride=2, padding=3, bias=False)
        self.pathologies = ["Atelectasis", "", "Größe"]
        self.weights = "all"
        self.apply_sigmoid = False
        self.register_buffer("op_threshs", torch.tensor([0.25, 0.5, float("nan")]))
        self.register_buffer("scratch", torch.ones(4), persistent=False)
        self.register_buffer("nothing", None)
        self.register_parameter("no_parameter", None)
        self.plain = torch.ones(5)
        self.alias = self.features.norm0


xray = XRayDenseNet()
save("xray", xray, xray.state_dict())

# PyTorch 0.4 and earlier gave each module this attribute; today's has no such function.
backend = types.ModuleType("torch.nn.backends.thnn")
exec("def _get_thnn_function_backend(): pass", backend.__dict__)
sys.modules[backend.__name__] = backend


class Backend:
    def __reduce__(self):
        return backend._get_thnn_function_backend, ()


for module in xray.modules():
    module._backend = Backend()
save("old-module", xray, xray.state_dict())

attributes = {"tensor": torch.ones(2), "parameter": torch.nn.Parameter(torch.zeros(3))}
for value in attributes.values():
    value.note = "kept in the tensor's own state"
save("attributes", attributes, attributes)



# Values that Python writes as calls, none of which may keep a file from opening.
class Mode(enum.Enum):
    TRAIN = "train"


class Level(enum.IntEnum):
    HIGH = 3


@dataclasses.dataclass
class Settings:
    rate: float = 0.1
    mode: Mode = Mode.TRAIN


Point = collections.namedtuple("Point", "x y")
one_cycle = torch.optim.lr_scheduler.OneCycleLR(torch.optim.SGD(small.parameters(), lr=0.1), 0.1, total_steps=10)
lambda_free = torch.optim.lr_scheduler.CosineAnnealingLR(torch.optim.SGD(small.parameters(), lr=0.1), 10)
beside_model = {
    "lr_scheduler": one_cycle.state_dict(),
    "cosine": lambda_free.state_dict(),
    "bound": Callback().__repr__,
    "partial": functools.partial(torch.nn.functional.relu, inplace=True),
    "numbers": [decimal.Decimal("1.1"), fractions.Fraction(1, 2), collections.deque([1, 2], maxlen=4)],
    "namespace": types.SimpleNamespace(a=1),
    "times": [datetime.time(3), datetime.timezone.utc, datetime.datetime.now(datetime.timezone.utc)],
    "paths": [pathlib.PurePosixPath("/a"), pathlib.PureWindowsPath("c:/a"), pathlib.PurePath("b")],
    "identity": uuid.uuid4(),
    "pattern": re.compile("a+"),
    "types": [type(None), ..., NotImplemented, numpy.float32, torch.float16, torch.nn.CrossEntropyLoss],
    "generators": [numpy.random.default_rng(3), numpy.random.RandomState(3), numpy.random.PCG64(1)],
    "array": array.array("f", [1, 2]),
    "error": ValueError("x"),
    "members": [Mode.TRAIN, Level.HIGH, Settings(), Point(1, 2)],
    "transform": torchvision.transforms.Compose(
        [torchvision.transforms.ToTensor(), torchvision.transforms.Resize(224)]),
    "interpolation": torchvision.transforms.InterpolationMode.BILINEAR,
    "pretrained": torchvision.models.DenseNet121_Weights.IMAGENET1K_V1,
    "functions": [
        torch.nn.functional.relu, torch.nn.functional.cross_entropy, torch.nn.functional.gelu, torch.relu,
        torch.nn.init.kaiming_normal_],
}
for protocol in (2, 4):
    for kind, zipped in (("zip", True), ("legacy", False)):
        name = f"beside{protocol}.{kind}.pth"
        torch.save(
            {"model": state, **beside_model}, path(name), pickle_protocol=protocol,
            _use_new_zipfile_serialization=zipped)
        describe(name, state)

unsupported = {
    "complex": torch.ones(3, dtype=torch.complex64),
    "sparse": torch.eye(3).to_sparse(),
    "quantized": torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
    "meta": torch.ones(3, device="meta"),
}
save("beside-unsupported", {"model": state, **unsupported}, state)

# One model among other things, under no usual name or none at all.
save("tuple", (small, 3), state)
save("list", [torch.optim.SGD(small.parameters(), lr=0.1), state], state)
save("wrapped-network", {"epoch": 1, "network": state}, state)
save("wrapped-checkpoint", {"checkpoint": {"state_dict": state}}, state)
save("wrapped-unusual", {"my_classifier": {"model": state}, "optimizer": {"average": torch.ones(1)}}, state)


class Activations(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = small
        self.activation = torch.nn.functional.relu
        self.norm_layer = functools.partial(torch.nn.BatchNorm2d, eps=0.001)
        self.mode = Mode.TRAIN
        self.settings = Settings()


save("activations", Activations(), Activations().state_dict())
torch.jit.save(torch.jit.script(small), path("torchscript.pt"))
describe("torchscript.pt", torch.jit.load(path("torchscript.pt")).state_dict())

# What must be refused, or is no checkpoint. They are not in the manifest.


class Evil:
    def __reduce__(self):
        return os.system, ("echo this must never run",)


for kind, zipped in (("zip", True), ("legacy", False)):
    torch.save({"weight": torch.ones(2), "x": Evil()}, path(f"evil.{kind}.pth"), _use_new_zipfile_serialization=zipped)
    torch.save(
        {"weight": torch.ones(2), "x": os.system}, path(f"evil-value.{kind}.pth"),
        _use_new_zipfile_serialization=zipped)
    evil = copy.deepcopy(small)
    evil.classifier.hook = torch.load
    torch.save(evil, path(f"evil-module.{kind}.pth"), _use_new_zipfile_serialization=zipped)
    torch.save([1, 2], path(f"no-dictionary.{kind}.pth"), _use_new_zipfile_serialization=zipped)
    torch.save({"epoch": 1}, path(f"no-tensors.{kind}.pth"), _use_new_zipfile_serialization=zipped)


class Evaluating:
    def __reduce__(self):
        return eval, ("1 + 1",)


class Starting:
    def __reduce__(self):
        return subprocess.Popen, (["true"],)


class Called:
    """What getattr gives, called."""

    def __reduce__(self):
        return Callback().__repr__, ()


for kind, zipped in (("zip", True), ("legacy", False)):
    refused = {
        "evil-eval": {"model": state, "x": Evaluating()},
        "evil-process": {"model": state, "x": Starting()},
        "evil-process-value": {"model": state, "x": subprocess.Popen},
        "evil-library": {"model": state, "x": ctypes.CDLL},
        "evil-hub": {"model": state, "x": torch.hub.load},
        "evil-attribute": {"model": state, "x": Called()},
        "two-models": {"generator": state, "discriminator": dict(state)},
        "tensor": torch.ones(3),
        "two-in-list": [state, dict(state)],
    }
    for key, value in unsupported.items():
        refused[f"unsupported-{key}"] = {"weight": torch.ones(2), key: value}
    for stem, value in refused.items():
        torch.save(value, path(f"{stem}.{kind}.pth"), _use_new_zipfile_serialization=zipped)
for protocol in (0, 1):
    old = {"model": state, "epoch": 300, "flag": True}
    torch.save(old, path(f"protocol{protocol}.zip.pth"), pickle_protocol=protocol)

data = open(path("small.legacy.pth"), "rb").read()
marker = data.index(b"little_endian") + len(b"little_endian")
marker = data.index(b"\x88", marker)
open(path("big-endian.legacy.pth"), "wb").write(data[:marker] + b"\x89" + data[marker + 1:])

with zipfile.ZipFile(path("small.zip.pth")) as archive:
    entries = [(name, archive.read(name)) for name in archive.namelist()]
with zipfile.ZipFile(path("compressed.zip.pth"), "w", zipfile.ZIP_DEFLATED) as archive:
    for name, content in entries:
        archive.writestr(name, content)
with zipfile.ZipFile(path("big-endian.zip.pth"), "w") as archive:
    for name, content in entries + [(entries[0][0].replace("data.pkl", "byteorder"), b"big")]:
        archive.writestr(name, content)
with zipfile.ZipFile(path("missing-storage.zip.pth"), "w") as archive:
    for name, content in entries:
        if not name.endswith("/data/3"):
            archive.writestr(name, content)
with zipfile.ZipFile(path("short-storage.zip.pth"), "w") as archive:
    for name, content in entries:
        archive.writestr(name, content[:-1] if name.endswith("/data/0") else content)
with zipfile.ZipFile(path("no-pickle.zip"), "w") as archive:
    archive.writestr("readme.txt", "hello")
warnings.simplefilter("ignore")
with zipfile.ZipFile(path("twice.zip.pth"), "w") as archive:
    for name, content in entries + entries[1:2]:
        archive.writestr(name, content)
with zipfile.ZipFile(path("zip64.zip.pth"), "w") as archive:
    # Another writer than PyTorch: 64-bit sizes in the local headers, a comment at the end, no alignment.
    for name, content in entries:
        with archive.open(name, "w", force_zip64=True) as entry:
            entry.write(content)
    archive.comment = b"a comment"
describe("zip64.zip.pth", state)

tricks = {
    "parent": "a/../../evil", "absolute": "/evil", "drive": "c:/evil", "backslash": "a\\evil", "control": "a\x1b[2J",
}
for stem, name in tricks.items():
    with zipfile.ZipFile(path(f"{stem}-name.zip.pth"), "w") as archive:
        for entry, content in entries + [(name, b"evil")]:
            archive.writestr(entry, content)

with zipfile.ZipFile(path("overlap.zip.pth"), "w") as archive:
    for name, content in entries:
        archive.writestr(name, content)
data = bytearray(open(path("overlap.zip.pth"), "rb").read())
first, last = entries[0][0], entries[-1][0]
for name in (first, last):
    # In the directory, the offset of an entry's data lies in the four bytes before its name.
    place = data.rindex(name.encode()) - 4
    data[place:place + 4] = (0).to_bytes(4, "little")
open(path("overlap.zip.pth"), "wb").write(data)

# One small file of every kind, to be damaged: so few elements that nearly all bytes are structure. Legacy files hold
# the source of each class; a line of it will do.
torch.serialization.get_source_lines_and_file = lambda *_: (["class Module: pass\n"], 1, "module.py")
tiny = torchvision.models.DenseNet(
    growth_rate=1, block_config=(1,), num_init_features=1, bn_size=1, num_classes=1)
tiny_state = tiny.state_dict()
beside = {key: training[key] for key in ("epoch", "best", "history", "classes", "args", "counts", "frozen", "large")}
os.mkdir(path("small"))
small_files = {
    "state": (tiny_state, {}),
    "views": ({key: views[key] for key in ("transposed", "stepped", "expanded", "empty view")}, {}),
    "module": (tiny, {}),
    "module4": (tiny, {"pickle_protocol": 4}),
    "training": ({**beside, "model": tiny_state}, {}),
    "training4": ({**beside, "model": tiny_state}, {"pickle_protocol": 4}),
    "beside": ([3, {"model": tiny_state, "other": [
        beside_model[key] for key in ("partial", "bound", "numbers", "generators", "members", "types")], **unsupported}], {}),
}
for stem, (value, options) in small_files.items():
    for kind, zipped in (("zip", True), ("legacy", False)):
        torch.save(value, path(f"small/{stem}.{kind}.pth"), _use_new_zipfile_serialization=zipped, **options)
for stem, pickler in (("official", FourArgumentPickler), ("python2", Python2Pickler)):
    torch.save(
        old_names(tiny_state), path(f"small/{stem}.pth"), pickle_module=module_with(pickler),
        _use_new_zipfile_serialization=False)
torch.jit.save(torch.jit.script(tiny.features.norm0), path("small/torchscript.pt"))

header, elements = {"__metadata__": {"format": "pt"}}, b""
for key, value in tiny_state.items():
    start, elements = len(elements), elements + value.numpy().tobytes()
    header[key] = {
        "dtype": {torch.float32: "F32", torch.int64: "I64"}[value.dtype], "shape": list(value.shape),
        "data_offsets": [start, len(elements)],
    }
header = json.dumps(header).encode()
open(path("small/state.safetensors"), "wb").write(len(header).to_bytes(8, "little") + header + elements)
save_torchsharp("small/state.dat", tiny_state)

json.dump(manifest, open(path("manifest.json"), "w"))
