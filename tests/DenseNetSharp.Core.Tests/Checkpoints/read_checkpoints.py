"""Reads checkpoints that DenseNetSharp wrote and checks them, against the files that they were made of."""

import collections
import json
import os
import struct
import sys
import warnings
import zipfile

import torch
import torchvision

warnings.simplefilter("ignore")
SAFETENSORS = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
    "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool,
}


def load_safetensors(path):
    """The format's rules, as its documentation gives them."""
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = data[8 : 8 + length].decode("utf-8")
    assert header.startswith("{")
    content = data[8 + length :]
    tensors, ranges = collections.OrderedDict(), []
    for name, entry in json.loads(header).items():
        if name == "__metadata__":
            assert all(isinstance(value, str) for value in entry.values())
            continue
        start, end = entry["data_offsets"]
        ranges.append((start, end))
        dtype = SAFETENSORS[entry["dtype"]]
        size = torch.tensor([], dtype=dtype).element_size()
        assert (8 + length + start) % size == 0, f"{name} is not aligned"
        raw = bytearray(content[start:end])
        flat = torch.frombuffer(raw, dtype=dtype) if raw else torch.empty(0, dtype=dtype)
        tensors[name] = flat.reshape(entry["shape"])
    last = 0
    for start, end in sorted(ranges):
        assert start == last, "a gap or an overlap"
        last = end
    assert last == len(content)
    return tensors


def same(ours, theirs):
    assert list(ours) == list(theirs), "other keys, or another order"
    for key in theirs:
        a, b = ours[key], theirs[key]
        assert a.dtype == b.dtype and a.shape == b.shape, key
        assert a.is_contiguous() and a.storage_offset() == 0, key
        # As integers, so that a NaN equals itself.
        if a.numel():
            assert torch.equal(a.reshape(-1).view(torch.uint8), b.contiguous().reshape(-1).view(torch.uint8)), key


def check_zip(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None, "a wrong checksum"
        with open(path, "rb") as file:
            for entry in archive.infolist():
                assert entry.compress_type == zipfile.ZIP_STORED
                file.seek(entry.header_offset + 26)
                name_length, extra_length = struct.unpack("<HH", file.read(4))
                assert (entry.header_offset + 30 + name_length + extra_length) % 64 == 0, entry.filename


def load(path):
    if path.endswith(".safetensors"):
        return load_safetensors(path)
    if path.endswith(".zip.pth"):
        check_zip(path)
    full = torch.load(path)
    same(torch.load(path, weights_only=True), full)
    assert type(full) is collections.OrderedDict
    return full


def strict(state_dict, **options):
    torchvision.models.DenseNet(**options).load_state_dict(state_dict, strict=True)


folder, source = sys.argv[1:]
SMALL = dict(growth_rate=4, block_config=(2, 3), num_init_features=6, bn_size=2, num_classes=5)

for kind in ("zip.pth", "legacy.pth", "safetensors"):
    ours = load(os.path.join(folder, f"densenet121.{kind}"))
    theirs = torch.load(os.path.join(source, "densenet121.zip.pth"))
    same(ours, theirs)
    strict(ours)
    if kind != "safetensors":
        assert ours._metadata == theirs._metadata and list(ours._metadata) == list(theirs._metadata)

    for name in ("dtypes", "views"):
        same(load(os.path.join(folder, f"{name}.{kind}")), torch.load(os.path.join(source, f"{name}.zip.pth")))

    # Today's names and counters, whatever the file had.
    plain = torch.load(os.path.join(source, "small.zip.pth"))
    for name in ("small.python2", "prefixed", "wrapped"):
        ours = load(os.path.join(folder, f"{name}.standard.{kind}"))
        strict(ours, **SMALL)
        if kind != "safetensors":
            assert list(ours._metadata.items()) == list(torchvision.models.DenseNet(**SMALL).state_dict()._metadata.items())
        counters = {key: value for key, value in ours.items() if key.endswith("num_batches_tracked")}
        assert counters and all(value.dtype == torch.int64 and value.shape == () for value in counters.values())
        same({k: v for k, v in ours.items() if k not in counters}, {k: v for k, v in plain.items() if k not in counters})

    # The old names joined, but no counters: PyTorch fills them in only for batch norms of version 1.
    if kind != "safetensors":
        renamed = load(os.path.join(folder, f"no-counters.{kind}"))
        assert not any(key.endswith("num_batches_tracked") for key in renamed)
        strict(renamed, **SMALL)

        from_spec = load(os.path.join(folder, f"spec-versions.{kind}"))
        model = torchvision.models.DenseNet(**SMALL)
        assert list(from_spec._metadata.items()) == list(model.state_dict()._metadata.items())
        assert from_spec.metadata == {"classes": "a,b", "größe": "ü"}

print("ok")
