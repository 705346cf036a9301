const exitCodes = { SIGINT: 130, SIGTERM: 143 }

/** For a command that ends in order when it is interrupted. Once: who asks twice is not kept waiting. */
export function abortOnSignal() {
  const controller = new AbortController()
  let exitCode: number | undefined
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      exitCode = exitCodes[name]
      controller.abort(new Error('Interrupted.'))
    })
  }
  return { signal: controller.signal, exitCode: () => exitCode }
}
