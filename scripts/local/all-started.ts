/** Waits for every part, also when one fails, so that none starts behind the back of the clean-up. */
export async function allStarted<T extends unknown[]>(
  parts: [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  await Promise.allSettled(parts)
  return Promise.all(parts) as Promise<T>
}
