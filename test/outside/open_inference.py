"""Sends each request of an OpenAPI description of the Open Inference Protocol to servers, and checks the replies by it.

Needs pyyaml and jsonschema (pip). DESCRIPTION is specification/protocol/open_inference_rest.yaml of
https://github.com/open-inference/open-inference-protocol, or mlserver/rest/openapi/dataplane.json of the package mlserver.
python test/outside/open_inference.py DESCRIPTION http://127.0.0.1:8787 [another server ...]
"""
import json
import re
import sys
import urllib.error
import urllib.request

import jsonschema
import yaml

MODELS = ["mnist-vae-l2-z2.decoder", "mnist-vae-l2-z2.encoder"]


def ask(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def valid_body(metadata):
    inputs = [
        {"name": tensor["name"], "datatype": tensor["datatype"], "shape": [2, tensor["shape"][1]],
         "data": [[0.25] * tensor["shape"][1]] * 2}
        for tensor in metadata["inputs"]
    ]
    return {"id": "42", "inputs": inputs, "outputs": [{"name": tensor["name"]} for tensor in metadata["outputs"]]}


# mlserver's description has a type "bytes", which JSON has not.
Validator = jsonschema.validators.extend(
    jsonschema.Draft7Validator,
    type_checker=jsonschema.Draft7Validator.TYPE_CHECKER.redefine("bytes", lambda *_: False),
)


class Description:
    def __init__(self, file):
        with open(file) as text:
            self.document = yaml.safe_load(text)

    def requests(self):
        """(path, method, operation) of each request; mlserver's own extensions for language models are left out."""
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if method != "parameters" and not re.search("generate|stream", path):
                    yield path, method.upper(), operation

    def check(self, operation, status, body):
        """Validates a reply's body against the schema that the operation has for its status, if it has one."""
        response = operation["responses"].get(str(status))
        assert response is not None, f"status {status} is not described"
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        if schema is not None:
            self.validate(schema, json.loads(body))

    def validate(self, schema, value):
        Validator({**schema, "components": self.document["components"]}).validate(value)


def main():
    description = Description(sys.argv[1])
    for server in sys.argv[2:]:
        print(server)
        for path, method, operation in description.requests():
            for model in MODELS if "{" in path else [None]:
                named = f"{server}/v2/models/{model}"
                metadata = json.loads(ask("GET", named)[1]) if model else None
                target = server + path
                for name, value in (("name", model), ("version", metadata and metadata["versions"][0])):
                    for parameter in (f"{{MODEL_{name.upper()}}}", f"{{model_{name}}}"):
                        target = target.replace(parameter, value or "")
                assert "{" not in target, target
                body = valid_body(metadata) if method == "POST" else None
                if body:
                    description.validate(operation["requestBody"]["content"]["application/json"]["schema"], body)
                status, reply = ask(method, target, body)
                assert status == 200, (target, status, reply)
                description.check(operation, status, reply)
                print(f"  {method:4} {target.removeprefix(server)}: {status}, valid")
                if body:
                    body["inputs"][0]["datatype"] = "UINT32"
                    status, reply = ask(method, target, body)
                    assert status == 400, (target, status)
                    description.check(operation, status, reply)
                    print(f"       with another datatype: {status}, valid: {json.loads(reply)['error']}")


main()
