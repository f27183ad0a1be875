export * from './draws.ts'
export * from './endpoints.ts'
export * from './paths.ts'
export * from './value-error.ts'
