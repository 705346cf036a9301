export async function benchProcessor(): Promise<void> {}
