"""keras_files.py OUT: HDF5 files laid out as Keras lays them out (keras/src/legacy/saving/legacy_h5_format.py), the network in PyTorch that
has the same weights, and manifest.json, which says what is in the files."""
import hashlib
import json
import re
import sys
import zipfile

import h5py
import numpy as np
import torch
from torchvision.models.densenet import DenseNet

out = sys.argv[1]
# Keras divides lists of names that are longer than this, so that an attribute holds them.
HEADER_LIMIT = 64512
EPSILON = 1.001e-5
CLASSES = 7


def network(classes=CLASSES):
    torch.manual_seed(31)
    model = DenseNet(growth_rate=6, block_config=(2, 3, 2, 1), num_init_features=10, bn_size=3, num_classes=classes).eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.eps = EPSILON
                module.running_mean.normal_(0, 0.2)
                module.running_var.uniform_(0.5, 1.5)
                module.weight.uniform_(0.6, 1.4)
                module.bias.normal_(0, 0.2)
            elif isinstance(module, torch.nn.Linear):
                module.bias.normal_(0, 0.2)
    return model


def layers_of(model, stem="conv1/", head="fc1000"):
    """Keras's layers in Keras's order, with their weights as Keras keeps them: kernels [height, width, in, out] and [in, out]."""
    def conv(module):
        return {"kernel": module.weight.permute(2, 3, 1, 0)}

    def norm(module):
        return {"gamma": module.weight, "beta": module.bias, "moving_mean": module.running_mean, "moving_variance": module.running_var}

    features = model.features
    layers = [("input_1", {}), ("zero_padding2d", {}), (f"{stem}conv", conv(features.conv0)), (f"{stem}bn", norm(features.norm0)),
              (f"{stem}relu", {}), ("pool1", {})]
    for name, module in features.named_children():
        block, transition = re.fullmatch(r"denseblock(\d)", name), re.fullmatch(r"transition(\d)", name)
        if block:
            for index, layer in enumerate(module.children(), start=1):
                prefix = f"conv{int(block[1]) + 1}_block{index}"
                layers += [(f"{prefix}_0_bn", norm(layer.norm1)), (f"{prefix}_0_relu", {}), (f"{prefix}_1_conv", conv(layer.conv1)),
                           (f"{prefix}_1_bn", norm(layer.norm2)), (f"{prefix}_1_relu", {}), (f"{prefix}_2_conv", conv(layer.conv2)),
                           (f"{prefix}_concat", {})]
        elif transition:
            prefix = f"pool{int(transition[1]) + 1}"
            layers += [(f"{prefix}_bn", norm(module.norm)), (f"{prefix}_relu", {}), (f"{prefix}_conv", conv(module.conv)), (f"{prefix}_pool", {})]
    layers += [("bn", norm(features.norm5)), ("relu", {}), ("avg_pool", {})]
    if head:
        layers.append((head, {"kernel": model.classifier.weight.t(), "bias": model.classifier.bias}))
    return layers


def save_names(group, attribute, names, limit, variable):
    """Keras's save_attributes_to_hdf5_group; h5py of Keras's time keeps bytes at a fixed length, and str at a variable one."""
    if variable:
        group.attrs.create(attribute, np.array(names, dtype=object), dtype=h5py.string_dtype())
        return
    data = np.asarray([name.encode("utf8") for name in names])
    parts, chunks = 1, [data]
    while any(chunk.nbytes > limit for chunk in chunks):
        parts += 1
        chunks = np.array_split(data, parts)
    if parts > 1:
        for index, chunk in enumerate(chunks):
            group.attrs[f"{attribute}{index}"] = chunk
    else:
        group.attrs[attribute] = data


def write(name, layers, *, limit=HEADER_LIMIT, variable=False, suffix=":0", dtype=None, libver=None, model_config=None, **storage):
    """Writes Keras's layout. With a configuration it is what model.save writes, else what save_weights does."""
    described = []
    with h5py.File(f"{out}/{name}", "w", libver=libver) as file:
        root = file
        if model_config is not None:
            file.attrs["model_config"] = json.dumps(model_config).encode("utf8")
            file.create_group("optimizer_weights").create_dataset("Adam/iterations:0", data=np.int64(3))
            root = file.create_group("model_weights")
            root.create_group("top_level_model_weights").attrs["weight_names"] = np.array([])
        root.attrs["backend"] = "tensorflow" if variable else b"tensorflow"
        root.attrs["keras_version"] = b"2.1.5"
        save_names(root, "layer_names", [layer for layer, _ in layers], limit, variable)
        for layer, weights in layers:
            group = root.create_group(layer)
            # The weights of a layer that is a model have names of that model's layers.
            names = [word if "/" in word else f"{layer}/{word}" for word in weights]
            save_names(group, "weight_names", [key + suffix for key in names], limit, variable)
            for key, value in zip(names, weights.values()):
                value = value.detach().contiguous().numpy()
                value = value.astype(dtype) if dtype else value
                chunks = {"chunks": tuple(max(1, (size + 1) // 2) for size in value.shape)} if storage else {}
                group.create_dataset(key + suffix, data=value, **chunks, **storage)
                kept = value.astype(value.dtype.newbyteorder("<"))
                described.append({
                    "name": key + suffix, "dtype": str(kept.dtype), "shape": list(value.shape),
                    "sha256": hashlib.sha256(kept.tobytes()).hexdigest(),
                })
    manifest[name] = described


def configuration(activation):
    return {"class_name": "Functional", "config": {"name": "model", "layers": [
        {"class_name": "GlobalAveragePooling2D", "config": {"name": "avg_pool"}},
        {"class_name": "Dense", "config": {"name": "dense", "units": CLASSES, "activation": activation}},
    ]}}


manifest = {}
model = network()
write("applications.h5", layers_of(model))
write("notop.h5", layers_of(model, head=None))
write("variable.h5", layers_of(model), variable=True)
write("divided.h5", layers_of(model), limit=300)
write("latest.h5", layers_of(model), libver="latest")
write("chunked.h5", layers_of(model), shuffle=True)
write("gzip.h5", layers_of(model), compression="gzip", shuffle=True)
write("half.h5", layers_of(model), dtype="float16")
write("double.h5", layers_of(model), dtype="float64")
write("big-endian.h5", layers_of(model), dtype=">f4")
# As Keras 3 names it, saved whole, with a classifier of one's own.
write("saved.h5", layers_of(model, stem="conv1_", head="dense"), suffix="", model_config=configuration("sigmoid"))
write("softmax.h5", layers_of(model, head="predictions"), model_config=configuration("softmax"))
# A network as a layer of another model.
inner = {f"{layer}/{word}": value for layer, weights in layers_of(model, head=None) for word, value in weights.items()}
write("nested.h5", [("input_2", {}), ("densenet121", inner), ("dense_1", dict(layers_of(model, head="dense_1")[-1][1]))])

# Real sizes: of densenet121 there are 427 layers, whose groups HDF5 keeps in a tree.
torch.manual_seed(32)
whole = DenseNet(growth_rate=4, block_config=(6, 12, 24, 16), num_init_features=8, bn_size=2, num_classes=3).eval()
for module in whole.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        module.eps = EPSILON
write("deep.h5", layers_of(whole))

torch.manual_seed(33)
x = torch.randn(2, 3, 64, 64)
for name, net in (("tiny", model), ("deep", whole), ("half", network())):
    if name == "half":
        net = net.half().float()
    with torch.no_grad():
        torch.save({"input": x, "logits": net(x), "features": torch.nn.functional.relu(net.features(x)).mean((2, 3))}, f"{out}/{name}.expected.pth")
json.dump(manifest, open(f"{out}/manifest.json", "w"))

# What is not to open.
with h5py.File(f"{out}/no-names.h5", "w") as file:
    file.create_dataset("features/conv0/weight", data=np.zeros((2, 3), np.float32))
with h5py.File(f"{out}/keras3.weights.h5", "w") as file:
    file.create_dataset("layers/conv2d/vars/0", data=np.zeros((3, 3, 3, 8), np.float32))
    file.create_group("optimizer")
write("other.h5", [("dense", {"kernel": torch.ones(3, 4), "bias": torch.ones(4)})])
write("empty.h5", [("input_1", {})])
good = open(f"{out}/applications.h5", "rb").read()
open(f"{out}/cut.h5", "wb").write(good[: len(good) * 2 // 3])
open(f"{out}/start.h5", "wb").write(good[:20])
with zipfile.ZipFile(f"{out}/model.keras", "w") as archive:
    for entry in ("metadata.json", "config.json", "model.weights.h5"):
        archive.writestr(entry, "{}")


def change(name, action):
    open(f"{out}/{name}", "wb").write(good)
    with h5py.File(f"{out}/{name}", "r+") as file:
        action(file["fc1000"])


def replace(group, **dataset):
    del group["fc1000/kernel:0"]
    group.create_dataset("fc1000/kernel:0", **dataset)


def no_weight_names(group):
    del group.attrs["weight_names"]


def twice(group):
    group.attrs["weight_names"] = [b"fc1000/kernel:0", b"fc1000/kernel:0"]


def long_name(group):
    name = "x" * 2000
    group.create_dataset(name, data=np.zeros(1, np.float32))
    group.attrs["weight_names"] = [name.encode()]


def absent(group):
    del group["fc1000/kernel:0"]


change("no-weight-names.h5", no_weight_names)
change("twice.h5", twice)
change("long-name.h5", long_name)
change("absent.h5", absent)
change("complex.h5", lambda group: replace(group, data=np.zeros((3, 4), np.complex64)))
change("text.h5", lambda group: replace(group, data=np.array([b"abc"])))
# Nothing is written of a data set of chunks until there is something in them: the file stays small.
change("huge.h5", lambda group: replace(group, shape=(1 << 20, 1 << 20), chunks=(1 << 10, 1 << 10), dtype="f4"))
change("overflowing.h5", lambda group: replace(group, shape=(1 << 31, 1 << 31, 1 << 31), chunks=(1, 1, 1 << 20), dtype="f4"))
