"""Checks the ONNX files of a folder with ONNX's own checker and its strict shape inference; prints a line a file."""
import glob
import os
import sys

import onnx
from onnx import shape_inference


def sizes(value):
    return [dim.dim_value if dim.HasField("dim_value") else dim.dim_param for dim in value.type.tensor_type.shape.dim]


def check(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    said = {value.name: sizes(value) for value in [*model.graph.value_info, *model.graph.output]}

    # What is inferred from the input alone.
    del model.graph.value_info[:]
    for dim in model.graph.output[0].type.tensor_type.shape.dim:
        dim.Clear()
    inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    complete = True
    found = {value.name: sizes(value) for value in [*inferred.graph.value_info, *inferred.graph.output]}
    for name, shape in said.items():
        own = found.get(name, [])
        # A size that is not inferred is no contradiction; one that is must be ours.
        complete = complete and len(own) == len(shape) and all(size not in ("", 0) or i == 0 for i, size in enumerate(own))
        for mine, theirs in zip(shape, own):
            if isinstance(theirs, int) and theirs != 0 and mine != theirs:
                return f"{name} is said to be {shape}, and inferred as {own}"
    return "complete" if complete else "in part"


for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.onnx"))):
    result = check(path)
    print("ok" if result in ("complete", "in part") else "wrong", os.path.basename(path), result)
