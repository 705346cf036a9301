const exitCodes = { SIGINT: 130, SIGTERM: 143 }

/** Aborts `signal` on the first SIGINT or SIGTERM. A second one ends the process at once. */
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
