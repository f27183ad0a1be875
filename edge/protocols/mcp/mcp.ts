import { COMMON_HEADERS } from '../../http/headers.ts'
import { Problem, quote, toProblem } from '../../http/problem.ts'
import type { RateAccount } from '../../http/rate-limit.ts'
import type { Reply } from '../../http/reply.ts'
import type { RequestHead } from '../../http/request-head.ts'
import { readBytes } from '../../pipeline/body-bytes.ts'
import type { Service } from '../../pipeline/respond.ts'
import { type ApiPaths, callTool, isTool, listTools, TOOL_NAMES } from './tools.ts'

/*
 * The Model Context Protocol over streamable HTTP, without sessions: each POST has one JSON-RPC message, and its reply is
 * JSON. There is no stream of the server's own messages, so GET and DELETE are not offered.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports
 *
 * The specification asks servers to check Origin against DNS rebinding. That is not needed here: the tools read no cookies
 * and give only what is public, so pages of all origins may use them, as the rest of the API.
 */

/** Revisions of the protocol, the newest first. */
const REVISIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05']

/** Codes of errors (JSON-RPC 2.0, 5.1). */
const ERRORS = { parse: -32700, request: -32600, method: -32601, params: -32602, internal: -32603 } as const

/** An error of the protocol itself; those of a tool are results. */
class RpcError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

interface Message {
  jsonrpc: '2.0'
  /** Absent from a notification. */
  id?: string | number
  method: string
  params?: Record<string, unknown>
}

/**
 * Answers one message.
 *
 * @param describe gives the API's OpenAPI description, from which the tools are made
 * @throws Problem for a body that cannot be read, and rate-limited
 */
export async function mcpReply(
  service: Service,
  describe: () => ApiPaths,
  request: Request,
  head: RequestHead,
  rate: RateAccount,
): Promise<Reply> {
  let id: Message['id'] | null = null
  try {
    checkRevision(request.headers.get('mcp-protocol-version'))
    const message = parseMessage(await readBytes(request))
    if (message === 'response' || message.id === undefined)
      return { status: 202, headers: HEADERS, body: null }
    id = message.id
    const result = await answer(service, describe, head, rate, message)
    return rpcReply(200, { jsonrpc: '2.0', id, result })
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    const { code, message } = error
    return rpcReply(id === null ? 400 : 200, { jsonrpc: '2.0', id, error: { code, message } })
  }
}

/** Checks the revision that a client states after it has agreed on one. @throws RpcError for an unknown one */
function checkRevision(revision: string | null): void {
  if (revision === null || REVISIONS.includes(revision)) return
  const expected = `MCP-Protocol-Version: expected one of ${REVISIONS.join(', ')}`
  throw new RpcError(ERRORS.request, `${expected}, got ${quote(revision)}`)
}

const HEADERS = { ...COMMON_HEADERS, 'cache-control': 'no-store' }

function rpcReply(status: number, body: object): Reply {
  const headers = { ...HEADERS, 'content-type': 'application/json' }
  return { status, headers, body: new TextEncoder().encode(JSON.stringify(body)) }
}

/** @returns "response" for a client's reply to a request of the server, which this server never makes */
function parseMessage(bytes: Uint8Array): Message | 'response' {
  let message: unknown
  try {
    message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new RpcError(ERRORS.parse, 'expected JSON')
  }
  if (Array.isArray(message)) throw new RpcError(ERRORS.request, 'expected one message, got a batch')
  const { jsonrpc, id, method, params } = (message ?? {}) as Partial<Message>
  const isResponse = method === undefined && id !== undefined
  if (jsonrpc === '2.0' && isResponse) return 'response'
  const isId = id === undefined || typeof id === 'string' || typeof id === 'number'
  const isObject = params === undefined || (typeof params === 'object' && params !== null)
  if (jsonrpc !== '2.0' || typeof method !== 'string' || !isId || !isObject) {
    throw new RpcError(ERRORS.request, 'expected a JSON-RPC 2.0 request with "jsonrpc", "id" and "method"')
  }
  return { jsonrpc, id, method, params }
}

async function answer(
  service: Service,
  describe: () => ApiPaths,
  head: RequestHead,
  rate: RateAccount,
  { method, params = {} }: Message,
): Promise<object> {
  switch (method) {
    case 'initialize': {
      const asked = params.protocolVersion
      const protocolVersion = REVISIONS.find(revision => revision === asked) ?? REVISIONS[0]
      return {
        protocolVersion,
        capabilities: { tools: { listChanged: false } },
        serverInfo: { name: 'latent-edge', version: '1', websiteUrl: head.origin() },
        instructions:
          'Draws images from the latent space of autoencoders: digits by class or seed, texts in one handwriting, ' +
          'interpolations, and reconstructions of a picture.',
      }
    }
    case 'ping':
      return {}
    case 'tools/list':
      return { tools: listTools(describe()) }
    case 'tools/call': {
      const { name, arguments: given = {} } = params as { name?: unknown; arguments?: unknown }
      if (!isTool(name)) {
        throw new RpcError(ERRORS.params, `expected a tool (${TOOL_NAMES.join(', ')}), got ${quote(name)}`)
      }
      if (typeof given !== 'object' || given === null) {
        throw new RpcError(ERRORS.params, 'arguments: expected an object')
      }
      return runTool(service, head, rate, name, given as Record<string, unknown>)
    }
    default:
      throw new RpcError(
        ERRORS.method,
        `expected initialize, ping, tools/list or tools/call, got ${quote(method)}`,
      )
  }
}

/** A tool's result. Its errors are results as well, so that a language model reads them and corrects its call. */
async function runTool(
  service: Service,
  head: RequestHead,
  rate: RateAccount,
  name: string,
  given: Record<string, unknown>,
): Promise<object> {
  try {
    return { content: await callTool(service, head, rate, name, given), isError: false }
  } catch (error) {
    const problem = toProblem(error)
    if (!(problem instanceof Problem) || problem.code === 'internal') throw error
    return { content: [{ type: 'text', text: problem.message }], isError: true }
  }
}
