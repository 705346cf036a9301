/** Replaces the processor's program and fails in the way that the given path names. */
process.on('message', (file: string) => {
  if (file === 'crash') process.exit(7)
  if (file === 'ready') process.send?.({ outcome: 'ready', width: process.pid })
})
process.send?.('ready')
