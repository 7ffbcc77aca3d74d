"""converted.py FILE REFERENCE: a strict load into torchvision's densenet121; prints what differs from the reference."""
import json
import struct
import sys

import torch
import torchvision


def load(path):
    data = open(path, "rb").read()
    if data[:2] in (b"PK", b"\x80\x02"):
        return torch.load(path, weights_only=True)
    (length,) = struct.unpack("<Q", data[:8])
    dtypes = {"F32": torch.float32, "I64": torch.int64}
    return {
        name: torch.frombuffer(bytearray(data[8 + length :][slice(*entry["data_offsets"])]), dtype=dtypes[entry["dtype"]])
        .reshape(entry["shape"])
        for name, entry in json.loads(data[8 : 8 + length]).items() if name != "__metadata__"
    }


model = torchvision.models.densenet121(num_classes=12)
model.load_state_dict(load(sys.argv[1]), strict=True)
reference = torch.load(sys.argv[2])
print(",".join(k for k, v in model.state_dict().items() if not torch.equal(v, reference[k])), end="")
