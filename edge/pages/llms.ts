import { type Reply, textReply } from '../http/reply.ts'
import { OPERATIONS } from '../operations/index.ts'

/** /llms.txt: the description from which a language model can call the API (https://llmstxt.org). */
export function llmsReply(origin: string): Reply {
  const operations = OPERATIONS.map(
    ({ name, methods, summary, description }) =>
      `- [${name}](${origin}/docs#${name}): ${summary}. ${methods.map(method => method.toUpperCase()).join(', ')} ` +
      `${origin}/v1/models/default/${name}. ${description}`,
  )
  const text = `# latent-edge

> Images from the latent space of autoencoders, over HTTP. A GET with the query in the URL gives a PNG, an animated PNG, JSON or
> an array. No key is needed unless the server's operator asks for one.

Errors are RFC 9457 problem details that name the field, what was expected and what was received. The same seed gives the same image.
\`default\` stands for the server's default model; \`id@version\` pins a version.

## API

- [OpenAPI description](${origin}/openapi.json): all endpoints, parameters and replies
- [Documentation](${origin}/docs): the same, for people, with examples
- [Models](${origin}/v1/models): ids, classes and latent sizes

## Operations

${operations.join('\n')}

## Protocols

- [MCP](${origin}/mcp): Model Context Protocol over streamable HTTP, with the tools sample, write, interpolate and reconstruct
- [Open Inference Protocol](${origin}/v2): encoder and decoder as KServe and Triton serve models, named ID.encoder and ID.decoder

## Optional

- [Element](${origin}/embed/): a custom element that shows interpolations on any page
- [Converter](${origin}/convert/): a page that turns TF.js models into ONNX files in the browser
`
  return textReply(text, 'text/plain; charset=utf-8')
}
