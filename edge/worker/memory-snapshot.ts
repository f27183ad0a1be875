/** WebAssembly's page is 64 KiB; the runtime's memory is mostly zero in smaller steps. */
const PAGE = 4096

/**
 * Packs a memory: the numbers of the pages that are not all zero, and their bytes.
 *
 * Layout, little-endian: uint32 count, then count × uint32 page numbers in ascending order, then count × 4096 bytes.
 *
 * @param memory a multiple of 4096 bytes
 */
export function packMemory(memory: Uint8Array): Uint8Array<ArrayBuffer> {
  const pages: number[] = []
  for (let page = 0; page * PAGE < memory.length; page++) {
    if (pageOf(memory, page).some(byte => byte !== 0)) pages.push(page)
  }
  const header = Uint32Array.of(pages.length, ...pages)
  const packed = new Uint8Array(header.byteLength + pages.length * PAGE)
  packed.set(new Uint8Array(header.buffer))
  pages.forEach((page, i) => {
    packed.set(pageOf(memory, page), header.byteLength + i * PAGE)
  })
  return packed
}

/**
 * Writes a packed memory over another one. What lies above the last packed page stays as it is: an allocator's heap grows
 * upwards, so there a memory of an earlier state is still zero.
 *
 * @throws RangeError when the bytes are cut short or have more pages than `memory`
 */
export function unpackMemory(packed: ArrayBuffer, memory: Uint8Array): void {
  const [count] = new Uint32Array(packed, 0, 1)
  const pages = new Uint32Array(packed, 4, count)
  let from = 4 + 4 * count
  let end = 0
  for (const page of pages) {
    memory.fill(0, end, page * PAGE)
    memory.set(new Uint8Array(packed, from, PAGE), page * PAGE)
    from += PAGE
    end = (page + 1) * PAGE
  }
}

function pageOf(memory: Uint8Array, page: number): Uint8Array {
  return memory.subarray(page * PAGE, (page + 1) * PAGE)
}
