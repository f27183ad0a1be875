"""Asks a server by the Open Inference Protocol with Triton's client, unmodified, and compares with the API.

Needs tritonclient[http] and numpy (pip). Run against a server with the models of the zoo:
python test/outside/triton_client.py http://127.0.0.1:8787 mnist-vae-l2-z2
"""
import json
import sys
import urllib.request

import numpy as np
import tritonclient.http as triton


def api(url, body=None):
    with urllib.request.urlopen(urllib.request.Request(url, body)) as reply:
        return reply.read()


def main():
    server, model = sys.argv[1].rstrip("/"), sys.argv[2]
    client = triton.InferenceServerClient(server.split("://", 1)[1])
    decoder = f"{model}.decoder"
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(decoder)
    metadata = client.get_model_metadata(decoder)
    version, = metadata["versions"]
    assert client.get_model_metadata(decoder, version) == metadata
    print(json.dumps(metadata))
    d = metadata["inputs"][0]["shape"][1]
    z = np.linspace(-1, 1, 3 * d, dtype=np.float32).reshape(3, d)
    points = ";".join(",".join(str(value) for value in row) for row in z.tolist())
    expected = np.frombuffer(api(f"{server}/v1/models/{model}/decode?z={points}&format=f32"), np.float32)
    for binary_in in (True, False):
        for binary_out in (True, False):
            tensor = triton.InferInput("z", z.shape, "FP32")
            tensor.set_data_from_numpy(z, binary_data=binary_in)
            output = triton.InferRequestedOutput("xhat", binary_data=binary_out)
            result = client.infer(decoder, [tensor], version, outputs=[output], request_id="7")
            xhat = result.as_numpy("xhat")
            assert xhat.shape == (3, expected.size // 3) and result.get_response()["id"] == "7"
            print(f"binary in {binary_in}, out {binary_out}: largest difference {np.abs(xhat.ravel() - expected).max()}")
            np.testing.assert_allclose(xhat.ravel(), expected, atol=1e-6)
    x = np.zeros((2, metadata["outputs"][0]["shape"][1]), np.float32)
    tensor = triton.InferInput("x", x.shape, "FP32")
    tensor.set_data_from_numpy(x)
    result = client.infer(f"{model}.encoder", [tensor])
    print("encoder:", {o["name"]: o["shape"] for o in result.get_response()["outputs"]})
    try:
        client.get_model_metadata("no-such.decoder")
        raise AssertionError("expected an error for an unknown model")
    except triton.InferenceServerException as error:
        print("unknown model:", error)


main()
