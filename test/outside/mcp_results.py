"""Prints what MCP's inspector got from a server, and fails if it is not what the tools promise. See protocols.sh."""
import base64
import json
import struct
import sys


def read(file):
    with open(file) as text:
        return json.load(text)


tools, call, wrong = map(read, sys.argv[1:])
for tool in tools["tools"]:
    print(f"  {tool['name']}: {', '.join(tool['inputSchema']['properties'])}")
assert [tool["name"] for tool in tools["tools"]] == ["sample", "write", "interpolate", "reconstruct"]

picture, facts = call["content"]
png = base64.b64decode(picture["data"])
width, height = struct.unpack(">II", png[16:24])
print(f"  sample class=4 n=4 seed=7: {picture['type']}, {picture['mimeType']}, {len(png)} bytes, {width} x {height}")
print(f"  {facts['text']}")
assert png.startswith(b"\x89PNG") and width == height == 2 * 28 * 4

print(f"  sample n=0: isError {wrong['isError']}, {wrong['content'][0]['text']}")
assert wrong["isError"]
