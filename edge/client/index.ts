export { ApiError } from './api-error.ts'
export {
  type Client,
  type ClientOptions,
  createClient,
  type OperationName,
  type RequestOptions,
  type StreamedFrame,
  type Tensor,
} from './client.ts'
export type * from './operations.ts'
