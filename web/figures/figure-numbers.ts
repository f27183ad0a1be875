/** "Figure 69", "Figures 1–3". */
export function numbersOf(numbers: string): string {
  return `${/^\d+$/.test(numbers) ? 'Figure' : 'Figures'} ${numbers}`
}
