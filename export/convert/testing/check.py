"""Holds ONNX files against Debian's python3-onnx: the full checker and strict shape inference."""

import sys
from pathlib import Path

import onnx
from onnx import checker, shape_inference

count = 0
for path in sorted(Path(sys.argv[1]).glob("*.onnx")):
    try:
        model = onnx.load(str(path))
        checker.check_model(model, full_check=True)
        shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except Exception as error:
        sys.exit(f"{path.name}: {error}")
    count += 1
print(f"{count} files pass the checker of onnx {onnx.__version__}")
