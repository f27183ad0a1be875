/** The definition of a package, besides the files that its `build` writes. */
export interface PackageDefinition {
  name: string
  description: string
  keywords: readonly string[]
  /** Members of package.json beyond those that all packages have. */
  manifest: Record<string, unknown>
  /** Folder with its README.md. */
  folder: string
  /** Largest size, gzipped, of what each entry loads in a browser, bytes, by file. */
  budgets: Readonly<Record<string, number>>
  /** Writes the package's files into a folder. */
  build(out: string): Promise<void>
}
