"""Writes test/export/keras3/: models as Keras 3 serializes them, with inputs and Keras' own outputs.

Needs keras 3 and jax (pip install keras==3.12.0 "jax[cpu]"). Run in the repository: python3 test/outside/keras3.py
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
from keras import layers

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "export" / "keras3"
rng = np.random.default_rng(1)


def sequential():
    return keras.Sequential(
        [
            keras.Input((9, 9, 3)),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.SeparableConv2D(5, 3),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.3),
            layers.Dense(3, activation="softmax"),
        ],
        name="net",
    )


def functional():
    """A model inside a model, used twice; shared layers; a list as the argument of a call."""
    inner_x = keras.Input((4,), name="inner_x")
    inner = keras.Model(inner_x, layers.Dense(3, activation="tanh", name="inner_fc")(inner_x), name="inner")
    x, y = keras.Input((4,), name="x"), keras.Input((4,), name="y")
    both = layers.Concatenate(name="both")([inner(x), inner(y)])
    fc = layers.Dense(6, name="fc")
    out = layers.Add(name="sum")([fc(both), fc(layers.ReLU(max_value=1.0, name="r")(both))])
    return keras.Model([x, y], [out, layers.LayerNormalization(name="norm")(out)], name="outer")


def recurrent():
    """GRU with reset_after, an LSTM whose states start another, and a Bidirectional with its backward_layer."""
    x = keras.Input((5, 3), name="x")
    gru = layers.GRU(4, return_sequences=True, name="gru")(x)
    _, h, c = layers.LSTM(3, return_state=True, name="encoder")(gru)
    decoded = layers.LSTM(3, return_sequences=True, name="decoder")(x, initial_state=[h, c])
    both = layers.Bidirectional(layers.LSTM(2), name="both")(decoded)
    each = layers.TimeDistributed(layers.Dense(2, name="td_fc"), name="each")(decoded)
    return keras.Model(x, [both, each], name="sequence")


def masked():
    """A mask by its operation, Keras 3's hard_sigmoid, and zero_output_for_mask where nothing is masked."""
    x = keras.Input((7,), dtype="int32", name="x")
    words = layers.Dropout(0.2, name="drop")(layers.Embedding(9, 4, mask_zero=True, name="words")(x))
    last = layers.LSTM(3, recurrent_activation="hard_sigmoid", name="last")(words)
    y = keras.Input((5, 3), name="y")
    both = layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True), merge_mode="sum", name="both")(y)
    return keras.Model([x, y], [last, both], name="masked")


def named():
    """Inputs and outputs by name; a model of two inputs and outputs used twice; layers of one name in two models."""
    a, b = keras.Input((4,), name="a_in"), keras.Input((3,), name="b_in")
    h = layers.Concatenate(name="h")([layers.Dense(5, name="fc")(a), layers.Dense(5, name="fc_b")(b)])
    inner = keras.Model([a, b], [layers.Dense(2, name="o")(h), layers.Dense(3, name="p")(h)], name="inner")
    x, y = keras.Input((4,), name="x"), keras.Input((3,), name="y")
    o, p = inner([x, y])
    o2, p2 = inner([layers.Dense(4, name="fc", dtype=keras.DTypePolicy("float32"))(x), y])
    outputs = {"sum": layers.Add(name="sum")([o, o2]), "mul": layers.Multiply(name="mul")([p, p2])}
    return keras.Model({"x": x, "y": y}, outputs, name="named")


def images():
    """Activations that TF.js lacks, bilinear upsampling by centres of pixels, a model inside TimeDistributed."""
    x = keras.Input((2, 6, 6, 2), name="x")
    steps = keras.Sequential(
        [layers.Conv2D(3, 3, activation="silu"), layers.UpSampling2D(2, interpolation="bilinear"), layers.Flatten()],
        name="steps",
    )
    y = layers.TimeDistributed(steps, name="each")(x)
    kinds = ["leaky_relu", "hard_silu", "hard_sigmoid", "exponential", "log_sigmoid"]
    return keras.Model(x, [layers.Dense(2, activation=kind, name=kind)(y) for kind in kinds], name="images")


def draw(tensor):
    shape = (2, *tensor.shape[1:])
    if "int" in str(tensor.dtype):
        return rng.integers(0, 9, size=shape).astype("float32")
    return rng.normal(size=shape).astype("float32")


def paths(model, scopes=()):
    """The full path of each weight by its id: two models may each have a layer of one name."""
    found = {}
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found.update(paths(layer, (*scopes, layer.name)))
        else:
            for weight in layer.weights:
                inside = weight.path.split(f"{layer.name}/")[-1]
                found[id(weight)] = "/".join([*scopes, layer.name, inside]) if scopes else weight.path
    return found


def save(name, model):
    manifest, data, names = [], b"", paths(model)
    for weight in model.weights:
        if "seed_generator" in weight.path:
            continue
        values = rng.normal(scale=0.5, size=weight.shape).astype("float32")
        weight.assign(np.abs(values) + 0.5 if "variance" in weight.path else values)
    for weight in model.weights:
        if "seed_generator" in weight.path:
            continue
        values = np.asarray(weight.numpy(), "float32")
        manifest.append({"name": names[id(weight)], "shape": list(values.shape), "dtype": "float32"})
        data += values.tobytes()
    inputs = [draw(tensor) for tensor in model.inputs]
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    if isinstance(outputs, dict):
        outputs = [outputs[key] for key in sorted(outputs)]
    outputs = outputs if isinstance(outputs, list) else [outputs]
    numbers = lambda arrays: [{"dims": list(a.shape), "data": [float(v) for v in a.ravel()]} for a in arrays]
    topology = {"keras_version": keras.__version__, "backend": "jax", "model_config": json.loads(model.to_json())}
    content = {
        "format": "layers-model",
        "modelTopology": topology,
        "weightsManifest": [{"paths": ["weights.bin"], "weights": manifest}],
    }
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    (FOLDER / name / "model.json").write_text(json.dumps(content))
    (FOLDER / name / "weights.bin").write_bytes(data)
    expected = {"inputs": numbers(inputs), "outputs": numbers(outputs)}
    (FOLDER / name / "expected.json").write_text(json.dumps(expected))
    print(name, [entry["name"] for entry in manifest])


for build in (sequential, functional, recurrent, masked, named, images):
    save(build.__name__, build())
