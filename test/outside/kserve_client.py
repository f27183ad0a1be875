"""Asks a server by the Open Inference Protocol with KServe's client, unmodified, and compares with the API.

Needs kserve (pip). Run against a server with the models of the zoo:
python test/outside/kserve_client.py http://127.0.0.1:8787 mnist-vae-l2-z2
"""
import asyncio
import sys
import urllib.request

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig


async def main():
    server, model = sys.argv[1].rstrip("/"), sys.argv[2]
    client = InferenceRESTClient(RESTConfig(protocol="v2", retries=1, timeout=30))
    decoder = f"{model}.decoder"
    assert await client.is_server_live(server) and await client.is_server_ready(server)
    assert await client.is_model_ready(server, decoder)
    z = np.array([[0.5, -1], [1, 2]], np.float32)
    tensor = InferInput("z", list(z.shape), "FP32")
    tensor.set_data_from_numpy(z, binary_data=False)
    result = await client.infer(server, InferRequest(decoder, [tensor]), model_name=decoder)
    xhat = result.outputs[0].as_numpy()
    with urllib.request.urlopen(f"{server}/v1/models/{model}/decode?z=0.5,-1;1,2&format=f32") as reply:
        expected = np.frombuffer(reply.read(), np.float32).reshape(xhat.shape)
    print(f"KServe's client: {xhat.shape}, largest difference {np.abs(xhat - expected).max()}")
    np.testing.assert_allclose(xhat, expected, atol=1e-6)


asyncio.run(main())
